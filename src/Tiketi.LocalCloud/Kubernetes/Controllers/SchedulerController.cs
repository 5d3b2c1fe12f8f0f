using System.Text.Json.Nodes;
using Tiketi.LocalCloud.Kubernetes.Kubelet;
using Tiketi.LocalCloud.Kubernetes.Resources;
using Tiketi.LocalCloud.Kubernetes.Schema;
using Tiketi.LocalCloud.Kubernetes.Storage;

namespace Tiketi.LocalCloud.Kubernetes.Controllers;

/// <summary>
/// Gives pods to a node whose labels they accept. The machine is shared with everything else that runs on it, so requests are not added
/// up; only a pod that asks for more than the whole node has is refused.
/// </summary>
internal sealed class SchedulerController(ClusterObjects objects, EventRecorder events, TimeProvider time) : Controller(objects)
{
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(10);

    public override string Plural => "pods";

    public override string Component => "default-scheduler";

    public override IEnumerable<(string Namespace, string Name)> AffectedBy(Change change) => change.Object.Resource.Plural switch
    {
        "nodes" when change.Kind == ChangeKind.Added => Unplaced(null),
        "persistentvolumeclaims" => Unplaced(change.Object.Namespace),
        _ => Nothing,
    };

    public override TimeSpan? Reconcile(JsonObject item)
    {
        if (item.Text("spec", "nodeName") is { Length: > 0 } || item.IsDeleting() || item.Text("spec", "schedulerName") != Component)
        {
            return null;
        }

        var nodes = Store.List(ResourceRegistry.Get("nodes")).ToList();
        var refusals = new List<string>();
        foreach (var node in nodes)
        {
            if ((ClaimRefusal(item) ?? Refusal(item, node.Body)) is { } why)
            {
                refusals.Add(why);
                continue;
            }

            Bind(item, node.Name);
            return null;
        }

        var message = nodes.Count == 0 ? "no nodes available to schedule pods"
            : $"0/{nodes.Count} nodes are available: {string.Join(", ", refusals.GroupBy(why => why, StringComparer.Ordinal).Select(group => $"{group.Count()} {group.Key}"))}.";
        WriteStatus(item, status => PodTemplates.SetCondition(status, "PodScheduled", "False", "Unschedulable", message, time.Timestamp()));
        events.Record(Component, item, "Warning", "FailedScheduling", message);
        return Retry;
    }

    private IEnumerable<(string Namespace, string Name)> Unplaced(string? space) =>
        Store.List(Resource, space).Where(pod => pod.Body.Text("spec", "nodeName") is null).Select(pod => (pod.Namespace, pod.Name));

    private void Bind(JsonObject item, string node)
    {
        Objects.Modify(Resource, item.Namespace(), item.Name(), pod =>
        {
            pod.Ensure("spec")["nodeName"] = node;
            return pod;
        }, new WriteOptions("kube-scheduler"));
        events.Record(Component, item, "Normal", "Scheduled", $"Successfully assigned {item.Namespace()}/{item.Name()} to {node}");
        WriteStatus(item, status => PodTemplates.SetCondition(status, "PodScheduled", "True", string.Empty, string.Empty, time.Timestamp()));
    }

    /// <summary>Its volumes have to be there before it can be.</summary>
    private string? ClaimRefusal(JsonObject pod) => pod.Items("spec", "volumes").Select(volume => volume.Text("persistentVolumeClaim", "claimName")).OfType<string>()
        .Select(name => Store.Find(ResourceRegistry.Get("persistentvolumeclaims"), pod.Namespace(), name) switch
        {
            null => $"persistentvolumeclaim \"{name}\" not found",
            { Body: var claim } when claim.Text("status", "phase") != "Bound" => "pod has unbound immediate PersistentVolumeClaims",
            _ => null,
        })
        .FirstOrDefault(why => why is not null);

    private static string? Refusal(JsonObject pod, JsonObject node)
    {
        var labels = node.TextMap("metadata", "labels");
        if (node.Flag("spec", "unschedulable"))
        {
            return "node(s) were unschedulable";
        }

        if (!pod.TextMap("spec", "nodeSelector").All(pair => labels.GetValueOrDefault(pair.Key) == pair.Value) || !AcceptsAffinity(pod, labels))
        {
            return "node(s) didn't match Pod's node affinity/selector";
        }

        return new[] { "cpu", "memory" }.Where(name => Requested(pod, name) > Capacity(node, name)).Select(name => $"Insufficient {name}").FirstOrDefault();
    }

    private static bool AcceptsAffinity(JsonObject pod, Dictionary<string, string> labels)
    {
        var terms = pod.Items("spec", "affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution", "nodeSelectorTerms").ToList();
        return terms.Count == 0 || terms.Exists(term => Selectors.Matches(term, labels));
    }

    private static double Requested(JsonObject pod, string name) => pod.Items("spec", "containers").Sum(container => Amount(container.Text("resources", "requests", name)));

    private static double Capacity(JsonObject node, string name) => node.Text("status", "allocatable", name) is { } text ? Amount(text) : double.MaxValue;

    private static double Amount(string? text) => text is not null && Quantity.TryParse(text, out var quantity) ? quantity.Value : 0;
}
