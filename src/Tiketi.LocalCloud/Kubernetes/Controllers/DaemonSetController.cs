using System.Text.Json.Nodes;
using Tiketi.LocalCloud.Kubernetes.Kubelet;
using Tiketi.LocalCloud.Kubernetes.Resources;
using Tiketi.LocalCloud.Kubernetes.Storage;

namespace Tiketi.LocalCloud.Kubernetes.Controllers;

/// <summary>Keeps one pod on every node that the template accepts.</summary>
internal sealed class DaemonSetController(ClusterObjects objects, Deletion deletion, EventRecorder events) : Controller(objects)
{
    private static readonly ResourceDefinition Pods = ResourceRegistry.Get("pods");
    private readonly ControllerRevisions _revisions = new(objects, deletion);

    public override string Plural => "daemonsets";

    public override IEnumerable<(string Namespace, string Name)> AffectedBy(Change change) => change.Object.Resource == Pods ? OwnerOf(change)
        : change.Object.Resource.Plural == "nodes" && change.Kind != ChangeKind.Modified ? Store.List(Resource).Select(item => (item.Namespace, item.Name))
        : Nothing;

    public override TimeSpan? Reconcile(JsonObject item)
    {
        if (item.IsDeleting())
        {
            return null;
        }

        var revision = _revisions.Sync(item, Options).Name();
        var selector = item.TextMap("spec", "template", "spec", "nodeSelector");
        var nodes = Store.List(ResourceRegistry.Get("nodes")).Where(node => selector.All(pair => node.Body.TextMap("metadata", "labels").GetValueOrDefault(pair.Key) == pair.Value))
            .Select(node => node.Name).ToHashSet(StringComparer.Ordinal);
        var pods = OwnedBy(item, "pods").ToList();
        foreach (var node in nodes.Where(node => !pods.Exists(pod => pod.Text("spec", "nodeName") == node)))
        {
            Create(item, node, revision);
        }

        var unavailable = pods.Count(pod => !PodTemplates.IsReady(pod) || pod.IsDeleting());
        var most = Math.Max(1, PodTemplates.Share(item.At("spec", "updateStrategy", "rollingUpdate", "maxUnavailable"), nodes.Count, roundUp: true));
        foreach (var pod in pods.Where(pod => !pod.IsDeleting()))
        {
            var isStale = item.Text("spec", "updateStrategy", "type") != "OnDelete" && pod.Text("metadata", "labels", ControllerRevisions.HashLabel) != revision;
            var mayGo = !PodTemplates.IsReady(pod) || unavailable < most;
            if (!nodes.Contains(pod.Text("spec", "nodeName") ?? string.Empty) || PodTemplates.IsFinished(pod) || (isStale && mayGo))
            {
                unavailable += PodTemplates.IsReady(pod) ? 1 : 0;
                deletion.Delete(Pods, pod.Namespace(), pod.Name(), new DeleteOptions());
                events.Record(Component, item, "Normal", "SuccessfulDelete", $"Deleted pod: {pod.Name()}");
            }
        }

        UpdateStatus(item, nodes.Count, revision);
        return null;
    }

    private void Create(JsonObject item, string node, string revision)
    {
        var pod = PodTemplates.NewPod(item, item.Object("spec", "template")!);
        pod.Ensure("metadata", "labels")[ControllerRevisions.HashLabel] = revision;
        pod.Ensure("spec")["nodeName"] = node;
        var created = Objects.Create(Pods, item.Namespace(), pod, Options);
        events.Record(Component, item, "Normal", "SuccessfulCreate", $"Created pod: {created.Name()}");
    }

    private void UpdateStatus(JsonObject item, int nodes, string revision)
    {
        var pods = OwnedBy(item, "pods").Where(PodTemplates.IsActive).ToList();
        var ready = pods.Count(PodTemplates.IsReady);
        WriteStatus(item, status =>
        {
            status["currentNumberScheduled"] = pods.Count;
            status["desiredNumberScheduled"] = nodes;
            status["numberMisscheduled"] = 0;
            status["numberReady"] = ready;
            status["numberAvailable"] = ready;
            status["numberUnavailable"] = Math.Max(0, nodes - ready);
            status["updatedNumberScheduled"] = pods.Count(pod => pod.Text("metadata", "labels", ControllerRevisions.HashLabel) == revision);
            status["observedGeneration"] = item.Number("metadata", "generation") ?? 1;
        });
    }
}
