using System.Text.Json.Nodes;

namespace Tiketi.Pipeline.Kubernetes;

/// <summary>Finds the pods of a workload.</summary>
internal sealed class WorkloadPods(ClusterApi api)
{
    /// <summary>The pods; of a Deployment or StatefulSet only those of its newest version: the old one's troubles do not count.</summary>
    public async Task<IReadOnlyList<JsonObject>> OfAsync(ObjectKey key, JsonObject live, CancellationToken cancellationToken)
    {
        var space = key.Namespace ?? "default";
        if (live.At("status", "observedGeneration") is not null && live.Number("status", "observedGeneration") != live.Number("metadata", "generation"))
        {
            return []; // what its controller has not seen yet has no pods: those there are the old version's
        }

        switch (key.Kind)
        {
            case "Pod":
                return [live];
            case "Deployment":
                var revision = live.At("metadata", "annotations").Text("deployment.kubernetes.io/revision");
                var sets = await api.ListAsync("apps/v1", "ReplicaSet", space, "", cancellationToken);
                var newest = sets.FirstOrDefault(set =>
                    IsOwnedBy(set, live) && set.At("metadata", "annotations").Text("deployment.kubernetes.io/revision") == revision);
                return newest is null ? [] : await OwnedAsync(newest, space, cancellationToken);
            case "StatefulSet":
                return [.. (await OwnedAsync(live, space, cancellationToken))
                    .Where(pod => pod.Text("metadata", "labels", "controller-revision-hash") == live.Text("status", "updateRevision"))];
            case "DaemonSet" or "ReplicaSet" or "Job":
                return await OwnedAsync(live, space, cancellationToken);
            default:
                return [];
        }
    }

    private async Task<IReadOnlyList<JsonObject>> OwnedAsync(JsonObject owner, string space, CancellationToken cancellationToken) =>
        [.. (await api.ListAsync("v1", "Pod", space, "", cancellationToken)).Where(pod => IsOwnedBy(pod, owner))];

    private static bool IsOwnedBy(JsonObject item, JsonObject owner) =>
        item.Items("metadata", "ownerReferences").Any(reference => reference.Text("uid") == owner.Text("metadata", "uid"));
}
