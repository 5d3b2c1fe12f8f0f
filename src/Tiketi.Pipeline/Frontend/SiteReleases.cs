using System.Globalization;
using Amazon.S3;
using Microsoft.Extensions.Logging;

namespace Tiketi.Pipeline.Frontend;

/// <summary>The releases that a site bucket can serve, as its manifest knows them.</summary>
/// <param name="s3">As for <see cref="SiteSync"/>.</param>
public sealed class SiteReleases(IAmazonS3 s3, TimeProvider time, ILogger<SiteReleases> logger)
{
    /// <summary>The current release and all that can return, newest first; empty before the first sync.</summary>
    /// <exception cref="PipelineException">S3 refuses.</exception>
    public async Task<IReadOnlyList<SiteRelease>> ListAsync(string bucket, CancellationToken cancellationToken = default) =>
        (await new SiteManifestStore(s3, bucket, new SiteRequestCounter()).LoadAsync(cancellationToken)).Manifest is { Release: { } current } manifest
            ? [current, .. manifest.History.Select(kept => kept.Release)]
            : [];

    /// <summary>What is served; null before the first sync.</summary>
    /// <exception cref="PipelineException">S3 refuses.</exception>
    public async Task<SiteRelease?> CurrentAsync(string bucket, CancellationToken cancellationToken = default) => (await ListAsync(bucket, cancellationToken)).FirstOrDefault();

    /// <summary>
    /// Serves a kept release again, as a new release. Nothing is uploaded: its assets are still there, and its pages were kept
    /// aside within the bucket. Safe to repeat after any interruption; afterwards the CDN has to forget what changed.
    /// </summary>
    /// <exception cref="PipelineException">No such release, its content is gone, S3 refuses, or a sync holds the bucket.</exception>
    public async Task<SiteSyncResult> RollbackAsync(SiteRollbackRequest request, CancellationToken cancellationToken = default)
    {
        var update = new SiteUpdate(s3, request, time, logger);
        return await update.RunAsync(
            await update.Store.LoadAsync(cancellationToken),
            async manifest =>
            {
                var (known, target) = Find(manifest, request);
                var site = known.LiveIn(target.Number).ToDictionary(entry => entry.Key, entry => entry.Value.As(entry.Key));
                await CheckAsync(update.Bucket, known, site.Values, target, cancellationToken);
                var isCurrent = target.Number == known.Release!.Number;
                return new WantedSite(site, known, Restores: isCurrent ? null : target.Restores ?? target.Number)
                {
                    Sizes = isCurrent ? known.Sizes : known.History.First(kept => kept.Release.Number == target.Number).Sizes,
                };
            },
            cancellationToken);
    }

    private static (SiteManifest Known, SiteRelease Target) Find(SiteManifest? manifest, SiteRollbackRequest request)
    {
        if (manifest is not { Release: { } current })
        {
            throw new PipelineException($"Bucket {request.Bucket} has no release of the site yet.", "Run ./build.sh SyncS3 first.");
        }

        if (request.To is null && manifest.Unfinished is not null)
        {
            return (manifest, current); // a sync did not end: the way back leads to where it began
        }

        var kept = manifest.History.Select(kept => kept.Release).ToList();
        var target = request.To is null
            ? kept.FirstOrDefault()
            : kept.Prepend(current).FirstOrDefault(release => release.Id == request.To || release.Number.ToString(CultureInfo.InvariantCulture) == request.To);
        return target is not null ? (manifest, target) : throw new PipelineException(
            request.To is null ? "No earlier release of the site is kept." : $"Release {request.To} of the site is not kept.",
            kept.Count == 0 ? "Check out the commit that you want and run ./build.sh SyncS3." : $"There are: {string.Join(", ", kept.Select(release => $"{release.Number} ({release.Id})"))}.");
    }

    /// <summary>Makes sure before the first change that every content is there.</summary>
    private static async Task CheckAsync(SiteBucket bucket, SiteManifest known, IEnumerable<SiteFile> site, SiteRelease target, CancellationToken cancellationToken)
    {
        var displaced = site.Where(file => known.Objects.GetValueOrDefault(file.Key)?.Md5 != file.Md5).ToList();
        if (displaced.Count == 0)
        {
            return;
        }

        var kept = await bucket.ListKeptAsync(cancellationToken);
        var missing = displaced.FirstOrDefault(file => !kept.Contains(file.Md5));
        if (missing is not null)
        {
            throw new PipelineException(
                $"The content of {missing.Key} in release {target.Number} of the site is gone.",
                "Run ./build.sh SyncS3 to complete an interrupted sync and repeat this, or check out the commit that you want and sync that.");
        }
    }
}
