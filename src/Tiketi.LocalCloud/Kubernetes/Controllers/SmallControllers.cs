using System.Text.Json.Nodes;
using Tiketi.LocalCloud.Hosting;
using Tiketi.LocalCloud.Kubernetes.Admission;
using Tiketi.LocalCloud.Kubernetes.Ingress;
using Tiketi.LocalCloud.Kubernetes.Kubelet;
using Tiketi.LocalCloud.Kubernetes.Resources;
using Tiketi.LocalCloud.Kubernetes.Schema;
using Tiketi.LocalCloud.Kubernetes.Storage;

namespace Tiketi.LocalCloud.Kubernetes.Controllers;

/// <summary>How many of a PodDisruptionBudget's pods may be evicted now.</summary>
internal sealed class DisruptionBudgetController(ClusterObjects objects, TimeProvider time) : Controller(objects)
{
    private static readonly string[] Workloads = ["replicasets", "statefulsets"];
    private static readonly TimeSpan EvictionLimit = TimeSpan.FromMinutes(2); // the published controller's

    public override string Plural => "poddisruptionbudgets";

    public override string Component => "controllermanager";

    public override IEnumerable<(string Namespace, string Name)> AffectedBy(Change change) => change.Object.Resource.Plural is "pods" or "replicasets" or "statefulsets"
        ? Store.List(Resource, change.Object.Namespace).Select(item => (item.Namespace, item.Name)) : Nothing;

    public override TimeSpan? Reconcile(JsonObject item)
    {
        var awaits = false;
        // Counted while the status is written, and again when that was too late: an eviction may come at any moment.
        WriteStatus(item, status =>
        {
            var pods = Store.List(ResourceRegistry.Get("pods"), item.Namespace()).Select(pod => pod.Body)
                .Where(pod => PodTemplates.IsActive(pod) && Selectors.Matches(item.Object("spec", "selector"), pod.TextMap("metadata", "labels"))).ToList();
            var evicted = Evicted(status, pods);
            awaits = evicted.Count > 0;
            var owners = pods.Select(Owners.ControllerUid).ToHashSet(StringComparer.Ordinal);
            var expected = Workloads.SelectMany(plural => Store.List(ResourceRegistry.Get(plural), item.Namespace())).Where(set => owners.Contains(set.Body.Uid()))
                .Sum(set => set.Body.Number("spec", "replicas") ?? 0) + pods.Count(pod => Owners.ControllerUid(pod) is null);
            var least = item.At("spec", "maxUnavailable") is { } most
                ? Math.Max(0, expected - PodTemplates.Share(most, expected, roundUp: true))
                : PodTemplates.Share(item.At("spec", "minAvailable") ?? 1, expected, roundUp: true);
            var healthy = pods.Count(pod => PodTemplates.IsReady(pod) && !evicted.ContainsKey(pod.Name()));
            var allowed = Math.Max(0, healthy - least);
            status["expectedPods"] = expected;
            status["desiredHealthy"] = least;
            status["currentHealthy"] = healthy;
            status["disruptionsAllowed"] = allowed;
            status.Remove("disruptedPods");
            if (awaits)
            {
                status["disruptedPods"] = evicted;
            }

            status["observedGeneration"] = item.Number("metadata", "generation") ?? 1;
            PodTemplates.SetCondition(status, "DisruptionAllowed", allowed > 0 ? "True" : "False", allowed > 0 ? "SufficientPods" : "InsufficientPods", string.Empty, time.Timestamp());
        });
        return awaits ? EvictionLimit : null;
    }

    /// <summary>The pods whose eviction was allowed, with the moment, until their deletion shows; one that never comes is forgotten.</summary>
    private JsonObject Evicted(JsonObject status, List<JsonObject> active)
    {
        var since = Json.Timestamp(time.GetUtcNow() - EvictionLimit);
        return new JsonObject(status.TextMap("disruptedPods")
            .Where(pod => string.CompareOrdinal(pod.Value, since) > 0 && active.Exists(one => one.Name() == pod.Key))
            .Select(pod => KeyValuePair.Create(pod.Key, (JsonNode?)pod.Value)));
    }
}

/// <summary>Says what an autoscaler without a metrics server says: it cannot tell.</summary>
internal sealed class AutoscalerController(ClusterObjects objects, TimeProvider time) : Controller(objects)
{
    public override string Plural => "horizontalpodautoscalers";

    public override IEnumerable<(string Namespace, string Name)> AffectedBy(Change change) => change.Object.Resource.Plural is "deployments" or "statefulsets"
        ? Store.List(Resource, change.Object.Namespace).Where(item => item.Body.Text("spec", "scaleTargetRef", "name") == change.Object.Name).Select(item => (item.Namespace, item.Name))
        : Nothing;

