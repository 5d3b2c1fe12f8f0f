using System.Text.Json.Nodes;

namespace Tiketi.LocalCloud.Kubernetes.Resources;

/// <summary>kubectl get's columns for workloads.</summary>
internal static class WorkloadColumns
{
    private static readonly Column Containers = Column.Text("Containers", item => Join(item.Items("spec", "template", "spec", "containers"), "name"), wide: true);
    private static readonly Column Images = Column.Text("Images", item => Join(item.Items("spec", "template", "spec", "containers"), "image"), wide: true);
    private static readonly Column Selector = Column.Text("Selector", item => SelectorText(item.Object("spec", "selector")), wide: true);

    public static readonly IReadOnlyList<Column> Deployment =
    [
        Column.NameColumn,
        Column.Text("Ready", item => $"{item.Number("status", "readyReplicas") ?? 0}/{item.Number("spec", "replicas") ?? 0}"),
        Column.Number("Up-to-date", item => item.Number("status", "updatedReplicas")),
        Column.Number("Available", item => item.Number("status", "availableReplicas")),
        Column.Age, Containers, Images, Selector,
    ];

    public static readonly IReadOnlyList<Column> ReplicaSet =
    [
        Column.NameColumn,
        Column.Number("Desired", item => item.Number("spec", "replicas")),
        Column.Number("Current", item => item.Number("status", "replicas")),
        Column.Number("Ready", item => item.Number("status", "readyReplicas")),
        Column.Age, Containers, Images, Selector,
    ];

    public static readonly IReadOnlyList<Column> StatefulSet =
    [
        Column.NameColumn,
        Column.Text("Ready", item => $"{item.Number("status", "readyReplicas") ?? 0}/{item.Number("spec", "replicas") ?? 0}"),
        Column.Age, Containers, Images,
    ];

    public static readonly IReadOnlyList<Column> DaemonSet =
    [
        Column.NameColumn,
        Column.Number("Desired", item => item.Number("status", "desiredNumberScheduled")),
        Column.Number("Current", item => item.Number("status", "currentNumberScheduled")),
        Column.Number("Ready", item => item.Number("status", "numberReady")),
        Column.Number("Up-to-date", item => item.Number("status", "updatedNumberScheduled")),
        Column.Number("Available", item => item.Number("status", "numberAvailable")),
        Column.Text("Node Selector", item => Pairs(item.Object("spec", "template", "spec", "nodeSelector"))),
        Column.Age, Containers, Images, Selector,
    ];

    public static readonly IReadOnlyList<Column> ControllerRevision =
    [
        Column.NameColumn,
        Column.Text("Controller", item => item.Items("metadata", "ownerReferences").Select(owner => $"{owner.Text("kind")?.ToLowerInvariant()}.apps/{owner.Text("name")}").FirstOrDefault()),
        Column.Number("Revision", item => item.Number("revision")),
        Column.Age,
    ];

    public static readonly IReadOnlyList<Column> Job =
    [
        Column.NameColumn,
        Column.Text("Status", JobStatus),
        Column.Text("Completions", item => $"{item.Number("status", "succeeded") ?? 0}/{item.Number("spec", "completions") ?? 1}"),
        new("Duration", "string", 0, (item, now) => JobDuration(item, now)),
        Column.Age, Containers, Images, Selector,
    ];

    public static readonly IReadOnlyList<Column> CronJob =
    [
        Column.NameColumn,
        Column.Text("Schedule", item => item.Text("spec", "schedule")),
        Column.Text("Timezone", item => item.Text("spec", "timeZone")),
        Column.Text("Suspend", item => item.Flag("spec", "suspend") ? "True" : "False"),
        Column.Number("Active", item => item.Items("status", "active").Count()),
        new("Last Schedule", "string", 0, (item, now) => item.Time("status", "lastScheduleTime") is { } at ? Ages.Since(at, now) : "<none>"),
        Column.Age,
    ];

    public static readonly IReadOnlyList<Column> Autoscaler =
    [
        Column.NameColumn,
        Column.Text("Reference", item => $"{item.Text("spec", "scaleTargetRef", "kind")}/{item.Text("spec", "scaleTargetRef", "name")}"),
        Column.Text("Targets", Targets),
        Column.Number("MinPods", item => item.Number("spec", "minReplicas")),
        Column.Number("MaxPods", item => item.Number("spec", "maxReplicas")),
        Column.Number("Replicas", item => item.Number("status", "currentReplicas")),
        Column.Age,
    ];

    public static readonly IReadOnlyList<Column> DisruptionBudget =
    [
        Column.NameColumn,
        Column.Text("Min Available", item => item.At("spec", "minAvailable")?.ToString() ?? "N/A"),
        Column.Text("Max Unavailable", item => item.At("spec", "maxUnavailable")?.ToString() ?? "N/A"),
        Column.Number("Allowed Disruptions", item => item.Number("status", "disruptionsAllowed")),
        Column.Age,
    ];

    public static string Pairs(JsonObject? map) =>
        string.Join(",", (map ?? []).OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key}={pair.Value.Text()}"));

    private static string SelectorText(JsonObject? selector)
    {
        var expressions = selector.Items("matchExpressions").Select(item => item.Text("operator") switch
        {
            "Exists" => item.Text("key"),
            "DoesNotExist" => "!" + item.Text("key"),
            "In" => $"{item.Text("key")} in ({string.Join(",", item.Texts("values"))})",
            _ => $"{item.Text("key")} notin ({string.Join(",", item.Texts("values"))})",
        });
        return string.Join(",", new[] { Pairs(selector.Object("matchLabels")) }.Concat(expressions).Where(part => part?.Length > 0));
    }

    private static string Join(IEnumerable<JsonObject> items, string field) => string.Join(",", items.Select(item => item.Text(field)));

    private static string JobStatus(JsonObject job)
    {
        bool Has(string type) => job.Items("status", "conditions").Any(item => item.Text("type") == type && item.Text("status") == "True");
        return Has("Complete") ? "Complete" : Has("Failed") ? "Failed" : job.IsDeleting() ? "Terminating" : Has("Suspended") ? "Suspended"
            : Has("FailureTarget") ? "FailureTarget" : Has("SuccessCriteriaMet") ? "SuccessCriteriaMet" : "Running";
    }

    private static string JobDuration(JsonObject job, DateTimeOffset now) =>
        job.Time("status", "startTime") is not { } start ? string.Empty : Ages.Short((job.Time("status", "completionTime") ?? now) - start);

    private static string Targets(JsonObject autoscaler) => string.Join(", ", autoscaler.Items("spec", "metrics").Select(metric =>
    {
        var target = metric.Object((metric.Text("type") ?? "Resource").ToLowerInvariant(), "target");
        var name = metric.Text("resource", "name");
        return (name is null ? string.Empty : name + ": ") + "<unknown>/" + (target.Number("averageUtilization") is { } percent ? $"{percent}%" : target.Text("averageValue") ?? target.Text("value"));
    }));
}
