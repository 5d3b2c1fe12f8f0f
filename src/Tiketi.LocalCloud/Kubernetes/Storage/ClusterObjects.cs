using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Tiketi.LocalCloud.Kubernetes.Admission;
using Tiketi.LocalCloud.Kubernetes.Api;
using Tiketi.LocalCloud.Kubernetes.Apply;
using Tiketi.LocalCloud.Kubernetes.Resources;
using Tiketi.LocalCloud.Kubernetes.Schema;
using Tiketi.LocalCloud.PodIdentity;

namespace Tiketi.LocalCloud.Kubernetes.Storage;

/// <summary>How a write is meant.</summary>
/// <param name="Manager">Who writes: the owner of the fields that change.</param>
internal sealed record WriteOptions(string Manager)
{
    public bool DryRun { get; init; }

    /// <summary>An apply takes fields from other managers.</summary>
    public bool Force { get; init; }

    /// <summary>"Strict" refuses unknown fields, "Warn" reports them, "Ignore" drops them.</summary>
    public string FieldValidation { get; init; } = "Ignore";

    public Action<string> Warn { get; init; } = _ => { };

    /// <summary>"", "status", "scale" ...: what part the write may change, and how ownership is recorded.</summary>
    public string Subresource { get; init; } = string.Empty;
}

/// <summary>
/// Writes with the API server's semantics: admission, generations, ownership, optimistic concurrency, graceful deletion. Used by the
/// HTTP API and the controllers alike.
/// </summary>
internal sealed class ClusterObjects(ObjectStore store, ResourceRegistry registry, PodIdentityWebhook podIdentity, TimeProvider time)
{
    private const int CreateAttempts = 8;

    private readonly Lock _allocation = new();

    public ObjectStore Store => store;

    public ResourceRegistry Registry => registry;

    public StoredObject Get(ResourceDefinition resource, string ns, string name) =>
        store.Find(resource, ns, name) ?? throw StatusException.NotFound(resource, name);

    /// <summary>Stores a new object; <c>generateName</c> gets a random suffix.</summary>
    public JsonObject Create(ResourceDefinition resource, string ns, JsonObject body, WriteOptions options)
    {
        var prefix = body.Name().Length == 0 ? body.Text("metadata", "generateName") : null;
        for (var attempt = 1; ; attempt++)
        {
            var item = body.Copy();
            if (prefix is not null)
            {
                item.Ensure("metadata")["name"] = prefix + RandomNumberGenerator.GetString("bcdfghjklmnpqrstvwxz2456789", 5);
            }

            if (item.Name().Length == 0)
            {
                throw StatusException.Invalid(resource, string.Empty, [FieldError.Required("metadata.name", "name or generateName is required")]);
            }

            if (TryCreate(resource, ns, item, options, managed: null) is { } created)
            {
                return created;
            }

            if (prefix is null || attempt == CreateAttempts)
            {
                throw StatusException.AlreadyExists(resource, item.Name());
            }
        }
    }

    /// <summary>Reads, changes and stores an object, again whenever somebody else wrote in between and the change does not insist on a version.</summary>
    /// <param name="resource">The kind.</param>
    /// <param name="ns">Its namespace, or empty.</param>
    /// <param name="name">Its name.</param>
    /// <param name="change">Gets a copy of the stored object, gives the wanted one.</param>
    /// <param name="options">How the write is meant.</param>
    public JsonObject Modify(ResourceDefinition resource, string ns, string name, Func<JsonObject, JsonObject> change, WriteOptions options)
    {
        while (true)
        {
            var current = Get(resource, ns, name);
            var proposed = change(current.Body.Copy());
            RequireVersion(resource, current, proposed);
            if (TryStore(resource, current, Prepare(resource, current.Body, proposed, options, managed: null), options) is { } stored)
            {
                return stored;
            }
        }
    }

