using System.Text.Json.Nodes;

namespace Tiketi.LocalCloud.Kubernetes.Controllers;

/// <summary>A Deployment's status: counts over its ReplicaSets, and the conditions Available, Progressing and ReplicaFailure.</summary>
internal static class DeploymentStatus
{
    /// <returns>How long until the progress deadline; null when nothing is awaited.</returns>
    public static TimeSpan? Update(JsonObject deployment, JsonObject status, JsonObject? current, List<JsonObject> sets, bool created, TimeProvider time)
    {
        var before = status.Copy();
        long Sum(string name) => sets.Sum(set => set.Number("status", name) ?? 0);
        var rollout = new Rollout(deployment, current, []);
        var total = Sum("replicas");
        var available = Sum("availableReplicas");
        status["observedGeneration"] = deployment.Number("metadata", "generation") ?? 1;
        Count(status, "replicas", total);
        Count(status, "updatedReplicas", current.Number("status", "replicas") ?? 0);
        Count(status, "readyReplicas", Sum("readyReplicas"));
        Count(status, "availableReplicas", available);
        Count(status, "unavailableReplicas", Math.Max(0, Math.Max(total, sets.Sum(set => set.Number("spec", "replicas") ?? 0)) - available));

        var now = time.Timestamp();
        var isAvailable = available >= rollout.Desired - rollout.MaxUnavailable;
        PodTemplates.SetCondition(status, "Available", isAvailable ? "True" : "False",
            isAvailable ? "MinimumReplicasAvailable" : "MinimumReplicasUnavailable",
            isAvailable ? "Deployment has minimum availability." : "Deployment does not have minimum availability.", now, touchUpdate: true);
        CarryFailure(status, sets, now);
        return Progress(deployment, status, before, current, created, rollout.Desired, time);
    }

    /// <summary>What refuses a ReplicaSet its pods keeps the Deployment from them.</summary>
    private static void CarryFailure(JsonObject status, List<JsonObject> sets, string now)
    {
        if (sets.Select(set => PodTemplates.Condition(set.Object("status"), "ReplicaFailure")).FirstOrDefault(condition => condition is not null) is { } failure)
        {
            PodTemplates.SetCondition(status, "ReplicaFailure", "True", failure.Text("reason") ?? string.Empty, failure.Text("message") ?? string.Empty, now, touchUpdate: true);
        }
        else if (PodTemplates.Condition(status, "ReplicaFailure") is { } past)
        {
            ((JsonArray)status["conditions"]!).Remove(past);
        }
    }

    private static TimeSpan? Progress(JsonObject deployment, JsonObject status, JsonObject before, JsonObject? current, bool created, int desired, TimeProvider time)
    {
        var now = time.Timestamp();
        var condition = PodTemplates.Condition(status, "Progressing");
        void Set(string value, string reason, string message) => PodTemplates.SetCondition(status, "Progressing", value, reason, message, now, touchUpdate: true);
        if (deployment.Flag("spec", "paused"))
        {
            Set("Unknown", "DeploymentPaused", "Deployment is paused");
            return null;
        }

        var name = current?.Name();
        var updated = status.Number("updatedReplicas") ?? 0;
        var isDone = updated == desired && (status.Number("replicas") ?? 0) == desired && (status.Number("availableReplicas") ?? 0) == desired;
        var wasDone = condition.Text("reason") == "NewReplicaSetAvailable" && condition.Text("message") == Done(name);
        if (isDone)
        {
            Set("True", "NewReplicaSetAvailable", Done(name));
            return null;
        }

        if (wasDone && !created && updated == (status.Number("replicas") ?? 0))
        {
            return null; // the rollout was over; pods that fail later do not make it one again
        }

        if (created)
        {
            Set("True", "NewReplicaSetCreated", $"Created new replica set \"{name}\"");
            Touch(status, now);
        }
        else if (condition is null || condition.Text("reason") == "DeploymentPaused" || wasDone)
        {
            Set("True", "ReplicaSetUpdated", $"ReplicaSet \"{name}\" is progressing.");
            Touch(status, now);
        }
        else if (HasProgressed(before, status))
        {
            Set("True", "ReplicaSetUpdated", $"ReplicaSet \"{name}\" is progressing.");
            Touch(status, now);
        }

        return CheckDeadline(deployment, status, name, Set, time);
    }

    private static TimeSpan? CheckDeadline(JsonObject deployment, JsonObject status, string? name, Action<string, string, string> set, TimeProvider time)
    {
        var condition = PodTemplates.Condition(status, "Progressing");
        if (condition.Text("reason") == "ProgressDeadlineExceeded")
        {
            return null;
        }

        var since = condition.Time("lastUpdateTime") ?? time.GetUtcNow();
        var left = since.AddSeconds(deployment.Number("spec", "progressDeadlineSeconds") ?? 600) - time.GetUtcNow();
        if (left > TimeSpan.Zero)
        {
            return left + TimeSpan.FromSeconds(1);
        }

        set("False", "ProgressDeadlineExceeded", $"ReplicaSet \"{name}\" has timed out progressing.");
        return null;
    }

    private static string Done(string? name) => $"ReplicaSet \"{name}\" has successfully progressed.";

    private static bool HasProgressed(JsonObject before, JsonObject after)
    {
        long Of(JsonObject status, string name) => status.Number(name) ?? 0;
        long Old(JsonObject status) => Of(status, "replicas") - Of(status, "updatedReplicas");
        return Of(after, "updatedReplicas") > Of(before, "updatedReplicas") || Old(after) < Old(before)
            || Of(after, "readyReplicas") > Of(before, "readyReplicas") || Of(after, "availableReplicas") > Of(before, "availableReplicas");
    }

    private static void Touch(JsonObject status, string now) => PodTemplates.Condition(status, "Progressing")!["lastUpdateTime"] = now;

    private static void Count(JsonObject status, string name, long value)
    {
        status.Remove(name);
        if (value != 0)
        {
            status[name] = value;
        }
    }
}
