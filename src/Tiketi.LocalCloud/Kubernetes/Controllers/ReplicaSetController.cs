using System.Text.Json.Nodes;
using Tiketi.LocalCloud.Kubernetes.Api;
using Tiketi.LocalCloud.Kubernetes.Kubelet;
using Tiketi.LocalCloud.Kubernetes.Resources;
using Tiketi.LocalCloud.Kubernetes.Storage;

namespace Tiketi.LocalCloud.Kubernetes.Controllers;

/// <summary>Keeps as many pods of a template as asked for.</summary>
internal sealed class ReplicaSetController(ClusterObjects objects, Deletion deletion, EventRecorder events, TimeProvider time) : Controller(objects)
{
    private static readonly ResourceDefinition Pods = ResourceRegistry.Get("pods");

    public override string Plural => "replicasets";

    public override IEnumerable<(string Namespace, string Name)> AffectedBy(Change change) => change.Object.Resource == Pods ? OwnerOf(change) : Nothing;

    public override TimeSpan? Reconcile(JsonObject item)
    {
        if (item.IsDeleting())
        {
            return null;
        }

        Adopt(item);
        var active = OwnedBy(item, "pods").Where(PodTemplates.IsActive).ToList();
        var wanted = (int)(item.Number("spec", "replicas") ?? 1);
        string? failure = null;
        for (var i = active.Count; i < wanted && failure is null; i++)
        {
            failure = TryCreate(item);
        }

        foreach (var pod in PodTemplates.ByDispensability(active).Take(active.Count - wanted))
        {
            deletion.Delete(Pods, pod.Namespace(), pod.Name(), new DeleteOptions());
            events.Record(Component, item, "Normal", "SuccessfulDelete", $"Deleted pod: {pod.Name()}");
        }

        return UpdateStatus(item, failure);
    }

    private void Adopt(JsonObject item)
    {
        foreach (var pod in Store.List(Pods, item.Namespace()).Where(pod => PodTemplates.IsActive(pod.Body) && Owners.Controller(pod.Body) is null
            && Selectors.Matches(item.Object("spec", "selector"), pod.Body.TextMap("metadata", "labels"))).ToList())
        {
            Objects.Modify(Pods, pod.Namespace, pod.Name, body =>
            {
                body.Ensure("metadata")["ownerReferences"] = Owners.For(item);
                return body;
            }, Options);
        }
    }

    private string? TryCreate(JsonObject item)
    {
        try
        {
            var pod = Objects.Create(Pods, item.Namespace(), PodTemplates.NewPod(item, item.Object("spec", "template")!), Options);
            events.Record(Component, item, "Normal", "SuccessfulCreate", $"Created pod: {pod.Name()}");
            return null;
        }
        catch (StatusException e)
        {
            events.Record(Component, item, "Warning", "FailedCreate", $"Error creating: {e.Message}");
            return e.Message;
        }
    }

    private TimeSpan? UpdateStatus(JsonObject item, string? failure)
    {
        var pods = OwnedBy(item, "pods").Where(PodTemplates.IsActive).ToList();
        var waits = pods.Select(pod => PodTemplates.UntilAvailable(pod, item.Number("spec", "minReadySeconds") ?? 0, time.GetUtcNow())).ToList();
        var labels = item.TextMap("spec", "template", "metadata", "labels");
        WriteStatus(item, status =>
        {
            status["replicas"] = pods.Count;
            Count(status, "fullyLabeledReplicas", pods.Count(pod => Selectors.MatchesMap(labels, pod.TextMap("metadata", "labels"))));
            Count(status, "readyReplicas", pods.Count(PodTemplates.IsReady));
            Count(status, "availableReplicas", waits.Count(wait => wait == TimeSpan.Zero));
            status["observedGeneration"] = item.Number("metadata", "generation") ?? 1;
            if (failure is not null)
            {
                PodTemplates.SetCondition(status, "ReplicaFailure", "True", "FailedCreate", failure, time.Timestamp());
            }
            else if (PodTemplates.Condition(status, "ReplicaFailure") is { } past)
            {
                ((JsonArray)status["conditions"]!).Remove(past);
            }
        });
        return failure is not null ? TimeSpan.FromSeconds(10) : waits.Where(wait => wait > TimeSpan.Zero).DefaultIfEmpty().Min();
    }

    private static void Count(JsonObject status, string name, int value)
    {
        status.Remove(name);
        if (value != 0)
        {
            status[name] = value;
        }
    }
}
