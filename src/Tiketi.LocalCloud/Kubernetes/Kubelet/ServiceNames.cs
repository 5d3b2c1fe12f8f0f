using System.Text.Json.Nodes;
using Tiketi.LocalCloud.Kubernetes.Resources;
using Tiketi.LocalCloud.Kubernetes.Storage;

namespace Tiketi.LocalCloud.Kubernetes.Kubelet;

/// <summary>
/// The names under which other pods reach a pod: those of every Service that selects it when it starts. The engine's own DNS resolves
/// them to the pods' addresses, so a service's port must be its target port, and a service made later reaches pods started later.
/// </summary>
internal sealed class ServiceNames(ObjectStore store)
{
    public List<string> AliasesFor(JsonObject pod)
    {
        var labels = pod.TextMap("metadata", "labels");
        var ns = pod.Namespace();
        var names = store.List(ResourceRegistry.Get("services"), ns)
            .Where(service => Selectors.MatchesMap(service.Body.TextMap("spec", "selector"), labels))
            .SelectMany(service => Forms(service.Name, ns)).ToList();
        if (pod.Text("spec", "subdomain") is { } subdomain && pod.Text("spec", "hostname") is { } host)
        {
            names.AddRange(Forms($"{host}.{subdomain}", ns));
        }

        return names;
    }

    private static IEnumerable<string> Forms(string service, string ns) => [service, $"{service}.{ns}", $"{service}.{ns}.svc", $"{service}.{ns}.svc.cluster.local"];
}
