using System.Collections.Concurrent;
using Amazon.S3;
using Amazon.S3.Model;
using Microsoft.Extensions.Logging;

namespace Tiketi.Pipeline.Frontend;

/// <summary>
/// Brings a bucket to the state of a built site with the fewest requests, and without a moment in which a served page refers
/// to a file that is not there: hashed assets first, then other assets, pages, index.html, and deletions long after.
/// </summary>
public sealed class SiteSync(IAmazonS3 s3, TimeProvider time, ILogger<SiteSync> logger)
{
    /// <summary>Syncs once. Safe to repeat after any interruption.</summary>
    /// <exception cref="PipelineException">No site, S3 refuses, a file changed meanwhile, or another sync holds the bucket. Visitors still see the previous release.</exception>
    public async Task<SiteSyncResult> RunAsync(SiteSyncRequest request, CancellationToken cancellationToken = default)
    {
        var start = time.GetTimestamp();
        var requests = new SiteRequestCounter();
        var store = new SiteManifestStore(s3, request.Bucket, requests);
        var bucket = new SiteBucket(s3, request.Bucket, requests);

        var scan = LocalSite.ScanAsync(request.Directory, request.UserPrefixes, cancellationToken);
        var load = store.LoadAsync(cancellationToken);
        await Task.WhenAll(scan, load);
        var (site, stored) = (await scan, await load);

        while (true)
        {
            stored = request.DryRun ? stored : await SiteLease.WaitAsync(store, stored, request.LockTimeout, time, logger, cancellationToken);
            var (known, foreign) = await KnownAsync(bucket, site, stored.Manifest, request, cancellationToken);
            var plan = SitePlan.Of(site, known with { Lock = null }, request, time.GetUtcNow());
            var result = Describe(plan, request, foreign);
            var current = plan.IsEmpty && stored.Manifest is { Lock: null, Release: not null };
            if (request.DryRun || current)
            {
                return result with { Requests = requests.Snapshot(), Duration = time.GetElapsedTime(start), Release = known.Release };
            }

            var owner = new SiteLock($"{Environment.MachineName}/{Guid.NewGuid():n}", Renewals: 0);
            await using var lease = await SiteLease.TryAcquireAsync(store, plan.Intent(owner), stored.ETag, time, cancellationToken);
            if (lease is not null)
            {
                await ApplyAsync(bucket, plan, lease, request.Concurrency, cancellationToken);
                return result with { Requests = requests.Snapshot(), Duration = time.GetElapsedTime(start) };
            }

            stored = await store.LoadAsync(cancellationToken);
        }
    }

    private async Task ApplyAsync(SiteBucket bucket, SitePlan plan, SiteLease lease, int concurrency, CancellationToken cancellationToken)
    {
        var uploaded = new ConcurrentDictionary<string, bool>();
        try
        {
            foreach (var phase in plan.Uploads.GroupBy(file => file.Kind))
            {
                await lease.EnsureAsync();
                var options = new ParallelOptions { MaxDegreeOfParallelism = concurrency, CancellationToken = lease.Token };
                await Parallel.ForEachAsync(phase, options, async (file, token) =>
                {
                    await bucket.UploadAsync(file, token);
                    uploaded[file.Key] = true;
                });
                logger.LogDebug("{Count} {Kind} files uploaded", phase.Count(), phase.Key);
            }

            foreach (var phase in plan.Deletes.GroupBy(SiteCacheRules.KindOf))
            {
                await lease.EnsureAsync();
                await bucket.DeleteAsync(phase, lease.Token);
            }

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

    /// <summary>What is in the bucket: by the manifest, checked against a listing when there is none or when asked to.</summary>
    private async Task<(SiteManifest Known, int? Foreign)> KnownAsync(SiteBucket bucket, IReadOnlyDictionary<string, LocalFile> site, SiteManifest? manifest, SiteSyncRequest request, CancellationToken cancellationToken)
    {
        if (manifest is not null && !request.Verify)
        {
            return (manifest, Foreign: null);
        }

        var listing = await bucket.ListAsync(request.UserPrefixes, cancellationToken);
        if (manifest is not null)
        {
            var real = manifest.Objects.Where(entry => listing.TryGetValue(entry.Key, out var item) && IsIntact(entry.Value, item)).ToDictionary();
            return (manifest with { Objects = real }, listing.Keys.Count(key => !manifest.Objects.ContainsKey(key) && !site.ContainsKey(key)));
        }

        if (listing.Count > 0)
        {
            logger.LogInformation("The bucket has {Count} objects but no valid manifest; comparing them one by one", listing.Count);
        }

        var unknown = listing.Keys.Where(key => !site.ContainsKey(key)).ToList();
        var objects = new ConcurrentDictionary<string, SiteObject>();
        var candidates = listing.Values.Where(item => site.ContainsKey(item.Key) || request.AdoptUnknownObjects);
        await Parallel.ForEachAsync(candidates, new ParallelOptions { MaxDegreeOfParallelism = request.Concurrency, CancellationToken = cancellationToken }, async (item, token) =>
            objects[item.Key] = await bucket.DescribeAsync(item, token));

        // Nobody knows any more what the CDN holds of an earlier deployment.
        var awaiting = listing.Count == 0 ? [] : new Dictionary<string, string> { ["/*"] = "an earlier deployment" };
        return (new SiteManifest { Objects = objects, AwaitingInvalidation = awaiting }, request.AdoptUnknownObjects ? 0 : unknown.Count);
    }

    // ETags of multipart or KMS-encrypted objects are no MD5: there only the size speaks.
    private static bool IsIntact(SiteObject expected, S3Object actual) =>
        actual.Size == expected.Size && (actual.ETag.Contains('-', StringComparison.Ordinal) || actual.ETag.Trim('"') == expected.Md5);

    private static SiteSyncResult Describe(SitePlan plan, SiteSyncRequest request, int? foreign)
    {
        SiteChange Change(string key, SiteAction action) => new(key, action, SiteCacheRules.KindOf(key), plan.Before.Objects[key].Size);
        return new SiteSyncResult
        {
            Bucket = request.Bucket,
            DryRun = request.DryRun,
            Release = plan.Release,
            Changes =
            [
                .. plan.Uploads.Select(file => new SiteChange(file.Key, SiteAction.Upload, file.Kind, file.Size)),
                .. plan.Superseded.Select(key => Change(key, SiteAction.Supersede)),
                .. plan.Deletes.Select(key => Change(key, SiteAction.Delete)),
            ],
            Unchanged = plan.Unchanged,
            Retained = plan.Retained,
            Foreign = foreign,
            ChangedPaths = plan.ChangedPaths,
            Requests = new SiteRequests(0, 0, 0, 0, 0),
            Duration = TimeSpan.Zero,
        };
    }
}
