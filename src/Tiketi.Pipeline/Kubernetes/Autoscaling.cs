using System.Text.Json.Nodes;

namespace Tiketi.Pipeline.Kubernetes;

/// <summary>
/// Keeps <c>replicas</c> of what a HorizontalPodAutoscaler scales out of what is applied, also where only the cluster knows of
/// the autoscaler: sent along, each deployment would scale the service back down under load.
/// </summary>
internal static class Autoscaling
{
    private const string Kind = "HorizontalPodAutoscaler";
    private const string Receiver = "tiketi-autoscaler-handover";

    /// <summary>The workloads of these manifests that an autoscaler scales.</summary>
    public static async Task<IReadOnlySet<ObjectKey>> TargetsAsync(ClusterApi api, ManifestSet manifests, CancellationToken cancellationToken)
    {
        var scalable = manifests.Manifests.Select(manifest => manifest.Key).Where(key => key.Kind is "Deployment" or "StatefulSet").ToList();
        if (scalable.Count == 0)
        {
            return new HashSet<ObjectKey>();
        }

        // Both versions serve the same objects; v1 is what clusters before 1.23 have.
        var version = await api.ServesAsync("autoscaling/v2", Kind, cancellationToken) ? "autoscaling/v2"
            : await api.ServesAsync("autoscaling/v1", Kind, cancellationToken) ? "autoscaling/v1" : null;
        var live = version is null ? [] : await Task.WhenAll(scalable.Select(key => key.Namespace ?? "default").Distinct(StringComparer.Ordinal)
            .Select(space => api.ListAsync(version, Kind, space, "", cancellationToken)));
        return live.SelectMany(list => list)
            .Concat(manifests.Manifests.Where(manifest => manifest.Key.Kind == Kind).Select(manifest => manifest.Body))
            .SelectMany(scaler => scalable.Where(key => Scales(scaler, key)))
            .ToHashSet();
    }

    public static Manifest WithoutReplicas(Manifest manifest) => manifest.With(body => body.Ensure("spec").Remove("replicas"));

    public static Manifest WithReplicasOf(Manifest manifest, JsonObject live) => manifest.With(body => body.Ensure("spec")["replicas"] = live.Number("spec", "replicas"));

    public static bool OwnsReplicas(JsonObject live) => ClusterApi.OwnFields(live).At("f:spec", "f:replicas") is not null;

    /// <summary>Lets another manager own the present number too, so that it stays when we let go of the field.</summary>
    public static Task HandOverAsync(ClusterApi api, JsonObject live, ObjectKey key, CancellationToken cancellationToken) => api.ApplyAsync(
        new Manifest(new JsonObject
        {
            ["apiVersion"] = key.ApiVersion,
            ["kind"] = key.Kind,
            ["metadata"] = new JsonObject { ["name"] = key.Name, ["namespace"] = key.Namespace },
            ["spec"] = new JsonObject { ["replicas"] = live.Number("spec", "replicas") },
        }),
        dryRun: false, force: true, cancellationToken, Receiver);

    private static bool Scales(JsonObject scaler, ObjectKey key) =>
        scaler.Text("spec", "scaleTargetRef", "kind") == key.Kind
        && scaler.Text("spec", "scaleTargetRef", "name") == key.Name
        && (scaler.Text("metadata", "namespace") ?? "default") == (key.Namespace ?? "default");
}
