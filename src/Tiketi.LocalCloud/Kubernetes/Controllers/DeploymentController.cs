using System.Globalization;
using System.Text.Json.Nodes;
using Tiketi.LocalCloud.Kubernetes.Kubelet;
using Tiketi.LocalCloud.Kubernetes.Resources;
using Tiketi.LocalCloud.Kubernetes.Storage;

namespace Tiketi.LocalCloud.Kubernetes.Controllers;

/// <summary>Rolls a Deployment's pods over from one ReplicaSet to the next.</summary>
internal sealed class DeploymentController(ClusterObjects objects, Deletion deletion, EventRecorder events, TimeProvider time) : Controller(objects)
{
    public const string RevisionAnnotation = "deployment.kubernetes.io/revision";
    private const string HistoryAnnotation = "deployment.kubernetes.io/revision-history";
    private const string HashLabel = "pod-template-hash";
    private static readonly string[] NotCopied = ["kubectl.kubernetes.io/last-applied-configuration", RevisionAnnotation, HistoryAnnotation];
    private static readonly ResourceDefinition ReplicaSets = ResourceRegistry.Get("replicasets");

    public override string Plural => "deployments";

    public override IEnumerable<(string Namespace, string Name)> AffectedBy(Change change) => change.Object.Resource == ReplicaSets ? OwnerOf(change)
        : change.Object.Resource.Plural == "pods" && change.Kind == ChangeKind.Deleted ? RecreatesOf(change.Object)
        : Nothing;

    public override TimeSpan? Reconcile(JsonObject item)
    {
        if (item.IsDeleting())
        {
            return null;
        }

        Adopt(item);
        var sets = OwnedBy(item, "replicasets").Where(set => !set.IsDeleting()).OrderBy(set => set.Text("metadata", "creationTimestamp"), StringComparer.Ordinal).ToList();
        var current = sets.Find(set => HasTemplate(set, item));
        var paused = item.Flag("spec", "paused");
        var created = false;
        if (current is null && !paused)
        {
            current = Create(item, sets);
            sets.Add(current);
            created = true;
        }

        current = current is null ? null : SyncRevision(item, current, sets);
        var rollout = new Rollout(item, current, [.. sets.Where(set => set.Uid() != current?.Uid())]);
        foreach (var (set, replicas) in paused ? rollout.WhilePaused() : rollout.Steps(OldPodsRemain(rollout)))
        {
            Scale(item, set, replicas);
        }

        CleanUp(item, rollout);
        return UpdateStatus(item, current?.Uid(), created);
    }

    private static bool HasTemplate(JsonObject set, JsonObject deployment)
    {
        var template = set.Object("spec", "template")!.Copy();
        template.Object("metadata", "labels")?.Remove(HashLabel);
        return Json.Same(template, deployment["spec"]!["template"]);
    }

    /// <summary>A Recreate rollout goes on when the last old pod is gone.</summary>
    private IEnumerable<(string, string)> RecreatesOf(StoredObject pod)
    {
        var owner = Owners.Controller(pod.Body);
        return owner.Text("kind") == "ReplicaSet" && Store.Find(ReplicaSets, pod.Namespace, owner.Text("name")!)?.Body is { } set && Owners.Controller(set) is { } deployment
            ? [(pod.Namespace, deployment.Text("name")!)] : Nothing;
    }

    private bool OldPodsRemain(Rollout rollout) => rollout.Old.Exists(set => OwnedBy(set, "pods").Any(pod => !PodTemplates.IsFinished(pod)));

    private void Adopt(JsonObject item)
    {
        foreach (var set in Store.List(ReplicaSets, item.Namespace()).Where(set => !set.Body.IsDeleting() && Owners.Controller(set.Body) is null
            && Selectors.Matches(item.Object("spec", "selector"), set.Body.TextMap("metadata", "labels"))).ToList())
        {
            Objects.Modify(ReplicaSets, set.Namespace, set.Name, body =>
            {
                body.Ensure("metadata")["ownerReferences"] = Owners.For(item);
                return body;
            }, Options);
        }
    }

