using System.Collections.Concurrent;
using Amazon.S3;
using Microsoft.Extensions.Logging;

namespace Tiketi.Pipeline.Frontend;

/// <summary>
/// Brings a bucket to the state of a built site with the fewest requests, and without a moment in which a served page refers
/// to a file that is not there: hashed assets first, then other assets, pages, index.html, and deletions long after.
/// </summary>
/// <param name="s3">
/// Most requests go to its endpoint directly, with its configuration's credentials (<c>DefaultAWSCredentials</c>, else the SDK's default chain).
/// </param>
public sealed class SiteSync(IAmazonS3 s3, TimeProvider time, ILogger<SiteSync> logger)
{
    /// <summary>Syncs once. Safe to repeat after any interruption.</summary>
    /// <exception cref="PipelineException">No site, S3 refuses, a file changed meanwhile, or another sync holds the bucket. Visitors still see the previous release.</exception>
    public async Task<SiteSyncResult> RunAsync(SiteSyncRequest request, CancellationToken cancellationToken = default)
    {
        var update = new SiteUpdate(s3, request, time, logger);
        var scan = ScanAsync(request, cancellationToken);
        var load = update.Store.LoadAsync(cancellationToken);
        var list = ListUnknownAsync(update, load, request, cancellationToken);
        await Task.WhenAll(scan, list);
        var listing = await list;

        async Task<WantedSite> WantAsync(SiteManifest? manifest)
        {
            var listed = manifest is null ? listing : null;
            listing = null; // whoever asks again asks because the bucket has changed
            return await KnownAsync(update, await scan, manifest, listed, request, cancellationToken) with { Sizes = request.Sizes };
        }

        return await update.RunAsync(await load, WantAsync, cancellationToken);
    }

    /// <summary>While the site is being read: the objects of a bucket without a manifest; null for one that has it.</summary>
    private static async Task<IReadOnlyDictionary<string, ListedObject>?> ListUnknownAsync(SiteUpdate update, Task<StoredManifest> load, SiteSyncRequest request, CancellationToken cancellationToken) =>
        (await load).Manifest is null ? await update.Bucket.ListAsync(request.UserPrefixes, cancellationToken) : null;

    private static async Task<IReadOnlyDictionary<string, SiteFile>> ScanAsync(SiteSyncRequest request, CancellationToken cancellationToken)
    {
        var site = await LocalSite.ScanAsync(request.Directory, request.UserPrefixes, cancellationToken);
        return request.Precompress is null ? site
            : await new SitePrecompression(request.Precompress, request.PrecompressedDirectory ?? throw new ArgumentException("Precompress needs a PrecompressedDirectory.", nameof(request))).ApplyAsync(site, cancellationToken);
    }

    /// <summary>What is in the bucket: by the manifest, checked against a listing when there is none or when asked to.</summary>
    private async Task<WantedSite> KnownAsync(
        SiteUpdate update, IReadOnlyDictionary<string, SiteFile> site, SiteManifest? manifest, IReadOnlyDictionary<string, ListedObject>? listing, SiteSyncRequest request, CancellationToken cancellationToken)
    {
        if (manifest is not null && !request.Verify)
        {
            return new WantedSite(site, manifest);
        }

        listing ??= await update.Bucket.ListAsync(request.UserPrefixes, cancellationToken);
        if (manifest is not null)
        {
            return new WantedSite(site, Verified(manifest, listing), listing.Keys.Count(key => !manifest.Objects.ContainsKey(key) && !site.ContainsKey(key)));
        }

        if (listing.Count > 0)
        {
            logger.LogInformation("The bucket has {Count} objects but no valid manifest; comparing them one by one", listing.Count);
        }

        var unknown = listing.Keys.Where(key => !site.ContainsKey(key)).ToList();
        var objects = new ConcurrentDictionary<string, SiteObject>();
        var candidates = listing.Values.Where(item => site.ContainsKey(item.Key) || request.AdoptUnknownObjects);
        await update.Window.ForEachAsync(candidates, async (item, token) => objects[item.Key] = await update.Bucket.DescribeAsync(item, token), cancellationToken);

        // Nobody knows any more what the CDN holds of an earlier deployment.
        var awaiting = listing.Count == 0 ? [] : new Dictionary<string, string> { ["/*"] = "an earlier deployment" };
        return new WantedSite(site, new SiteManifest { Objects = objects, AwaitingInvalidation = awaiting }, request.AdoptUnknownObjects ? 0 : unknown.Count);
    }

    /// <summary>Without what somebody else deleted or overwrote; the release has it nevertheless.</summary>
    private static SiteManifest Verified(SiteManifest manifest, IReadOnlyDictionary<string, ListedObject> listing)
    {
        var intact = manifest.Objects.Where(entry => listing.TryGetValue(entry.Key, out var item) && IsIntact(entry.Value, item)).ToDictionary();
        if (intact.Count == manifest.Objects.Count)
        {
            return manifest;
        }

        var live = manifest.Live();
        var lost = live.Where(entry => !intact.ContainsKey(entry.Key)).Select(entry => KeyValuePair.Create(entry.Key, (SiteObject?)entry.Value));
        return manifest with { Objects = intact, Unfinished = (manifest.Unfinished ?? new Dictionary<string, SiteObject?>()).UnionBy(lost, entry => entry.Key).ToDictionary() };
    }

    // ETags of multipart or KMS-encrypted objects are no MD5: there only the size speaks.
    private static bool IsIntact(SiteObject expected, ListedObject actual) =>
        actual.Size == expected.Size && (actual.ETag.Contains('-', StringComparison.Ordinal) || actual.ETag.Trim('"') == expected.Md5);
}
