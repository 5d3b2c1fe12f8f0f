using System.Collections.Concurrent;
using Amazon.S3;
using Microsoft.Extensions.Logging;

namespace Tiketi.Pipeline.Frontend;

/// <summary>The site that is wanted, and what the bucket is known to hold.</summary>
/// <param name="Site">By key.</param>
/// <param name="Known">Without a lock.</param>
/// <param name="Foreign">Objects that are not the pipeline's; null when the bucket was not listed.</param>
/// <param name="Restores">The number of the release that <paramref name="Site"/> is; null for a new one.</param>
internal sealed record WantedSite(IReadOnlyDictionary<string, SiteFile> Site, SiteManifest Known, int? Foreign = null, int? Restores = null)
{
    /// <summary>How large <see cref="Site"/> is; null when nobody measured it.</summary>
    public IReadOnlyList<SiteSize>? Sizes { get; init; }
}

/// <summary>
/// Brings a bucket to a wanted site under the bucket's lease: what will be overwritten is kept aside, then come hashed assets,
/// other assets, pages, index.html, and deletions last.
/// </summary>
internal sealed class SiteUpdate(IAmazonS3 s3, SiteChangeRequest request, TimeProvider time, ILogger logger)
{
    private readonly UploadWindow _window = new(request.Concurrency, time);
    private readonly SiteRequestCounter _requests = new();
    private readonly long _start = time.GetTimestamp();

    public SiteManifestStore Store => field ??= new(s3, request.Bucket, _requests);

    public SiteBucket Bucket => field ??= new(s3, request.Bucket, _requests) { Throttled = _window.Throttle };

    public UploadWindow Window => _window;

    /// <param name="stored">The manifest as it was read first.</param>
    /// <param name="want">Decides anew whenever somebody else changed the bucket in between.</param>
    public async Task<SiteSyncResult> RunAsync(StoredManifest stored, Func<SiteManifest?, Task<WantedSite>> want, CancellationToken cancellationToken)
    {
        while (true)
        {
            stored = request.DryRun ? stored : await SiteLease.WaitAsync(Store, stored, request.LockTimeout, time, logger, cancellationToken);
            var wanted = await want(stored.Manifest);
            var plan = SitePlan.Of(wanted.Site, wanted.Known with { Lock = null }, request, time.GetUtcNow(), wanted.Restores) with { Sizes = wanted.Sizes };
            var isCurrent = plan.IsEmpty && stored.Manifest is { Lock: null, Release: not null };
            if (request.DryRun || isCurrent)
            {
                return Describe(plan, wanted.Foreign) with { Release = wanted.Known.Release };
            }

            var owner = new SiteLock($"{Environment.MachineName}/{Guid.NewGuid():n}", Renewals: 0);
            await using var lease = await SiteLease.TryAcquireAsync(Store, plan.Intent(owner), stored.ETag, time, cancellationToken);
            if (lease is not null)
            {
                await ApplyAsync(plan, lease, cancellationToken);
                return Describe(plan, wanted.Foreign);
            }

            stored = await Store.LoadAsync(cancellationToken);
        }
    }

