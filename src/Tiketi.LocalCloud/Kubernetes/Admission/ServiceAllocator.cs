using System.Text.Json.Nodes;
using Tiketi.LocalCloud.Kubernetes.Resources;
using Tiketi.LocalCloud.Kubernetes.Storage;

namespace Tiketi.LocalCloud.Kubernetes.Admission;

/// <summary>
/// Gives a Service its cluster IP (10.96.0.0/16) and node ports (30000-32767), as the API server does. Nothing answers at these
/// addresses here: pods reach a service by its name, which resolves to the pods behind it.
/// </summary>
internal static class ServiceAllocator
{
    private const int FirstNodePort = 30000;
    private const int LastNodePort = 32767;

    public static bool Serves(ResourceDefinition resource) => resource.Plural == "services" && resource.Group.Length == 0;

    public static void Allocate(JsonObject service, JsonObject? old, ObjectStore store)
    {
        var spec = service.Ensure("spec");
        var type = spec.Text("type");
        if (type == "ExternalName")
        {
            return;
        }

        if (spec.Text("clusterIP") is null or "")
        {
            spec["clusterIP"] = old.Text("spec", "clusterIP") ?? NextAddress(store);
        }

        spec["clusterIPs"] = new JsonArray(spec["clusterIP"]!.DeepClone());
        if (type is "NodePort" or "LoadBalancer")
        {
            var taken = Taken(store);
            foreach (var port in spec.Items("ports").Where(port => port.Number("nodePort") is null or 0))
            {
                var former = old.Items("spec", "ports").FirstOrDefault(item => item.Number("port") == port.Number("port"))?.Number("nodePort");
                var number = former ?? Enumerable.Range(FirstNodePort, LastNodePort - FirstNodePort + 1).First(candidate => !taken.Contains(candidate));
                taken.Add(number);
                port["nodePort"] = number;
            }
        }
    }

    private static string NextAddress(ObjectStore store)
    {
        var taken = store.List(ResourceRegistry.Get("services")).Select(item => item.Body.Text("spec", "clusterIP")).ToHashSet(StringComparer.Ordinal);
        return Enumerable.Range(2, 65_000).Select(number => $"10.96.{number / 256}.{number % 256}").First(address => !taken.Contains(address));
    }

    private static HashSet<long> Taken(ObjectStore store) =>
        [.. store.List(ResourceRegistry.Get("services")).SelectMany(item => item.Body.Items("spec", "ports")).Select(port => port.Number("nodePort")).OfType<long>()];
}
