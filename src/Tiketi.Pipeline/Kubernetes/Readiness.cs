using System.Text.Json.Nodes;

namespace Tiketi.Pipeline.Kubernetes;

/// <summary>How far an object has come.</summary>
public enum ReadyState
{
    /// <summary>Still on its way.</summary>
    Progressing,

    /// <summary>As wanted.</summary>
    Ready,

    /// <summary>Will not become ready by itself.</summary>
    Failed,
}

/// <summary>Whether a live object is what its manifest asked for, and if not, what it waits for.</summary>
/// <param name="State">How far it is.</param>
/// <param name="Reason">One phrase for people.</param>
public readonly record struct Readiness(ReadyState State, string Reason)
{
    private static readonly Readiness Ready = new(ReadyState.Ready, "ready");

    /// <summary>
    /// Judges by the rules of kstatus (sigs.k8s.io/cli-utils), stricter where kstatus looks away: a Job counts once it has
    /// completed, a Pod that failed has failed, and an Ingress or a LoadBalancer Service needs its address. What only pods
    /// tell (images, configuration, init containers, StatefulSets that will never get there) <see cref="PodJudge"/> sees.
    /// </summary>
    public static Readiness Of(JsonObject live)
    {
        if (live.At("metadata", "deletionTimestamp") is not null)
        {
            return Waiting("is being deleted");
        }

        if (live.At("status", "observedGeneration") is not null
            && live.Number("status", "observedGeneration") != live.Number("metadata", "generation"))
        {
            return Waiting("the controller has not seen the change yet");
        }

        if (live.Condition("Stalled") is { } stalled && stalled.Text("status") == "True")
        {
            return new(ReadyState.Failed, stalled.Text("message") ?? "stalled");
        }

        if (live.Condition("Reconciling").Text("status") == "True")
        {
            return Waiting("its controller is at work");
        }

        return live.Text("kind") switch
        {
            "Deployment" => Deployment(live),
            "StatefulSet" => StatefulSet(live),
            "DaemonSet" => DaemonSet(live),
            "ReplicaSet" => ReplicaSet(live),
            "Job" => Job(live),
            "Pod" => Pod(live),
            "PersistentVolumeClaim" => live.Text("status", "phase") == "Bound" ? Ready : Waiting("not bound to a volume"),
            "Service" => live.Text("spec", "type") == "LoadBalancer" ? Address(live) : Ready,
            "Ingress" => Address(live),
            "CustomResourceDefinition" => Definition(live),
            "Namespace" => live.Text("status", "phase") == "Active" ? Ready : Waiting("not active"),
            _ => live.Condition("Ready") is { } condition && condition.Text("status") != "True"
                ? Waiting(condition.Text("message") ?? "not ready")
                : Ready,
        };
    }

    private static Readiness Deployment(JsonObject live)
    {
        var progressing = live.Condition("Progressing");
        if (progressing.Text("reason") == "ProgressDeadlineExceeded")
        {
            return new(ReadyState.Failed, $"made no progress for {live.Number("spec", "progressDeadlineSeconds")} s");
        }

        var wanted = Wanted(live);
        var (replicas, updated) = (live.Number("status", "replicas"), live.Number("status", "updatedReplicas"));
        var (ready, available) = (live.Number("status", "readyReplicas"), live.Number("status", "availableReplicas"));
        return live.At("status", "observedGeneration") is null ? Waiting("the controller has not seen it yet")
            : live.Condition("ReplicaFailure") is { } refused && refused.Text("status") == "True" ? Waiting($"pods cannot be made: {refused.Text("message")}")
            : updated < wanted ? Waiting($"{updated} of {wanted} pods updated")
            : replicas > wanted ? Waiting($"{replicas - wanted} old pods still to end")
            : available < updated || ready < wanted ? Waiting($"{Math.Min(available, ready)} of {wanted} pods ready")
            : progressing is not null && (progressing.Text("status") != "True" || progressing.Text("reason") != "NewReplicaSetAvailable") ? Waiting("rolling out")
            : live.Condition("Available") is { } state && state.Text("status") != "True" ? Waiting("not available")
            : Ready;
    }

    private static Readiness StatefulSet(JsonObject live)
    {
        var wanted = Wanted(live);
        var ready = live.Number("status", "readyReplicas");
        return live.Text("spec", "updateStrategy", "type") == "OnDelete" ? Ready
            : live.Number("status", "replicas") != wanted || ready < wanted ? Waiting($"{ready} of {wanted} pods ready")
            : live.Number("status", "updatedReplicas") < wanted - live.Number("spec", "updateStrategy", "rollingUpdate", "partition") ? Waiting("rolling out")
            : live.At("spec", "updateStrategy", "rollingUpdate", "partition") is null && live.Text("status", "currentRevision") != live.Text("status", "updateRevision") ? Waiting("rolling out")
            : Ready;
    }

    private static Readiness ReplicaSet(JsonObject live)
    {
        var (wanted, ready) = (Wanted(live), Math.Min(live.Number("status", "readyReplicas"), live.Number("status", "availableReplicas")));
        return live.Number("status", "replicas") > wanted ? Waiting("pods still to end") : ready < wanted ? Waiting($"{ready} of {wanted} pods ready") : Ready;
    }

    private static Readiness Definition(JsonObject live) =>
        live.Condition("NamesAccepted").Text("status") == "False" ? new(ReadyState.Failed, live.Condition("NamesAccepted").Text("message") ?? "its names are taken")
        : live.Condition("Established").Text("status") == "True" ? Ready
        : Waiting("not established");

    private static Readiness DaemonSet(JsonObject live)
    {
        var wanted = live.Number("status", "desiredNumberScheduled");
        var ready = live.Number("status", "numberReady");
        return live.At("status", "observedGeneration") is null ? Waiting("the controller has not seen it yet")
            : live.Number("status", "updatedNumberScheduled") < wanted || live.Number("status", "numberAvailable") < wanted || ready < wanted
                ? Waiting($"{ready} of {wanted} pods ready")
                : Ready;
    }

    private static Readiness Job(JsonObject live) =>
        live.Condition("Failed").Text("status") == "True" ? new(ReadyState.Failed, live.Condition("Failed").Text("message") ?? "failed")
        : live.Condition("Complete").Text("status") == "True" || live.Condition("Suspended").Text("status") == "True" ? Ready
        : Waiting("running");

    private static Readiness Pod(JsonObject live) => live.Text("status", "phase") switch
    {
        "Succeeded" => Ready,
        "Failed" => new(ReadyState.Failed, live.Text("status", "message") ?? "failed"),
        _ => live.Condition("Ready").Text("status") == "True" ? Ready : Waiting("not ready"),
    };

    private static Readiness Address(JsonObject live) =>
        live.Items("status", "loadBalancer", "ingress").Any() ? Ready : Waiting("no address yet");

    private static long Wanted(JsonObject live) => live.At("spec", "replicas") is null ? 1 : live.Number("spec", "replicas");

    private static Readiness Waiting(string reason) => new(ReadyState.Progressing, reason);
}