    public override TimeSpan? Reconcile(JsonObject item)
    {
        var target = item.Object("spec", "scaleTargetRef");
        var resource = Objects.Registry.FindKind(target.Text("apiVersion") ?? "apps/v1", target.Text("kind") ?? string.Empty);
        var found = resource is null ? null : Store.Find(resource, item.Namespace(), target.Text("name") ?? string.Empty)?.Body;
        var current = found.Number("spec", "replicas") ?? 0;
        WriteStatus(item, status =>
        {
            status["currentReplicas"] = current;
            status["desiredReplicas"] = current;
            PodTemplates.SetCondition(status, "AbleToScale", found is null ? "False" : "True", found is null ? "FailedGetScale" : "SucceededGetScale",
                found is null ? $"the HPA controller was unable to get the target's current scale: {target.Text("kind")} \"{target.Text("name")}\" not found" : "the HPA controller was able to get the target's current scale", time.Timestamp());
            PodTemplates.SetCondition(status, "ScalingActive", "False", "FailedGetResourceMetric",
                "the HPA was unable to compute the replica count: the local cluster has no metrics API", time.Timestamp());
        });
        Bound(item, resource, found, current);
        return null;
    }

    /// <summary>The bounds hold even without metrics.</summary>
    private void Bound(JsonObject item, ResourceDefinition? resource, JsonObject? found, long current)
    {
        var (least, most) = (item.Number("spec", "minReplicas") ?? 1, item.Number("spec", "maxReplicas") ?? long.MaxValue);
        if (resource is null || found is null || current == 0 || (current >= least && current <= most))
        {
            return;
        }

        Objects.Modify(resource, found.Namespace(), found.Name(), body =>
        {
            body.Ensure("spec")["replicas"] = Math.Clamp(current, least, most);
            return body;
        }, Options with { Subresource = "scale" });
    }
}

/// <summary>Says how much of a ResourceQuota is used.</summary>
internal sealed class ResourceQuotaController(ClusterObjects objects) : Controller(objects)
{
    public override string Plural => "resourcequotas";

    public override IEnumerable<(string Namespace, string Name)> AffectedBy(Change change) => change.Object.Resource.Plural == "pods"
        ? Store.List(Resource, change.Object.Namespace).Select(item => (item.Namespace, item.Name)) : Nothing;

    public override TimeSpan? Reconcile(JsonObject item)
    {
        WriteStatus(item, status =>
        {
            status["hard"] = Amounts(ResourceQuotas.Hard(item));
            status["used"] = Amounts(ResourceQuotas.Used(item, Store));
        });
        return null;
    }

    private static JsonObject Amounts(IReadOnlyDictionary<string, Quantity> amounts) =>
        new(amounts.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => KeyValuePair.Create<string, JsonNode?>(pair.Key, $"{pair.Value}")));
}

/// <summary>Binds every claim whose storage class exists: its volume is a folder of the local cloud.</summary>
internal sealed class VolumeClaimController(ClusterObjects objects, EventRecorder events) : Controller(objects)
{
    public override string Plural => "persistentvolumeclaims";

    public override string Component => "persistentvolume-controller";

    public override IEnumerable<(string Namespace, string Name)> AffectedBy(Change change) => change.Object.Resource.Plural == "storageclasses"
        ? Store.List(Resource).Select(item => (item.Namespace, item.Name)) : Nothing;

    public override TimeSpan? Reconcile(JsonObject item)
    {
        if (item.IsDeleting() || item.Text("status", "phase") == "Bound")
        {
            return null;
        }

        if (item.Text("spec", "storageClassName") is { Length: > 0 } wanted && Store.Find(ResourceRegistry.Get("storageclasses"), string.Empty, wanted) is null)
        {
            events.Record(Component, item, "Warning", "ProvisioningFailed", $"storageclass.storage.k8s.io \"{wanted}\" not found");
            return null;
        }

        WriteStatus(item, status =>
        {
            status["phase"] = "Bound";
            status["accessModes"] = item.At("spec", "accessModes")?.DeepClone();
            status["capacity"] = item.At("spec", "resources", "requests")?.DeepClone();
        });
        return null;
    }
}

/// <summary>Writes the address into the Ingress objects that the local ingress serves.</summary>
internal sealed class IngressController(ClusterObjects objects, RouteTable routes, LocalCloudSettings settings) : Controller(objects)
{
    public override string Plural => "ingresses";

    public override IEnumerable<(string Namespace, string Name)> AffectedBy(Change change) => change.Object.Resource.Plural == "ingressclasses"
        ? Store.List(Resource).Select(item => (item.Namespace, item.Name)) : Nothing;

    public override TimeSpan? Reconcile(JsonObject item)
    {
        if (item.IsDeleting() || !routes.Serves(item))
        {
            return null;
        }

        WriteStatus(item, status => status["loadBalancer"] = new JsonObject
        {
            ["ingress"] = new JsonArray(new JsonObject
            {
                ["hostname"] = "localhost", ["ports"] = new JsonArray(new JsonObject { ["port"] = settings.IngressPort, ["protocol"] = "TCP" }),
            }),
        });
        return null;
    }
}
