using System.Globalization;
using System.Text.Json.Nodes;
using Tiketi.LocalCloud.Kubernetes.Api;
using Tiketi.LocalCloud.Kubernetes.Resources;

namespace Tiketi.LocalCloud.Kubernetes.Storage;

/// <summary>What a client asks of a deletion.</summary>
internal sealed record DeleteOptions
{
    /// <summary>Seconds; null: the object's own.</summary>
    public long? GracePeriodSeconds { get; init; }

    /// <summary>"Background", "Foreground" or "Orphan".</summary>
    public string PropagationPolicy { get; init; } = "Background";

    public bool DryRun { get; init; }

    public string? Uid { get; init; }

    public string? ResourceVersion { get; init; }
}

/// <summary>Deletes as the API server does: at once, or marked until the grace period, the finalizers and the dependents are through.</summary>
internal sealed class Deletion(ObjectStore store, ResourceRegistry registry, TimeProvider time)
{
    public const string Foreground = "foregroundDeletion";
    public const string Orphan = "orphan";
    private const long DefaultPodGrace = 30;

    /// <returns>The object while it is still there, or as it last was; and whether it is gone.</returns>
    public (JsonObject Body, bool Gone) Delete(ResourceDefinition resource, string ns, string name, DeleteOptions options)
    {
        while (true)
        {
            var current = store.Find(resource, ns, name) ?? throw StatusException.NotFound(resource, name);
            Require(current, options);
            var body = current.Body.Copy();
            Mark(resource, body, options);
            if (IsFinished(resource, body))
            {
                if (options.DryRun || store.TryRemove(current))
                {
                    if (resource.Plural == "customresourcedefinitions" && !options.DryRun)
                    {
                        RemoveCustom(current.Body);
                    }

                    return (body, true);
                }
            }
            else if (Json.Same(body, current.Body))
            {
                return (body, false);
            }
            else if (options.DryRun || store.TryWrite(resource, ns, name, body, current.Version) is not null)
            {
                return (body, false);
            }
        }
    }

    /// <summary>Nothing holds the object any more: no finalizer, no grace period to wait for.</summary>
    public static bool IsFinished(ResourceDefinition resource, JsonObject body) =>
        body.At("metadata", "finalizers") is not JsonArray { Count: > 0 }
        && body.Number("metadata", "deletionGracePeriodSeconds") is 0
        && (resource.Plural != "namespaces" || body.At("spec", "finalizers") is not JsonArray { Count: > 0 });

    private static void Require(StoredObject current, DeleteOptions options)
    {
        if (options.Uid is { } uid && uid != current.Body.Uid())
        {
            throw StatusException.Conflict(current.Resource, current.Name, $"Precondition failed: UID in precondition: {uid}, UID in object meta: {current.Body.Uid()}");
        }

        if (options.ResourceVersion is { } version && version != current.Version.ToString(CultureInfo.InvariantCulture))
        {
            throw StatusException.Conflict(current.Resource, current.Name, $"Precondition failed: ResourceVersion in precondition: {version}, ResourceVersion in object meta: {current.Version}");
        }
    }

    private void Mark(ResourceDefinition resource, JsonObject body, DeleteOptions options)
    {
        var metadata = body.Ensure("metadata");
        var grace = Grace(resource, body, options);
        if (!body.IsDeleting())
        {
            metadata["deletionTimestamp"] = Json.Timestamp(time.GetUtcNow().AddSeconds(grace));
            metadata["deletionGracePeriodSeconds"] = grace;
            if (Generations.Has(resource) && body.Number("metadata", "generation") is { } generation)
            {
                metadata["generation"] = generation + 1;
            }
        }
        else if (grace < body.Number("metadata", "deletionGracePeriodSeconds"))
        {
            metadata["deletionTimestamp"] = Json.Timestamp(time.GetUtcNow().AddSeconds(grace));
            metadata["deletionGracePeriodSeconds"] = grace;
        }

        Finalizer(metadata, options.PropagationPolicy);
        if (resource.Plural == "namespaces")
        {
            body.Ensure("status")["phase"] = "Terminating";
        }
    }

    private static void Finalizer(JsonObject metadata, string policy)
    {
        var finalizers = metadata.Texts("finalizers").Where(name => name is not (Foreground or Orphan)).ToList();
        finalizers.AddRange(policy switch { "Foreground" => [Foreground], "Orphan" => [Orphan], _ => Array.Empty<string>() });
        metadata.Remove("finalizers");
        if (finalizers.Count > 0)
        {
            metadata["finalizers"] = new JsonArray([.. finalizers.Select(name => (JsonNode)name)]);
        }
    }

    private static long Grace(ResourceDefinition resource, JsonObject body, DeleteOptions options) =>
        resource.Plural != "pods" || body.Text("spec", "nodeName") is null or "" || body.Text("status", "phase") is "Succeeded" or "Failed"
            ? 0
            : Math.Max(0, options.GracePeriodSeconds ?? body.Number("spec", "terminationGracePeriodSeconds") ?? DefaultPodGrace);

    private void RemoveCustom(JsonObject crd)
    {
        if (registry.Find(crd.Text("spec", "group") ?? string.Empty, crd.Items("spec", "versions").First(item => item.Flag("storage")).Text("name")!, crd.Text("spec", "names", "plural")!) is { } custom)
        {
            foreach (var item in store.List(custom).ToList())
            {
                store.TryRemove(item);
            }
        }

        registry.RemoveCustom(crd);
    }
}
