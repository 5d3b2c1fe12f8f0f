using System.Text.Json.Nodes;

namespace Tiketi.LocalCloud.Kubernetes.Resources;

/// <summary>kubectl get's columns for services, endpoints and ingresses.</summary>
internal static class NetworkColumns
{
    public static readonly IReadOnlyList<Column> Service =
    [
        Column.NameColumn,
        Column.Text("Type", item => item.Text("spec", "type")),
        Column.Text("Cluster-IP", item => item.Text("spec", "clusterIP")),
        Column.Text("External-IP", ExternalAddress),
        Column.Text("Port(s)", item => string.Join(",", item.Items("spec", "ports").Select(port =>
            port.Number("port") + (port.Number("nodePort") is { } node ? $":{node}" : string.Empty) + "/" + port.Text("protocol")))),
        Column.Age,
        Column.Text("Selector", item => WorkloadColumns.Pairs(item.Object("spec", "selector")), wide: true),
    ];

    public static readonly IReadOnlyList<Column> Endpoints =
    [
        Column.NameColumn,
        Column.Text("Endpoints", item => Shorten([.. item.Items("subsets").SelectMany(subset => subset.Items("addresses").SelectMany(address =>
            subset.At("ports") is JsonArray { Count: > 0 }
                ? subset.Items("ports").Select(port => $"{address.Text("ip")}:{port.Number("port")}")
                : [address.Text("ip")!]))])),
        Column.Age,
    ];

    public static readonly IReadOnlyList<Column> EndpointSlice =
    [
        Column.NameColumn,
        Column.Text("AddressType", item => item.Text("addressType")),
        Column.Text("Ports", item => item.Items("ports").Any() ? Shorten([.. item.Items("ports").Select(port => $"{port.Number("port")}")]) : "<unset>"),
        Column.Text("Endpoints", item => item.Items("endpoints").Any() ? Shorten([.. item.Items("endpoints").SelectMany(endpoint => endpoint.Texts("addresses"))]) : "<unset>"),
        Column.Age,
    ];

    public static readonly IReadOnlyList<Column> Ingress =
    [
        Column.NameColumn,
        Column.Text("Class", item => item.Text("spec", "ingressClassName") ?? item.Text("metadata", "annotations", "kubernetes.io/ingress.class")),
        Column.Text("Hosts", Hosts),
        new("Address", "string", 0, (item, _) => string.Join(",", item.Items("status", "loadBalancer", "ingress").Select(address => address.Text("ip") ?? address.Text("hostname")))),
        new("Ports", "string", 0, (item, _) => item.Items("spec", "tls").Any() ? "80, 443" : "80"),
        Column.Age,
    ];

    public static readonly IReadOnlyList<Column> IngressClass =
    [
        Column.NameColumn,
        Column.Text("Controller", item => item.Text("spec", "controller")),
        Column.Text("Parameters", item => item.Text("spec", "parameters", "name")),
        Column.Age,
    ];

    public static readonly IReadOnlyList<Column> NetworkPolicy =
    [
        Column.NameColumn,
        Column.Text("Pod-Selector", item => WorkloadColumns.Pairs(item.Object("spec", "podSelector", "matchLabels"))),
        Column.Age,
    ];

    private static string? ExternalAddress(JsonObject service) => service.Text("spec", "type") switch
    {
        "LoadBalancer" => service.Items("status", "loadBalancer", "ingress").Select(item => item.Text("ip") ?? item.Text("hostname")).FirstOrDefault() ?? "<pending>",
        "ExternalName" => service.Text("spec", "externalName"),
        _ => string.Join(",", service.Texts("spec", "externalIPs")),
    };

    private static string Hosts(JsonObject ingress)
    {
        var hosts = ingress.Items("spec", "rules").Select(rule => rule.Text("host") ?? string.Empty).Where(host => host.Length > 0).ToList();
        return hosts.Count == 0 ? "*" : Shorten(hosts);
    }

    private static string Shorten(List<string> items) =>
        items.Count <= 3 ? string.Join(",", items) : $"{string.Join(",", items.Take(3))} + {items.Count - 3} more...";
}
