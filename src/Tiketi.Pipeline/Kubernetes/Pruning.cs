using Microsoft.Extensions.Logging;

namespace Tiketi.Pipeline.Kubernetes;

/// <summary>What pruning did.</summary>
/// <param name="Deleted">Objects that an earlier release of ours had applied and the new one does not have.</param>
/// <param name="Left">Those that hold data, which nobody asked to delete.</param>
public sealed record PruneResult(IReadOnlyList<ObjectKey> Deleted, IReadOnlyList<ObjectKey> Left)
{
    public static PruneResult Nothing { get; } = new([], []);
}

/// <summary>Deletes what releases have left behind; never what somebody else made, nor anything that takes data with it.</summary>
internal sealed class Pruning(ClusterApi api, ILogger log)
{
    /// <param name="candidates">What earlier releases applied.</param>
    /// <param name="wanted">What stays.</param>
    /// <param name="withData">Also Secrets and volume claims.</param>
    /// <param name="dryRun">Only says what would be deleted.</param>
    /// <param name="cancellationToken">Ends the run between two calls.</param>
    public async Task<PruneResult> RunAsync(
        IEnumerable<ObjectKey> candidates, IEnumerable<ObjectKey> wanted, bool withData, bool dryRun, CancellationToken cancellationToken)
    {
        // An object keeps its identity when only the version of its API changes.
        var kept = wanted.Select(Identity).ToHashSet();
        var superfluous = candidates.DistinctBy(Identity).Where(key => !kept.Contains(Identity(key)) && !NeverPruned(key.Kind)).ToList();
        var (deleted, left) = (new List<ObjectKey>(), new List<ObjectKey>());
        // What depends on others goes first.
        foreach (var level in superfluous.GroupBy(key => ApplyOrder.Level(key.Kind)).OrderByDescending(level => level.Key))
        {
            foreach (var key in level)
            {
                if (!await IsOursAsync(key, cancellationToken))
                {
                    continue;
                }

                if (HoldsData(key.Kind) && !withData)
                {
                    left.Add(key);
                    continue;
                }

                if (!dryRun)
                {
                    await api.DeleteAsync(key, cancellationToken);
                    log.LogInformation("{Object} pruned", key);
                }

                deleted.Add(key);
            }
        }

        return new PruneResult(deleted, left);
    }

    /// <summary>An object of that name that we have not applied is somebody else's: ours is gone.</summary>
    private async Task<bool> IsOursAsync(ObjectKey key, CancellationToken cancellationToken) =>
        await api.ServesAsync(key.ApiVersion, key.Kind, cancellationToken)
        && await api.GetAsync(key, cancellationToken) is { } live
        && live.At("metadata", "deletionTimestamp") is null
        && ClusterApi.OwnFields(live) is not null;

    private static bool HoldsData(string kind) => kind is "Secret" or "PersistentVolumeClaim" or "PersistentVolume";

    /// <summary>Their deletion takes along what others have put into them.</summary>
    private static bool NeverPruned(string kind) => kind is "Namespace" or "CustomResourceDefinition";

    private static (string Group, string Kind, string? Namespace, string Name) Identity(ObjectKey key) =>
        (key.ApiVersion.Contains('/', StringComparison.Ordinal) ? key.ApiVersion.Split('/')[0] : "", key.Kind, key.Namespace, key.Name);
}
