using k8s;
using Tiketi.Pipeline.Kubernetes;

namespace Tiketi.Pipeline.Releases;

/// <summary>
/// The releases of one namespace, in the cluster itself: where they are true, and where every machine that deploys finds them.
/// Each is a ConfigMap, not a Secret, because it holds no secret value and people shall read it with kubectl.
/// </summary>
public sealed class ReleaseStore
{
    /// <summary>How many releases are kept unless told otherwise.</summary>
    public const int DefaultKept = 10;

    private readonly ClusterApi _api;
    private readonly string _namespace;

    /// <param name="cluster">The cluster.</param>
    /// <param name="namespace">The namespace of the services.</param>
    public ReleaseStore(IKubernetes cluster, string @namespace)
        : this(new ClusterApi(cluster, TimeProvider.System), @namespace)
    {
    }

    internal ReleaseStore(ClusterApi api, string namespaceName) => (_api, _namespace) = (api, namespaceName);

    /// <summary>All that are kept, newest first; none where the namespace does not exist.</summary>
    /// <exception cref="PipelineException">The cluster does not answer, or a record was edited.</exception>
    public async Task<IReadOnlyList<Release>> ListAsync(CancellationToken cancellationToken = default)
    {
        var records = await _api.ListAsync(
            "v1", "ConfigMap", _namespace, $"labelSelector=app.kubernetes.io%2Fcomponent%3D{ReleaseDocument.Component}", cancellationToken);
        return [.. records.Where(record => record.At("metadata", "deletionTimestamp") is null).Select(ReleaseDocument.Read).OrderByDescending(release => release.Number)];
    }

    /// <summary>Stores it under the next free number, also when another pipeline takes numbers at the same time.</summary>
    /// <returns>The release with its number.</returns>
    /// <exception cref="PipelineException">The record is too large, the namespace does not exist, or the cluster refuses.</exception>
    public async Task<Release> CreateAsync(Release release, CancellationToken cancellationToken = default)
    {
        var owner = Guid.NewGuid().ToString("N");
        for (var number = (await ListAsync(cancellationToken)).Select(known => known.Number).FirstOrDefault() + 1; ; number++)
        {
            var numbered = release with { Number = number };
            if (await _api.TryCreateAsync(ReleaseDocument.Write(numbered, _namespace, owner), cancellationToken))
            {
                return numbered;
            }

            // Taken: by ourselves, when the answer to the first attempt was lost, or by another pipeline.
            if (await _api.GetAsync(ReleaseDocument.Key(_namespace, number), cancellationToken) is { } taken && ReleaseDocument.Owner(taken) == owner)
            {
                return numbered;
            }
        }
    }

    /// <summary>Renews everything but the manifests of a stored release.</summary>
    /// <exception cref="PipelineException">It is not there any more, or the cluster refuses.</exception>
    public Task UpdateAsync(Release release, CancellationToken cancellationToken = default) =>
        _api.MergeAsync(ReleaseDocument.Key(_namespace, release.Number), ReleaseDocument.Update(release), cancellationToken);

    /// <summary>Forgets the oldest releases; never the one that runs (the newest that succeeded), nor one under way.</summary>
    /// <param name="kept">How many stay.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>What is still kept, newest first.</returns>
    public async Task<IReadOnlyList<Release>> ForgetAsync(int kept = DefaultKept, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(kept, 1);
        var all = await ListAsync(cancellationToken);
        var staying = Kept(all, kept);
        foreach (var release in all.Except(staying))
        {
            await _api.DeleteAsync(ReleaseDocument.Key(_namespace, release.Number), cancellationToken);
        }

        return staying;
    }

    /// <summary>What <see cref="ForgetAsync"/> leaves of these.</summary>
    internal static IReadOnlyList<Release> Kept(IReadOnlyList<Release> newestFirst, int kept)
    {
        var running = newestFirst.FirstOrDefault(release => release.Outcome == ReleaseOutcome.Succeeded);
        return [.. newestFirst.Where((release, index) => index < kept || release == running || release.Outcome == ReleaseOutcome.Deploying)];
    }
}
