using Tiketi.LocalCloud.CloudFormation;
using Tiketi.LocalCloud.CloudFront.Edge;
using Tiketi.LocalCloud.CloudFront.Model;
using Tiketi.LocalCloud.Hosting;

namespace Tiketi.LocalCloud.CloudFront;

/// <summary>Creates, changes and deletes distributions and invalidates them: what the API and CloudFormation have in common.</summary>
internal sealed class DistributionManager(CloudFrontStore store, EdgeServers servers, LocalCloudSettings settings, TimeProvider time)
{
    private const int KeptInvalidations = 100;
    private const int MostPaths = 3000;
    private const int MostWildcards = 15;

    private readonly SemaphoreSlim _turn = new(1, 1);

    /// <exception cref="ResourceException">A part of the configuration is unknown, or the port is taken.</exception>
    public async Task<Distribution> CreateAsync(DistributionConfig config, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            store.Check(config);
            var taken = store.Current.Distributions.Select(distribution => distribution.Port).ToHashSet();
            var distribution = new Distribution
            {
                Id = CloudFrontStore.NewId(),
                Port = Enumerable.Range(settings.CdnPort, 1000).First(port => !taken.Contains(port)),
                ETag = CloudFrontStore.NewId(),
                LastModified = time.GetUtcNow(),
                Config = config,
            };
            await servers.ServeAsync(distribution, cancellationToken);
            store.Change(document => document.With(distribution));
            return distribution;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <exception cref="CloudFrontException">NoSuchDistribution.</exception>
    /// <exception cref="ResourceException">A part of the configuration is unknown.</exception>
    public Distribution Update(string id, DistributionConfig config)
    {
        store.Check(config);
        store.Change(document => document.With(Get(id) with { Config = config, ETag = CloudFrontStore.NewId(), LastModified = time.GetUtcNow() }));
        return Get(id);
    }

    /// <summary>Deleting what is already gone succeeds.</summary>
    public async Task DeleteAsync(string id)
    {
        store.Change(document => document with { Distributions = [.. document.Distributions.Where(distribution => distribution.Id != id)] });
        await servers.EndAsync(id);
    }

    /// <exception cref="CloudFrontException">NoSuchDistribution.</exception>
    public Distribution Get(string id) => store.Find(id) ?? throw CloudFrontException.NoSuchDistribution();

    /// <summary>
    /// Empties the cache before it returns, so an invalidation is Completed from the start. The same caller reference with the
    /// same paths is the same invalidation.
    /// </summary>
    /// <exception cref="CloudFrontException">NoSuchDistribution, InvalidArgument, BatchTooLarge, TooManyInvalidationsInProgress, InvalidationBatchAlreadyExists.</exception>
    public Invalidation Invalidate(string id, string callerReference, IReadOnlyList<string> paths)
    {
        Check(callerReference, paths);
        var distribution = Get(id);
        if (distribution.Invalidations.FirstOrDefault(known => known.CallerReference == callerReference) is { } present)
        {
            return present.Paths.SequenceEqual(paths, StringComparer.Ordinal)
                ? present
                : throw new CloudFrontException(400, "InvalidationBatchAlreadyExists", "An invalidation batch with this caller reference but other paths exists already.");
        }

        var invalidation = new Invalidation(CloudFrontStore.NewId('I'), time.GetUtcNow(), callerReference, paths);
        servers.Invalidate(id, [.. paths.Select(InvalidationPattern.Parse)]);
        store.Change(document => document.With(Get(id) with { Invalidations = [invalidation, .. Get(id).Invalidations.Take(KeptInvalidations - 1)] }));
        return invalidation;
    }

    private static void Check(string callerReference, IReadOnlyList<string> paths)
    {
        if (callerReference.Length == 0)
        {
            throw CloudFrontException.InvalidArgument("Your request does not contain a caller reference.");
        }

        if (paths.Count == 0 || paths.Any(path => path.Length == 0 || path.Any(char.IsWhiteSpace)))
        {
            throw CloudFrontException.InvalidArgument("Your request contains one or more invalid invalidation paths.");
        }

        if (paths.Count > MostPaths)
        {
            throw new CloudFrontException(413, "BatchTooLarge", "Your request contains more invalidation paths than CloudFront takes at a time.");
        }

        if (paths.Count(path => path.EndsWith('*')) > MostWildcards)
        {
            throw new CloudFrontException(400, "TooManyInvalidationsInProgress", "Your request contains more wildcard invalidation paths than may be in progress.");
        }
    }
}