    /// <summary>Server-side apply: creates the object or merges the configuration into it.</summary>
    /// <returns>The object, and whether it is new.</returns>
    public (JsonObject Body, bool Created) Apply(ResourceDefinition resource, string ns, string name, JsonObject applied, WriteOptions options)
    {
        if (applied.At("metadata", "managedFields") is JsonArray { Count: > 0 })
        {
            throw StatusException.BadRequest("metadata.managedFields must be nil");
        }

        var insists = applied.Text("metadata", "resourceVersion");
        var config = applied.Copy();
        config.Ensure("metadata")["name"] = name;
        if (resource.Namespaced)
        {
            config.Ensure("metadata")["namespace"] = ns;
        }

        var findings = ObjectDecoder.Normalize(resource, config);
        if (findings.Unknown.Count > 0)
        {
            throw new StatusException(StatusCodes.Status500InternalServerError, string.Empty,
                $"failed to create typed patch object ({(ns.Length > 0 ? ns : string.Empty)}/{name}; {resource.ApiVersion}, Kind={resource.Kind}): .{string.Join(": field not declared in schema, .", findings.Unknown)}: field not declared in schema");
        }

        config.Ensure("metadata").Remove("resourceVersion");
        while (true)
        {
            var current = store.Find(resource, ns, name);
            if (insists is not null && insists != current?.Version.ToString(CultureInfo.InvariantCulture))
            {
                throw current is null ? StatusException.NotFound(resource, name) : StatusException.Modified(resource, name);
            }

            if (current is null && options.Subresource.Length > 0)
            {
                throw StatusException.NotFound(resource, name);
            }

            var managed = ManagedFields.Of(current?.Body);
            var merged = Merge(current?.Body, config, resource, managed, options);
            var stored = current is null
                ? TryCreate(resource, ns, merged, options, managed)
                : TryStore(resource, current, Prepare(resource, current.Body, merged, options, managed), options);
            if (stored is not null)
            {
                return (stored, current is null);
            }
        }
    }

    private JsonObject Merge(JsonObject? live, JsonObject config, ResourceDefinition resource, ManagedFields managed, WriteOptions options)
    {
        try
        {
            return managed.Apply(live ?? [], config, resource.Type, KeyOf(resource, options, "Apply"), options.Force, time.Timestamp());
        }
        catch (ApplyConflictException e)
        {
            throw new StatusException(StatusCodes.Status409Conflict, "Conflict", e.Message, new JsonObject
            {
                ["causes"] = new JsonArray([.. e.Conflicts.Select(conflict => (JsonNode)new JsonObject
                {
                    ["reason"] = "FieldManagerConflict", ["message"] = $"conflict with {conflict.Manager}", ["field"] = conflict.Path,
                })]),
            });
        }
    }

    private JsonObject? TryCreate(ResourceDefinition resource, string ns, JsonObject body, WriteOptions options, ManagedFields? managed)
    {
        if (!ServiceAllocator.Serves(resource) && !ResourceQuotas.Limit(resource, ns, store))
        {
            return TryCreateNow(resource, ns, body, options, managed);
        }

        lock (_allocation) // an address is free until the Service that got it is stored, and so is room in a quota
        {
            return TryCreateNow(resource, ns, body, options, managed);
        }
    }

    private JsonObject? TryCreateNow(ResourceDefinition resource, string ns, JsonObject body, WriteOptions options, ManagedFields? managed)
    {
        RequireNamespace(resource, ns, body);
        var findings = Decode(resource, body, options);
        var metadata = body.Ensure("metadata");
        foreach (var name in new[] { "resourceVersion", "deletionTimestamp", "deletionGracePeriodSeconds", "generation", "managedFields" })
        {
            metadata.Remove(name);
        }

        if (resource.Namespaced)
        {
            metadata["namespace"] = ns;
        }
        else
        {
            metadata.Remove("namespace");
        }

        if (resource.HasStatus && resource.Plural != "nodes")
        {
            body.Remove("status");
        }

        metadata["uid"] = Guid.NewGuid().ToString();
        metadata["creationTimestamp"] = time.Timestamp();
        if (Generations.Has(resource))
        {
            metadata["generation"] = 1;
        }

        if (resource.Plural == "pods")
        {
            podIdentity.Mutate(body, ns);
        }

        Admit(resource, body, old: null, findings);
        if (ResourceQuotas.Limit(resource, ns, store))
        {
            ResourceQuotas.Check(resource, ns, body, store);
        }

        var owners = managed ?? ManagedFields.Of(null);
        if (managed is null)
        {
            owners.Update(before: null, body, resource.Type, KeyOf(resource, options, "Update"), time.Timestamp());
        }

        owners.WriteTo(body);
        return store.Find(resource, ns, body.Name()) is not null ? null
            : options.DryRun ? body
            : Write(resource, ns, body, expected: null);
    }

