using System.Text.Json.Nodes;
using Tiketi.LocalCloud.Kubernetes.Resources;

namespace Tiketi.LocalCloud.Kubernetes.Storage;

/// <summary>Which part of an object a write through a subresource may change.</summary>
internal static class Subresources
{
    public static JsonObject Restrict(ResourceDefinition resource, JsonObject current, JsonObject proposed, string subresource)
    {
        if (subresource == "status")
        {
            var body = current.Copy();
            body.Remove("status");
            if (proposed["status"] is { } status)
            {
                body["status"] = status.DeepClone();
            }

            return body;
        }

        if (resource.HasStatus)
        {
            proposed.Remove("status");
            if (current["status"] is { } status)
            {
                proposed["status"] = status.DeepClone();
            }
        }

        return proposed;
    }
}

/// <summary>metadata.generation, and the other metadata that only the server sets.</summary>
internal static class Generations
{
    private static readonly string[] Without =
        ["namespaces", "nodes", "services", "endpoints", "configmaps", "secrets", "serviceaccounts", "events", "persistentvolumeclaims", "persistentvolumes", "resourcequotas",
         "limitranges", "roles", "rolebindings", "clusterroles", "clusterrolebindings", "leases", "storageclasses", "horizontalpodautoscalers", "controllerrevisions"];

    private static readonly string[] ServerOwned = ["uid", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "generation", "resourceVersion", "namespace", "name"];

    public static bool Has(ResourceDefinition resource) => !Without.Contains(resource.Plural, StringComparer.Ordinal);

    public static void Carry(ResourceDefinition resource, JsonObject current, JsonObject body)
    {
        var metadata = body.Ensure("metadata");
        foreach (var name in ServerOwned)
        {
            metadata.Remove(name);
            if (current.At("metadata", name) is { } value)
            {
                metadata[name] = value.DeepClone();
            }
        }
    }

    /// <summary>Counts a change of anything but metadata and status.</summary>
    public static void Bump(ResourceDefinition resource, JsonObject current, JsonObject body)
    {
        if (Has(resource) && !Json.Same(Desired(current), Desired(body)))
        {
            body.Ensure("metadata")["generation"] = (current.Number("metadata", "generation") ?? 0) + 1;
        }
    }

    private static JsonObject Desired(JsonObject body) =>
        new(body.Where(pair => pair.Key is not ("metadata" or "status" or "apiVersion" or "kind")).Select(pair => KeyValuePair.Create(pair.Key, pair.Value?.DeepClone())));
}