    private JsonObject Create(JsonObject item, List<JsonObject> sets)
    {
        var template = item.Object("spec", "template")!.Copy();
        var hash = PodTemplates.Hash(template);
        template.Ensure("metadata", "labels")[HashLabel] = hash;
        var selector = item.Object("spec", "selector")!.Copy();
        selector.Ensure("matchLabels")[HashLabel] = hash;
        var rollout = new Rollout(item, current: null, sets);
        var replicas = sets.Count == 0 || rollout.IsRecreate ? (sets.Exists(set => set.Number("spec", "replicas") > 0) ? 0 : rollout.Desired) : rollout.FirstSurge;
        var set = new JsonObject
        {
            ["metadata"] = new JsonObject
            {
                ["name"] = $"{item.Name()}-{hash}",
                ["labels"] = template.Object("metadata", "labels")!.Copy(),
                ["annotations"] = new JsonObject(item.TextMap("metadata", "annotations").Where(pair => !NotCopied.Contains(pair.Key, StringComparer.Ordinal))
                    .Append(KeyValuePair.Create(RevisionAnnotation, Next(sets))).Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value))),
                ["ownerReferences"] = Owners.For(item),
            },
            ["spec"] = new JsonObject { ["replicas"] = replicas, ["selector"] = selector, ["template"] = template },
        };
        if (item.Number("spec", "minReadySeconds") is { } ready)
        {
            set["spec"]!["minReadySeconds"] = ready;
        }

        var created = Objects.Create(ReplicaSets, item.Namespace(), set, Options);
        if (replicas > 0)
        {
            events.Record(Component, item, "Normal", "ScalingReplicaSet", $"Scaled up replica set {created.Name()} from 0 to {replicas}");
        }

        return created;
    }

    private static string Next(IEnumerable<JsonObject> sets) => (sets.Select(RevisionOf).DefaultIfEmpty().Max() + 1).ToString(CultureInfo.InvariantCulture);

    private static long RevisionOf(JsonObject set) =>
        long.TryParse(set.Text("metadata", "annotations", RevisionAnnotation), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;

    /// <summary>The set in use has the highest revision, also when it was an earlier one; the Deployment carries it too.</summary>
    private JsonObject SyncRevision(JsonObject item, JsonObject current, List<JsonObject> sets)
    {
        var others = sets.Where(set => set.Uid() != current.Uid()).ToList();
        if (RevisionOf(current) <= others.Select(RevisionOf).DefaultIfEmpty().Max())
        {
            current = Objects.Modify(ReplicaSets, current.Namespace(), current.Name(), body =>
            {
                var annotations = body.Ensure("metadata", "annotations");
                var history = annotations.Text(HistoryAnnotation);
                annotations[HistoryAnnotation] = history is null ? annotations.Text(RevisionAnnotation) : $"{history},{annotations.Text(RevisionAnnotation)}";
                annotations[RevisionAnnotation] = Next(others);
                foreach (var (key, value) in item.TextMap("metadata", "annotations").Where(pair => !NotCopied.Contains(pair.Key, StringComparer.Ordinal)))
                {
                    annotations[key] = value;
                }

                return body;
            }, Options);
        }

        var revision = current.Text("metadata", "annotations", RevisionAnnotation);
        if (item.Text("metadata", "annotations", RevisionAnnotation) != revision)
        {
            Objects.Modify(Resource, item.Namespace(), item.Name(), body =>
            {
                body.Ensure("metadata", "annotations")[RevisionAnnotation] = revision;
                return body;
            }, Options);
        }

        return current;
    }

    private void Scale(JsonObject item, JsonObject set, long replicas)
    {
        var from = set.Number("spec", "replicas") ?? 0;
        if (from == replicas)
        {
            return;
        }

        Objects.Modify(ReplicaSets, set.Namespace(), set.Name(), body =>
        {
            body.Ensure("spec")["replicas"] = replicas;
            return body;
        }, Options);
        events.Record(Component, item, "Normal", "ScalingReplicaSet", $"Scaled {(replicas > from ? "up" : "down")} replica set {set.Name()} from {from} to {replicas}");
    }

    private void CleanUp(JsonObject item, Rollout rollout)
    {
        var idle = rollout.Old.Where(set => set.Number("spec", "replicas") == 0 && (set.Number("status", "replicas") ?? 0) == 0).OrderBy(RevisionOf).ToList();
        foreach (var set in idle.Take(Math.Max(0, idle.Count - (int)(item.Number("spec", "revisionHistoryLimit") ?? 10))))
        {
            deletion.Delete(ReplicaSets, set.Namespace(), set.Name(), new DeleteOptions());
        }
    }

    private TimeSpan? UpdateStatus(JsonObject item, string? currentUid, bool created)
    {
        var sets = OwnedBy(item, "replicasets").ToList();
        var current = sets.Find(set => set.Uid() == currentUid);
        TimeSpan? again = null;
        WriteStatus(item, status => again = DeploymentStatus.Update(item, status, current, sets, created, time));
        return again;
    }
}

