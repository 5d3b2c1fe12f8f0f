using System.Text.Json.Nodes;
using Tiketi.LocalCloud.Kubernetes.Resources;
using Tiketi.LocalCloud.Kubernetes.Storage;

namespace Tiketi.LocalCloud.Kubernetes.Ingress;

/// <summary>Where one rule of an Ingress sends requests.</summary>
internal sealed record Route(string? Host, string Path, bool IsExact, string Namespace, string Ingress, string Service, JsonNode? Port)
{
    public bool Matches(string host, string path) => MatchesHost(host) && (IsExact ? path == Path : MatchesPrefix(path));

    private bool MatchesHost(string host) => Host switch
    {
        null => true,
        ['*', '.', ..] => host.IndexOf('.') is > 0 and var dot && string.Equals(host[dot..], Host[1..], StringComparison.OrdinalIgnoreCase),
        _ => string.Equals(host, Host, StringComparison.OrdinalIgnoreCase),
    };

    /// <summary>Element by element: /api matches /api and /api/x, not /apis.</summary>
    private bool MatchesPrefix(string path)
    {
        var prefix = Path.TrimEnd('/');
        return path.StartsWith(prefix, StringComparison.Ordinal) && (path.Length == prefix.Length || path[prefix.Length] == '/');
    }
}

/// <summary>The rules of all Ingress objects that this controller serves, and the endpoints behind them, as they are at this moment.</summary>
internal sealed class RouteTable(ObjectStore store)
{
    public const string ClassName = "tiketi-local";
    public const string Controller = "tiketi.local/ingress";
    private const string DefaultClassAnnotation = "ingressclass.kubernetes.io/is-default-class";

    /// <summary>The rule for a request: exact before prefix, the longest path first, a named host before any.</summary>
    public Route? Find(string host, string path) => All().Where(route => route.Matches(host, path))
        .OrderByDescending(route => route.Host is not null).ThenByDescending(route => route.Path.Length).ThenByDescending(route => route.IsExact).FirstOrDefault();

    /// <summary>Whether this controller serves an Ingress: its class is ours, or it has none and ours is the default.</summary>
    public bool Serves(JsonObject ingress)
    {
        var name = ingress.Text("spec", "ingressClassName") ?? ingress.Text("metadata", "annotations", "kubernetes.io/ingress.class");
        var classes = ResourceRegistry.Get("ingressclasses");
        return name is null
            ? store.List(classes).Any(item => item.Body.Text("spec", "controller") == Controller && item.Body.Text("metadata", "annotations", DefaultClassAnnotation) == "true")
            : store.Find(classes, string.Empty, name)?.Body.Text("spec", "controller") == Controller;
    }

    /// <summary>The number of the Service's port that a route names; null where the Service has no such port.</summary>
    public long? PortOf(Route route) => ServicePort(route)?.Number("port");

    /// <summary>The addresses ("10.0.0.2:3001") of the endpoints behind a route that are ready, or those that are not, in a stable order.</summary>
    public List<string> Endpoints(Route route, bool ready = true)
    {
        var port = ServicePort(route);
        if (port is null)
        {
            return [];
        }

        return [.. store.List(ResourceRegistry.Get("endpointslices"), route.Namespace)
            .Where(slice => slice.Body.Text("metadata", "labels", "kubernetes.io/service-name") == route.Service)
            .SelectMany(slice => slice.Body.Items("ports").Where(item => (item.Text("name") ?? string.Empty) == (port.Text("name") ?? string.Empty))
                .SelectMany(item => slice.Body.Items("endpoints").Where(endpoint => endpoint.Flag("conditions", "ready") == ready)
                    .SelectMany(endpoint => endpoint.Texts("addresses").Select(address => $"{address}:{item.Number("port")}"))))
            .Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
    }

    /// <summary>Every rule of every Ingress that this controller serves.</summary>
    public IEnumerable<Route> All()
    {
        foreach (var ingress in store.List(ResourceRegistry.Get("ingresses")).Where(item => Serves(item.Body)))
        {
            foreach (var rule in ingress.Body.Items("spec", "rules"))
            {
                foreach (var path in rule.Items("http", "paths"))
                {
                    if (path.Object("backend", "service") is { } service)
                    {
                        yield return Make(ingress, rule.Text("host"), path.Text("path") is { Length: > 0 } text ? text : "/", path.Text("pathType") == "Exact", service);
                    }
                }
            }

            if (ingress.Body.Object("spec", "defaultBackend", "service") is { } fallback)
            {
                yield return Make(ingress, host: null, "/", isExact: false, fallback);
            }
        }
    }

    private JsonObject? ServicePort(Route route) => store.Find(ResourceRegistry.Get("services"), route.Namespace, route.Service)?.Body.Items("spec", "ports")
        .FirstOrDefault(item => route.Port.AsLong() is { } number ? item.Number("port") == number : item.Text("name") == route.Port.Text());

    private static Route Make(StoredObject ingress, string? host, string path, bool isExact, JsonObject service) =>
        new(host is { Length: > 0 } ? host : null, path, isExact, ingress.Namespace, ingress.Name, service.Text("name")!, service.At("port", "number") ?? service.At("port", "name"));
}
