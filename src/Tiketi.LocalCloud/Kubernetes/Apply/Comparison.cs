using System.Text.Json.Nodes;
using Tiketi.LocalCloud.Kubernetes.Schema;

namespace Tiketi.LocalCloud.Kubernetes.Apply;

/// <summary>Which paths differ between two versions of an object.</summary>
internal sealed class Comparison
{
    private Comparison(FieldSet changed, FieldSet removed)
    {
        Changed = changed;
        Removed = removed;
    }

    /// <summary>Added, or with another value.</summary>
    public FieldSet Changed { get; }

    public FieldSet Removed { get; }

    public static Comparison Between(JsonNode? before, JsonNode? after, TypeRef type)
    {
        if (before is null || after is null)
        {
            return new Comparison(after is null ? new FieldSet() : FieldSet.Of(after, type), before is null ? new FieldSet() : FieldSet.Of(before, type));
        }

        if (before is JsonObject left && after is JsonObject right && !type.IsAtomic)
        {
            return Objects(left, right, type);
        }

        if (before is JsonArray leftList && after is JsonArray rightList && type is { Kind: TypeKind.List, Keys: not null })
        {
            return Lists(leftList, rightList, type);
        }

        return new Comparison(Json.Same(before, after) ? new FieldSet() : FieldSet.Member(), new FieldSet());
    }

    private static Comparison Objects(JsonObject left, JsonObject right, TypeRef type)
    {
        var (changed, removed) = (new FieldSet(), new FieldSet());
        foreach (var name in left.Select(pair => pair.Key).Union(right.Select(pair => pair.Key), StringComparer.Ordinal))
        {
            Add(changed, removed, "f:" + name, left[name], right[name], type.Member(name) ?? TypeRef.Any, type.Kind == TypeKind.Map);
        }

        return new Comparison(changed, removed);
    }

    private static Comparison Lists(JsonArray left, JsonArray right, TypeRef type)
    {
        var (changed, removed) = (new FieldSet(), new FieldSet());
        var lefts = Index(left, type);
        var rights = Index(right, type);
        foreach (var element in lefts.Keys.Union(rights.Keys, StringComparer.Ordinal))
        {
            Add(changed, removed, element, lefts.GetValueOrDefault(element), rights.GetValueOrDefault(element), type.Element, isEntry: true);
        }

        return new Comparison(changed, removed);
    }

    private static void Add(FieldSet changed, FieldSet removed, string element, JsonNode? before, JsonNode? after, TypeRef type, bool isEntry)
    {
        var difference = Between(before, after, type);
        var entry = isEntry ? FieldSet.Member() : new FieldSet();
        changed.AddChild(element, before is null && after is not null ? difference.Changed.Union(entry) : difference.Changed);
        removed.AddChild(element, after is null && before is not null ? difference.Removed.Union(entry) : difference.Removed);
    }

    private static Dictionary<string, JsonNode?> Index(JsonArray list, TypeRef type)
    {
        var index = new Dictionary<string, JsonNode?>(StringComparer.Ordinal);
        foreach (var item in list)
        {
            index[FieldSet.ElementOf(item, type)] = item;
        }

        return index;
    }
}