    /// <summary>The object as it would be stored, given what was asked for.</summary>
    private JsonObject Prepare(ResourceDefinition resource, JsonObject current, JsonObject proposed, WriteOptions options, ManagedFields? managed)
    {
        var asked = proposed.At("metadata", "managedFields");
        var reset = asked is JsonArray list && (list.Count == 0 || list is [JsonObject { Count: 0 }]);
        var findings = Decode(resource, proposed, options);
        var body = Subresources.Restrict(resource, current, proposed, options.Subresource);
        Generations.Carry(resource, current, body);
        Admit(resource, body, current, findings);
        Generations.Bump(resource, current, body);
        if (managed is not null)
        {
            managed.WriteTo(body);
        }
        else if (reset)
        {
            body.Ensure("metadata").Remove("managedFields");
        }
        else
        {
            var owners = ManagedFields.Of(asked is null ? current : body);
            owners.Update(current, body, resource.Type, KeyOf(resource, options, "Update"), time.Timestamp());
            owners.WriteTo(body);
        }

        return body;
    }

    private JsonObject? TryStore(ResourceDefinition resource, StoredObject current, JsonObject body, WriteOptions options)
    {
        if (body.IsDeleting() && Deletion.IsFinished(resource, body))
        {
            return options.DryRun || store.TryRemove(current) ? body : null;
        }

        return Json.Same(body, current.Body) ? current.Body
            : options.DryRun ? body
            : Write(resource, current.Namespace, body, current.Version);
    }

    private void Admit(ResourceDefinition resource, JsonObject body, JsonObject? old, DecodeFindings findings)
    {
        Defaults.Apply(resource, body);
        ObjectDecoder.Normalize(resource, body);
        if (ServiceAllocator.Serves(resource))
        {
            ServiceAllocator.Allocate(body, old, store);
        }

        var errors = Validator.Validate(resource, body, old, findings.Missing);
        if (errors.Count > 0)
        {
            throw StatusException.Invalid(resource, body.Name(), errors);
        }
    }

    private JsonObject? Write(ResourceDefinition resource, string ns, JsonObject body, long? expected)
    {
        var stored = store.TryWrite(resource, ns, body.Name(), body, expected)?.Body;
        if (stored is not null && resource.Plural == "customresourcedefinitions")
        {
            registry.AddCustom(stored);
        }

        return stored;
    }

    private static DecodeFindings Decode(ResourceDefinition resource, JsonObject body, WriteOptions options)
    {
        var findings = ObjectDecoder.Normalize(resource, body);
        if (findings.Unknown.Count > 0 && options.FieldValidation == "Strict")
        {
            throw StatusException.BadRequest($"{resource.Kind} in version \"{resource.Version}\" cannot be handled as a {resource.Kind}: strict decoding error: {string.Join(", ", findings.Unknown.Select(path => $"unknown field \"{path}\""))}");
        }

        if (options.FieldValidation == "Warn")
        {
            findings.Unknown.ForEach(path => options.Warn($"unknown field \"{path}\""));
        }

        return findings;
    }

    private void RequireNamespace(ResourceDefinition resource, string ns, JsonObject body)
    {
        if (!resource.Namespaced)
        {
            return;
        }

        var namespaces = ResourceRegistry.Get("namespaces");
        var owner = store.Find(namespaces, string.Empty, ns) ?? throw StatusException.NotFound(namespaces, ns);
        if (owner.Body.IsDeleting() && resource.Plural != "events")
        {
            throw StatusException.Forbidden(resource, body.Name(), $"unable to create new content in namespace {ns} because it is being terminated");
        }
    }

    private static void RequireVersion(ResourceDefinition resource, StoredObject current, JsonObject proposed)
    {
        if (proposed.Text("metadata", "resourceVersion") is { Length: > 0 } version && version != current.Body.Text("metadata", "resourceVersion"))
        {
            throw StatusException.Modified(resource, current.Name);
        }

        if (proposed.Uid() is { Length: > 0 } uid && uid != current.Body.Uid())
        {
            throw StatusException.Conflict(resource, current.Name, $"Precondition failed: UID in precondition: {uid}, UID in object meta: {current.Body.Uid()}");
        }

        if (proposed.Name() != current.Name)
        {
            throw StatusException.BadRequest($"the name of the object ({proposed.Name()}) does not match the name on the URL ({current.Name})");
        }
    }

    private static ManagerKey KeyOf(ResourceDefinition resource, WriteOptions options, string operation) => new(options.Manager, operation, resource.ApiVersion, options.Subresource);
}
