using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Tiketi.LocalCloud.Kubernetes.Resources;

namespace Tiketi.LocalCloud.Kubernetes.Api;

/// <summary>What the server serves: /api, /apis and below, aggregated (one document for all groups) where the client can read that.</summary>
internal sealed class Discovery(ResourceRegistry registry)
{
    private const string AggregatedType = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";
    private const string Aggregated = "v=v2;as=APIGroupDiscoveryList";
    private static readonly string[] Verbs = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];

    private static readonly (string Group, string Version, string Name, string Kind, bool Namespaced)[] Virtual =
    [
        ("authorization.k8s.io", "v1", "selfsubjectaccessreviews", "SelfSubjectAccessReview", false),
        ("authentication.k8s.io", "v1", "selfsubjectreviews", "SelfSubjectReview", false),
    ];

    /// <summary>False when the path is none of discovery's.</summary>
    public async Task<bool> TryHandleAsync(HttpContext context)
    {
        var parts = (context.Request.Path.Value ?? string.Empty).Split('/', StringSplitOptions.RemoveEmptyEntries);
        var wantsAggregated = context.Request.Headers.Accept.ToString().Contains(Aggregated, StringComparison.Ordinal);
        JsonObject? body = parts switch
        {
            ["api"] when wantsAggregated => AggregatedList([string.Empty]),
            ["apis"] when wantsAggregated => AggregatedList(Groups()),
            ["api"] => new JsonObject { ["kind"] = "APIVersions", ["versions"] = new JsonArray("v1") },
            ["apis"] => new JsonObject { ["kind"] = "APIGroupList", ["apiVersion"] = "v1", ["groups"] = new JsonArray([.. Groups().Select(group => (JsonNode)Group(group))]) },
            ["apis", var group] when Groups().Contains(group, StringComparer.Ordinal) => Group(group),
            ["api", "v1"] => ResourceList(string.Empty, "v1"),
            ["apis", var group, var version] when Versions(group).Contains(version, StringComparer.Ordinal) => ResourceList(group, version),
            _ => null,
        };
        if (body is null)
        {
            return false;
        }

        var isAggregated = parts.Length == 1 && wantsAggregated;
        await context.WriteAsync(body, contentType: isAggregated ? AggregatedType : "application/json");
        return true;
    }

    private IEnumerable<string> Groups() =>
        registry.All.Select(resource => resource.Group).Concat(Virtual.Select(item => item.Group)).Where(group => group.Length > 0).Distinct(StringComparer.Ordinal);

    private IEnumerable<string> Versions(string group) =>
        registry.All.Where(resource => resource.Group == group).Select(resource => resource.Version)
            .Concat(Virtual.Where(item => item.Group == group).Select(item => item.Version)).Distinct(StringComparer.Ordinal);

    private JsonObject Group(string group)
    {
        var versions = Versions(group).Select(version => new JsonObject { ["groupVersion"] = $"{group}/{version}", ["version"] = version }).ToList();
        return new JsonObject
        {
            ["kind"] = "APIGroup", ["apiVersion"] = "v1", ["name"] = group,
            ["versions"] = new JsonArray([.. versions.Select(version => (JsonNode)version)]), ["preferredVersion"] = versions[0].DeepClone(),
        };
    }

    private JsonObject ResourceList(string group, string version)
    {
        var resources = new JsonArray();
        foreach (var resource in registry.All.Where(resource => resource.Group == group && resource.Version == version))
        {
            var entry = Entry(resource.Plural, resource.Singular, resource.Kind, resource.Namespaced, Verbs);
            Add(entry, "shortNames", resource.ShortNames);
            Add(entry, "categories", resource.Categories);
            resources.Add(entry);
            foreach (var (name, kind, verbs, kindGroup) in Subresources(resource))
            {
                var below = Entry($"{resource.Plural}/{name}", string.Empty, kind, resource.Namespaced, verbs);
                if (kindGroup is not null)
                {
                    (below["group"], below["version"]) = (kindGroup, "v1");
                }

                resources.Add(below);
            }
        }

        foreach (var item in Virtual.Where(item => item.Group == group))
        {
            resources.Add(Entry(item.Name, item.Kind.ToLowerInvariant(), item.Kind, item.Namespaced, ["create"]));
        }

        return new JsonObject { ["kind"] = "APIResourceList", ["apiVersion"] = "v1", ["groupVersion"] = group.Length == 0 ? version : $"{group}/{version}", ["resources"] = resources };
    }

    private static JsonObject Entry(string name, string singular, string kind, bool namespaced, IEnumerable<string> verbs) =>
        new() { ["name"] = name, ["singularName"] = singular, ["namespaced"] = namespaced, ["kind"] = kind, ["verbs"] = Texts(verbs) };

    private static IEnumerable<(string Name, string Kind, string[] Verbs, string? Group)> Subresources(ResourceDefinition resource)
    {
        if (resource.HasStatus)
        {
            yield return ("status", resource.Kind, ["get", "patch", "update"], null);
        }

        if (resource.HasScale)
        {
            yield return ("scale", "Scale", ["get", "patch", "update"], "autoscaling");
        }

        if (resource.Plural == "pods")
        {
            yield return ("log", "Pod", ["get"], null);
            yield return ("exec", "PodExecOptions", ["create", "get"], null);
            yield return ("eviction", "Eviction", ["create"], "policy");
        }
    }

    private JsonObject AggregatedList(IEnumerable<string> groups) => new()
    {
        ["kind"] = "APIGroupDiscoveryList", ["apiVersion"] = "apidiscovery.k8s.io/v2", ["metadata"] = new JsonObject(),
        ["items"] = new JsonArray([.. groups.Select(group => (JsonNode)new JsonObject
        {
            ["metadata"] = new JsonObject { ["name"] = group },
            ["versions"] = new JsonArray([.. Versions(group).Select(version => (JsonNode)new JsonObject
            {
                ["version"] = version, ["freshness"] = "Current", ["resources"] = AggregatedResources(group, version),
            })]),
        })]),
    };

    private JsonArray AggregatedResources(string group, string version)
    {
        var list = new JsonArray();
        foreach (var resource in registry.All.Where(resource => resource.Group == group && resource.Version == version))
        {
            var entry = AggregatedEntry(resource.Plural, resource.Singular, resource.Group, resource.Version, resource.Kind, resource.Namespaced, Verbs);
            Add(entry, "shortNames", resource.ShortNames);
            Add(entry, "categories", resource.Categories);
            var below = Subresources(resource).Select(sub => (JsonNode)new JsonObject
            {
                ["subresource"] = sub.Name, ["responseKind"] = Kind(sub.Group ?? resource.Group, sub.Group is null ? resource.Version : "v1", sub.Kind), ["verbs"] = Texts(sub.Verbs),
            }).ToArray();
            if (below.Length > 0)
            {
                entry["subresources"] = new JsonArray(below);
            }

            list.Add(entry);
        }

        foreach (var item in Virtual.Where(item => item.Group == group))
        {
            list.Add(AggregatedEntry(item.Name, item.Kind.ToLowerInvariant(), group, version, item.Kind, item.Namespaced, ["create"]));
        }

        return list;
    }

    private static JsonObject AggregatedEntry(string name, string singular, string group, string version, string kind, bool namespaced, IEnumerable<string> verbs) => new()
    {
        ["resource"] = name, ["responseKind"] = Kind(group, version, kind), ["scope"] = namespaced ? "Namespaced" : "Cluster", ["singularResource"] = singular, ["verbs"] = Texts(verbs),
    };

    private static JsonObject Kind(string group, string version, string kind) => new() { ["group"] = group, ["version"] = version, ["kind"] = kind };

    private static void Add(JsonObject entry, string name, IReadOnlyList<string> values)
    {
        if (values.Count > 0)
        {
            entry[name] = Texts(values);
        }
    }

    private static JsonArray Texts(IEnumerable<string> values) => [.. values.Select(value => (JsonNode)value)];
}
