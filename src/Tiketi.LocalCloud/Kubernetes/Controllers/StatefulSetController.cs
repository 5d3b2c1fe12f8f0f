using System.Globalization;
using System.Text.Json.Nodes;
using Tiketi.LocalCloud.Kubernetes.Kubelet;
using Tiketi.LocalCloud.Kubernetes.Resources;
using Tiketi.LocalCloud.Kubernetes.Storage;

namespace Tiketi.LocalCloud.Kubernetes.Controllers;

/// <summary>Keeps numbered pods with storage of their own; starts, updates and stops them in order.</summary>
internal sealed class StatefulSetController(ClusterObjects objects, Deletion deletion, EventRecorder events) : Controller(objects)
{
    private static readonly ResourceDefinition Pods = ResourceRegistry.Get("pods");
    private static readonly ResourceDefinition Claims = ResourceRegistry.Get("persistentvolumeclaims");
    private readonly ControllerRevisions _revisions = new(objects, deletion);

    public override string Plural => "statefulsets";

    public override IEnumerable<(string Namespace, string Name)> AffectedBy(Change change) => change.Object.Resource == Pods ? OwnerOf(change) : Nothing;

    public override TimeSpan? Reconcile(JsonObject item)
    {
        if (item.IsDeleting())
        {
            return null;
        }

        var revision = _revisions.Sync(item, Options).Name();
        var wanted = (int)(item.Number("spec", "replicas") ?? 1);
        var pods = PodsOf(item);
        Step(item, wanted, revision, pods);
        UpdateStatus(item, wanted, revision);
        return null;
    }

    private static int OrdinalOf(JsonObject pod) =>
        int.TryParse(pod.Name()[(pod.Name().LastIndexOf('-') + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var ordinal) ? ordinal : -1;

    private SortedDictionary<int, JsonObject> PodsOf(JsonObject item) => new(OwnedBy(item, "pods").ToDictionary(OrdinalOf));

    /// <summary>One move at a time, unless the set manages its pods in parallel: create, replace, remove, update.</summary>
    private void Step(JsonObject item, int wanted, string revision, SortedDictionary<int, JsonObject> pods)
    {
        var parallel = item.Text("spec", "podManagementPolicy") == "Parallel";
        for (var ordinal = 0; ordinal < wanted; ordinal++)
        {
            if (!pods.TryGetValue(ordinal, out var pod))
            {
                Create(item, ordinal, revision);
            }
            else if (PodTemplates.IsFinished(pod) && !pod.IsDeleting())
            {
                Delete(item, pod);
            }

            if (!parallel && (pod is null || !PodTemplates.IsReady(pod) || pod.IsDeleting()))
            {
                return;
            }
        }

        foreach (var (_, extra) in pods.Where(pair => pair.Key >= wanted).Reverse())
        {
            if (!extra.IsDeleting())
            {
                Delete(item, extra);
            }

            if (!parallel)
            {
                return;
            }
        }

        Update(item, wanted, revision, pods);
    }

    private void Update(JsonObject item, int wanted, string revision, SortedDictionary<int, JsonObject> pods)
    {
        if (item.Text("spec", "updateStrategy", "type") == "OnDelete")
        {
            return;
        }

        var partition = (int)(item.Number("spec", "updateStrategy", "rollingUpdate", "partition") ?? 0);
        foreach (var (_, pod) in pods.Where(pair => pair.Key < wanted && pair.Key >= partition).Reverse())
        {
            if (pod.Text("metadata", "labels", ControllerRevisions.HashLabel) != revision && !pod.IsDeleting())
            {
                Delete(item, pod);
                return;
            }

            if (!PodTemplates.IsReady(pod) || pod.IsDeleting())
            {
                return;
            }
        }
    }

    private void Create(JsonObject item, int ordinal, string revision)
    {
        var name = $"{item.Name()}-{ordinal}";
        var pod = PodTemplates.NewPod(item, item.Object("spec", "template")!, name);
        var labels = pod.Ensure("metadata", "labels");
        labels["statefulset.kubernetes.io/pod-name"] = name;
        labels["apps.kubernetes.io/pod-index"] = $"{ordinal}";
        labels[ControllerRevisions.HashLabel] = revision;
        var spec = pod.Ensure("spec");
        spec["hostname"] = name;
        if (item.Text("spec", "serviceName") is { Length: > 0 } service)
        {
            spec["subdomain"] = service;
        }

        foreach (var template in item.Items("spec", "volumeClaimTemplates"))
        {
            Claim(item, template, spec, $"{template.Name()}-{name}");
        }

        Objects.Create(Pods, item.Namespace(), pod, Options);
        events.Record(Component, item, "Normal", "SuccessfulCreate", $"create Pod {name} in StatefulSet {item.Name()} successful");
    }

    private void Claim(JsonObject item, JsonObject template, JsonObject spec, string name)
    {
        if (Store.Find(Claims, item.Namespace(), name) is null)
        {
            var claim = template.Copy();
            claim["metadata"] = new JsonObject { ["name"] = name, ["labels"] = item.At("spec", "selector", "matchLabels")?.DeepClone() };
            claim.Remove("status");
            Objects.Create(Claims, item.Namespace(), claim, Options);
        }

        spec.Default("volumes", new JsonArray());
        ((JsonArray)spec["volumes"]!).Add(new JsonObject { ["name"] = template.Name(), ["persistentVolumeClaim"] = new JsonObject { ["claimName"] = name } });
    }

    private void Delete(JsonObject item, JsonObject pod)
    {
        deletion.Delete(Pods, pod.Namespace(), pod.Name(), new DeleteOptions());
        events.Record(Component, item, "Normal", "SuccessfulDelete", $"delete Pod {pod.Name()} in StatefulSet {item.Name()} successful");
    }

    private void UpdateStatus(JsonObject item, int wanted, string revision)
    {
        var pods = PodsOf(item).Values.Where(PodTemplates.IsActive).ToList();
        var updated = pods.Count(pod => pod.Text("metadata", "labels", ControllerRevisions.HashLabel) == revision);
        WriteStatus(item, status =>
        {
            var isDone = updated == wanted && pods.Count == wanted && pods.TrueForAll(PodTemplates.IsReady);
            status["observedGeneration"] = item.Number("metadata", "generation") ?? 1;
            status["replicas"] = pods.Count;
            status["readyReplicas"] = pods.Count(PodTemplates.IsReady);
            status["availableReplicas"] = pods.Count(PodTemplates.IsReady);
            status["updatedReplicas"] = updated;
            status["updateRevision"] = revision;
            status["currentRevision"] = isDone ? revision : status.Text("currentRevision") ?? revision;
            status["currentReplicas"] = pods.Count(pod => pod.Text("metadata", "labels", ControllerRevisions.HashLabel) == status.Text("currentRevision"));
            status["collisionCount"] = 0;
        });
    }
}
