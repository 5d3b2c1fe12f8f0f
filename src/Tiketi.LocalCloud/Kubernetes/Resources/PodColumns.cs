using System.Globalization;
using System.Text.Json.Nodes;

namespace Tiketi.LocalCloud.Kubernetes.Resources;

/// <summary>kubectl get's columns for pods. STATUS is derived from the containers as the API server's printer derives it.</summary>
internal static class PodColumns
{
    public static readonly IReadOnlyList<Column> Pod =
    [
        Column.NameColumn,
        Column.Text("Ready", item => $"{Statuses(item).Count(status => status.Flag("ready") && status.Object("state", "running") is not null)}/{item.Items("spec", "containers").Count()}"),
        Column.Text("Status", Status),
        new("Restarts", "string", 0, Restarts),
        Column.Age,
        Column.Text("IP", item => item.Text("status", "podIP"), wide: true),
        Column.Text("Node", item => item.Text("spec", "nodeName"), wide: true),
        Column.Text("Nominated Node", item => item.Text("status", "nominatedNodeName"), wide: true),
        Column.Text("Readiness Gates", item => item.Items("spec", "readinessGates").Any() ? $"0/{item.Items("spec", "readinessGates").Count()}" : null, wide: true),
    ];

    public static string Status(JsonObject pod)
    {
        var reason = pod.Text("status", "reason") is { Length: > 0 } stated ? stated : pod.Text("status", "phase") ?? "Unknown";
        if (pod.Items("status", "conditions").Any(item => item.Text("type") == "PodScheduled" && item.Text("reason") == "SchedulingGated"))
        {
            reason = "SchedulingGated";
        }

        if (InitStatus(pod) is { } initialising)
        {
            reason = initialising;
        }
        else
        {
            var running = false;
            foreach (var status in Statuses(pod).Reverse())
            {
                if (status.Text("state", "waiting", "reason") is { Length: > 0 } waiting)
                {
                    reason = waiting;
                }
                else if (status.Object("state", "terminated") is { } terminated)
                {
                    reason = Termination(terminated);
                }
                else if (status.Flag("ready") && status.Object("state", "running") is not null)
                {
                    running = true;
                }
            }

            if (reason == "Completed" && running)
            {
                reason = pod.Items("status", "conditions").Any(item => item.Text("type") == "Ready" && item.Text("status") == "True") ? "Running" : "NotReady";
            }
        }

        return !pod.IsDeleting() ? reason
            : pod.Text("status", "reason") == "NodeLost" ? "Unknown"
            : pod.Text("status", "phase") is "Succeeded" or "Failed" ? reason
            : "Terminating";
    }

    private static string? InitStatus(JsonObject pod)
    {
        var total = pod.Items("spec", "initContainers").Count();
        var index = 0;
        foreach (var status in pod.Items("status", "initContainerStatuses"))
        {
            var terminated = status.Object("state", "terminated");
            if (terminated is null || terminated.Number("exitCode") != 0)
            {
                return terminated is not null ? "Init:" + Termination(terminated)
                    : status.Text("state", "waiting", "reason") is { Length: > 0 } and not "PodInitializing" ? "Init:" + status.Text("state", "waiting", "reason")
                    : $"Init:{index}/{total}";
            }

            index++;
        }

        return null;
    }

    private static string Termination(JsonObject terminated) =>
        terminated.Text("reason") is { Length: > 0 } reason ? reason
        : terminated.Number("signal") is { } signal and not 0 ? $"Signal:{signal}"
        : $"ExitCode:{terminated.Number("exitCode")}";

    private static IEnumerable<JsonObject> Statuses(JsonObject pod) => pod.Items("status", "containerStatuses");

    private static JsonNode Restarts(JsonObject pod, DateTimeOffset now)
    {
        var statuses = InitStatus(pod) is null ? Statuses(pod) : pod.Items("status", "initContainerStatuses");
        var (count, last) = (0L, (DateTimeOffset?)null);
        foreach (var status in statuses)
        {
            count += status.Number("restartCount") ?? 0;
            var finished = status.Time("lastState", "terminated", "finishedAt");
            last = finished > (last ?? DateTimeOffset.MinValue) ? finished : last;
        }

        var text = count.ToString(CultureInfo.InvariantCulture);
        return count > 0 && last is { } at ? $"{text} ({Ages.Since(at, now)} ago)" : text;
    }
}
