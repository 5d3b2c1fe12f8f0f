using System.Globalization;
using System.Text.Json.Nodes;

namespace Tiketi.LocalCloud.Kubernetes.Resources;

/// <summary>kubectl get's columns for what is not a workload and not a network thing.</summary>
internal static class ClusterColumns
{
    public static readonly IReadOnlyList<Column> CreatedAt =
    [
        Column.NameColumn,
        new("Created At", "date", 0, (item, _) => item.Text("metadata", "creationTimestamp")),
    ];

    public static readonly IReadOnlyList<Column> Namespace = [Column.NameColumn, Column.Text("Status", item => item.Text("status", "phase")), Column.Age];

    public static readonly IReadOnlyList<Column> Node =
    [
        Column.NameColumn,
        Column.Text("Status", NodeStatus),
        Column.Text("Roles", NodeRoles),
        Column.Age,
        Column.Text("Version", item => item.Text("status", "nodeInfo", "kubeletVersion")),
        Column.Text("Internal-IP", item => item.Items("status", "addresses").FirstOrDefault(address => address.Text("type") == "InternalIP")?.Text("address"), wide: true),
        Column.Text("External-IP", item => item.Items("status", "addresses").FirstOrDefault(address => address.Text("type") == "ExternalIP")?.Text("address"), wide: true),
        Column.Text("OS-Image", item => item.Text("status", "nodeInfo", "osImage"), wide: true),
        Column.Text("Kernel-Version", item => item.Text("status", "nodeInfo", "kernelVersion"), wide: true),
        Column.Text("Container-Runtime", item => item.Text("status", "nodeInfo", "containerRuntimeVersion"), wide: true),
    ];

    public static readonly IReadOnlyList<Column> ConfigMap =
    [
        Column.NameColumn, Column.Number("Data", item => (item.Object("data")?.Count ?? 0) + (item.Object("binaryData")?.Count ?? 0)), Column.Age,
    ];

    public static readonly IReadOnlyList<Column> Secret =
    [
        Column.NameColumn, Column.Text("Type", item => item.Text("type")), Column.Number("Data", item => item.Object("data")?.Count ?? 0), Column.Age,
    ];

    public static readonly IReadOnlyList<Column> ServiceAccount = [Column.NameColumn, Column.Number("Secrets", item => item.Items("secrets").Count()), Column.Age];

    public static readonly IReadOnlyList<Column> Event =
    [
        new("Last Seen", "string", 0, (item, now) => Ages.Since(item.Time("lastTimestamp") ?? item.Time("eventTime") ?? item.Time("metadata", "creationTimestamp"), now)),
        Column.Text("Type", item => item.Text("type")),
        Column.Text("Reason", item => item.Text("reason")),
        Column.Text("Object", item => $"{item.Text("involvedObject", "kind")?.ToLowerInvariant()}/{item.Text("involvedObject", "name")}"),
        Column.Text("Subobject", item => item.Text("involvedObject", "fieldPath"), wide: true),
        Column.Text("Source", item => string.Join(", ", new[] { item.Text("source", "component"), item.Text("source", "host") }.Where(part => part is { Length: > 0 })), wide: true),
        Column.Text("Message", item => item.Text("message")?.Trim()),
        new("First Seen", "string", 1, (item, now) => Ages.Since(item.Time("firstTimestamp") ?? item.Time("metadata", "creationTimestamp"), now)),
        Column.Number("Count", item => item.Number("count") ?? 1, wide: true),
        new("Name", "string", 1, (item, _) => item.Name()),
    ];

    public static readonly IReadOnlyList<Column> VolumeClaim =
    [
        Column.NameColumn,
        Column.Text("Status", item => item.IsDeleting() ? "Terminating" : item.Text("status", "phase")),
        new("Volume", "string", 0, (item, _) => item.Text("spec", "volumeName") ?? string.Empty),
        new("Capacity", "string", 0, (item, _) => item.Text("status", "capacity", "storage") ?? string.Empty),
        new("Access Modes", "string", 0, (item, _) => string.Join(",", item.Texts("status", "accessModes").Select(mode => mode switch
        {
            "ReadWriteOnce" => "RWO", "ReadOnlyMany" => "ROX", "ReadWriteMany" => "RWX", "ReadWriteOncePod" => "RWOP", _ => mode,
        }))),
        new("StorageClass", "string", 0, (item, _) => item.Text("spec", "storageClassName") ?? string.Empty),
        Column.Text("VolumeAttributesClass", item => item.Text("spec", "volumeAttributesClassName") ?? "<unset>"),
        Column.Age,
        Column.Text("VolumeMode", item => item.Text("spec", "volumeMode"), wide: true),
    ];

    public static readonly IReadOnlyList<Column> Binding =
    [
        Column.NameColumn, Column.Text("Role", item => $"{item.Text("roleRef", "kind")}/{item.Text("roleRef", "name")}"), Column.Age,
    ];

    public static readonly IReadOnlyList<Column> StorageClass =
    [
        new("Name", "string", 0, (item, _) => item.Name() + (item.Text("metadata", "annotations", "storageclass.kubernetes.io/is-default-class") == "true" ? " (default)" : string.Empty)),
        Column.Text("Provisioner", item => item.Text("provisioner")),
        Column.Text("ReclaimPolicy", item => item.Text("reclaimPolicy")),
        Column.Text("VolumeBindingMode", item => item.Text("volumeBindingMode")),
        new("AllowVolumeExpansion", "string", 0, (item, _) => item.Flag("allowVolumeExpansion")),
        Column.Age,
    ];

    public static readonly IReadOnlyList<Column> PriorityClass =
    [
        Column.NameColumn,
        Column.Number("Value", item => item.Number("value")),
        new("Global-Default", "boolean", 0, (item, _) => item.Flag("globalDefault")),
        Column.Age,
        Column.Text("PreemptionPolicy", item => item.Text("preemptionPolicy")),
    ];

    public static readonly IReadOnlyList<Column> Lease = [Column.NameColumn, Column.Text("Holder", item => item.Text("spec", "holderIdentity")), Column.Age];

    private static string NodeStatus(JsonObject node)
    {
        var ready = node.Items("status", "conditions").FirstOrDefault(item => item.Text("type") == "Ready")?.Text("status");
        var text = ready switch { "True" => "Ready", null => "Unknown", _ => "NotReady" };
        return node.Flag("spec", "unschedulable") ? text + ",SchedulingDisabled" : text;
    }

    private static string NodeRoles(JsonObject node)
    {
        const string Prefix = "node-role.kubernetes.io/";
        return string.Join(",", node.TextMap("metadata", "labels").Keys.Where(key => key.StartsWith(Prefix, ignoreCase: false, CultureInfo.InvariantCulture))
            .Select(key => key[Prefix.Length..]).Order(StringComparer.Ordinal));
    }
}