    private async Task ApplyAsync(SitePlan plan, SiteLease lease, CancellationToken cancellationToken)
    {
        var uploaded = new ConcurrentDictionary<string, bool>();
        try
        {
            await _window.ForEachAsync(await ToKeepAsync(plan, lease.Token), (kept, token) => Bucket.KeepAsync(kept.Value, kept.Key, token), lease.Token);
            foreach (var phase in plan.Uploads.GroupBy(file => file.Kind))
            {
                await lease.EnsureAsync();
                await _window.ForEachAsync(phase, async (file, token) =>
                {
                    await (file.Path is null ? Bucket.RestoreAsync(file, IsInPlace(plan, file), token) : Bucket.UploadAsync(file, token));
                    uploaded[file.Key] = true;
                }, lease.Token);
                logger.LogDebug("{Count} {Kind} files are in place ({Window} at a time)", phase.Count(), phase.Key, _window.Size);
            }

            foreach (var phase in plan.Deletes.GroupBy(key => plan.Before.Objects[key].KindOf(key)))
            {
                await lease.EnsureAsync();
                await Bucket.DeleteAsync(phase, lease.Token);
            }

            await Bucket.ForgetAsync(plan.Forget, lease.Token);
            await lease.ReleaseAsync(plan.After(uploaded.Keys.ToHashSet(), complete: true), lease.Token);
        }
        catch (OperationCanceledException) when (lease.Token.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw SiteLease.Lost();
        }
        catch
        {
            await GiveBackAsync(plan, lease, uploaded.Keys.ToHashSet());
            throw;
        }
    }

    /// <summary>Whether only the headers of what is served under the file's own key differ.</summary>
    private static bool IsInPlace(SitePlan plan, SiteFile file) => plan.Before.Objects.TryGetValue(file.Key, out var known) && known.Md5 == file.Md5;

    /// <summary>
    /// After a sync that did not end, also what it meant to keep and has not: nothing is overwritten before all is kept, so
    /// what is missing among the kept contents is still in its place.
    /// </summary>
    private async Task<IEnumerable<KeyValuePair<string, string>>> ToKeepAsync(SitePlan plan, CancellationToken cancellationToken)
    {
        if (plan.Before is not { Unfinished: not null, Kept.Count: > 0 })
        {
            return plan.Keep;
        }

        var kept = await Bucket.ListKeptAsync(cancellationToken);
        return plan.Before.Kept.Where(entry => !kept.Contains(entry.Key) && !plan.Forget.Contains(entry.Key)).Concat(plan.Keep);
    }

    /// <summary>Leaves the next run what is done already, and no lock to wait for.</summary>
    private async Task GiveBackAsync(SitePlan plan, SiteLease lease, IReadOnlySet<string> uploaded)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(5), time);
        try
        {
            await lease.ReleaseAsync(plan.After(uploaded, complete: false), limit.Token);
        }
        catch (Exception exception) when (exception is PipelineException or OperationCanceledException)
        {
            logger.LogWarning("The lock on the site could not be given back ({Reason}); the next sync takes it over after {Seconds} s", exception.Message, SiteLease.Duration.TotalSeconds);
        }
    }

    private SiteSyncResult Describe(SitePlan plan, int? foreign)
    {
        SiteChange Change(string key, SiteAction action) => new(key, action, plan.Before.Objects[key].KindOf(key), plan.Before.Objects[key].Size);
        return new SiteSyncResult
        {
            Bucket = request.Bucket,
            DryRun = request.DryRun,
            Release = plan.Release,
            Sizes = plan.Sizes,
            Former = plan.Before.Release?.Number == plan.Release.Number ? null : plan.Before.Release,
            FormerSizes = plan.Before.Sizes,
            Changes =
            [
                .. plan.Keep.Values.Select(key => Change(key, SiteAction.Keep)),
                .. plan.Uploads.Select(file => new SiteChange(file.Key, file.Path is null ? SiteAction.Restore : SiteAction.Upload, file.Kind, file.Size)),
                .. plan.Superseded.Select(key => Change(key, SiteAction.Supersede)),
                .. plan.Deletes.Select(key => Change(key, SiteAction.Delete)),
                .. plan.Forget.Select(md5 => new SiteChange(plan.Before.Kept[md5], SiteAction.Forget, SiteCacheRules.KindOf(plan.Before.Kept[md5]), Bytes: 0)),
            ],
            Unchanged = plan.Unchanged,
            Retained = plan.Retained,
            Foreign = foreign,
            ChangedPaths = plan.ChangedPaths,
            Requests = _requests.Snapshot(),
            Duration = time.GetElapsedTime(_start),
        };
    }
}
