using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Tiketi.LocalCloud.Kubernetes.Schema;

namespace Tiketi.LocalCloud.Kubernetes.Resources;

/// <summary>Every kind that is served: the built-in table, and what CustomResourceDefinitions add.</summary>
internal sealed class ResourceRegistry
{
    private readonly ConcurrentDictionary<(string Group, string Plural), ResourceDefinition> _custom = new();

    public static IReadOnlyList<ResourceDefinition> BuiltIn { get; } = BuiltInResources.Table;

    public IEnumerable<ResourceDefinition> All => BuiltIn.Concat(_custom.Values.OrderBy(definition => definition.QualifiedName, StringComparer.Ordinal));

    public ResourceDefinition? Find(string group, string version, string plural)
    {
        var found = BuiltIn.FirstOrDefault(definition => definition.Plural == plural && definition.Group == group);
        found ??= _custom.GetValueOrDefault((group, plural));
        return found?.Version == version ? found : null;
    }

    public ResourceDefinition? FindKind(string apiVersion, string kind) =>
        All.FirstOrDefault(definition => definition.Kind == kind && definition.ApiVersion == apiVersion);

    /// <summary>A built-in kind by its plural: for controllers, which know what they ask for.</summary>
    public static ResourceDefinition Get(string plural) =>
        BuiltIn.FirstOrDefault(definition => definition.Plural == plural) ?? throw new ArgumentException($"No built-in resource is called '{plural}'.", nameof(plural));

    /// <summary>Serves what a CustomResourceDefinition declares.</summary>
    public void AddCustom(JsonObject crd)
    {
        var version = crd.Items("spec", "versions").FirstOrDefault(item => item.Flag("storage"))?.Text("name");
        if (crd.Text("spec", "group") is { } group && version is not null && crd.Text("spec", "names", "plural") is { } plural && crd.Text("spec", "names", "kind") is { } kind)
        {
            _custom[(group, plural)] = new ResourceDefinition(group, version, kind, plural, crd.Text("spec", "scope") != "Cluster", SchemaCatalog.Custom)
            {
                ShortNames = [.. crd.Texts("spec", "names", "shortNames")],
                Categories = [.. crd.Texts("spec", "names", "categories")],
                HasStatus = crd.Items("spec", "versions").Any(item => item.Text("name") == version && item.Object("subresources", "status") is not null),
                IsCustom = true,
            };
        }
    }

    public void RemoveCustom(JsonObject crd) => _custom.TryRemove((crd.Text("spec", "group") ?? string.Empty, crd.Text("spec", "names", "plural") ?? string.Empty), out _);
}
