using System.Text.Json.Nodes;
using Tiketi.LocalCloud.Kubernetes.Api;
using Tiketi.LocalCloud.Kubernetes.Schema;

namespace Tiketi.LocalCloud.Kubernetes.Patching;

/// <summary>
/// Kubernetes' own merge: lists of keyed items merge item by item. Understands the directives $patch, $retainKeys,
/// $setElementOrder/FIELD and $deleteFromPrimitiveList/FIELD that kubectl's apply and edit send.
/// </summary>
internal static class StrategicMergePatch
{
    private const string Order = "$setElementOrder/";
    private const string DeleteFrom = "$deleteFromPrimitiveList/";

    public static JsonObject Apply(JsonObject target, JsonObject patch, TypeRef type)
    {
        if (patch.Text("$patch") is { } directive)
        {
            return directive switch
            {
                "replace" => Without(patch, "$patch"),
                "delete" => [],
                "merge" => Apply(target, Without(patch, "$patch"), type),
                _ => throw StatusException.BadRequest($"unknown patch directive $patch: {directive}"),
            };
        }

        if (patch["$retainKeys"] is JsonArray retained)
        {
            var keys = retained.Select(key => key.Text()).ToHashSet(StringComparer.Ordinal);
            foreach (var name in target.Select(pair => pair.Key).Where(name => !keys.Contains(name)).ToList())
            {
                target.Remove(name);
            }
        }

        foreach (var (name, value) in patch.Where(pair => pair.Key[0] != '$'))
        {
            if (value is null)
            {
                target.Remove(name);
            }
            else
            {
                target[name] = Merge(target[name], value, type.Member(name) ?? TypeRef.Any);
            }
        }

        ApplyListDirectives(target, patch, type);
        return target;
    }

    private static JsonNode Merge(JsonNode? present, JsonNode value, TypeRef type) => value switch
    {
        JsonObject patch => Apply(present is JsonObject map ? map.Copy() : [], patch, type),
        JsonArray patch when type is { Kind: TypeKind.List, Keys: { Count: > 0 } keys } => MergeItems(present as JsonArray ?? [], patch, keys[0], type.Element),
        JsonArray patch when type is { Kind: TypeKind.List, Keys.Count: 0 } => MergeSet(present as JsonArray ?? [], patch),
        _ => value.DeepClone(),
    };

    private static JsonArray MergeItems(JsonArray present, JsonArray patch, string key, TypeRef element)
    {
        if (patch.Any(item => item.Text("$patch") == "replace"))
        {
            return [.. patch.Where(item => item.Text("$patch") != "replace").Select(item => item?.DeepClone())];
        }

        var result = present.Select(item => item?.DeepClone()).ToList();
        foreach (var item in patch.OfType<JsonObject>())
        {
            var id = item[key] ?? throw StatusException.BadRequest($"map: {item.Compact()} does not contain declared merge key: {key}");
            var index = result.FindIndex(candidate => Json.Same(candidate.At(key), id));
            if (item.Text("$patch") == "delete")
            {
                result.RemoveAll(candidate => Json.Same(candidate.At(key), id));
            }
            else if (index >= 0)
            {
                result[index] = Apply((JsonObject)result[index]!, item, element);
            }
            else
            {
                result.Add(Apply([], item, element));
            }
        }

        return [.. result];
    }

    private static JsonArray MergeSet(JsonArray present, JsonArray patch)
    {
        var result = present.Select(item => item?.DeepClone()).ToList();
        result.AddRange(patch.Where(item => !result.Exists(old => Json.Same(old, item))).Select(item => item?.DeepClone()).ToList());
        return [.. result];
    }

    private static void ApplyListDirectives(JsonObject target, JsonObject patch, TypeRef type)
    {
        foreach (var (name, value) in patch)
        {
            if (name.StartsWith(DeleteFrom, StringComparison.Ordinal) && target[name[DeleteFrom.Length..]] is JsonArray set && value is JsonArray gone)
            {
                target[name[DeleteFrom.Length..]] = new JsonArray([.. set.Where(item => !gone.Any(other => Json.Same(item, other))).Select(item => item?.DeepClone())]);
            }
            else if (name.StartsWith(Order, StringComparison.Ordinal) && target[name[Order.Length..]] is JsonArray list && value is JsonArray order)
            {
                target[name[Order.Length..]] = Sort(list, order, type.Member(name[Order.Length..])?.Keys is { Count: > 0 } keys ? keys[0] : null);
            }
        }
    }

    /// <summary>Items that the order names take its order; the others stay behind the item that they followed.</summary>
    private static JsonArray Sort(JsonArray list, JsonArray order, string? key)
    {
        int Rank(JsonNode? item) => order.ToList().FindIndex(wanted => Json.Same(key is null ? wanted : wanted.At(key), key is null ? item : item.At(key)));
        var last = -1;
        var ranked = new List<(int Rank, JsonNode? Item)>();
        foreach (var item in list)
        {
            var rank = Rank(item);
            last = rank >= 0 ? rank : last;
            ranked.Add((last, item));
        }

        return [.. ranked.OrderBy(pair => pair.Rank).Select(pair => pair.Item?.DeepClone())];
    }

    private static JsonObject Without(JsonObject patch, string name)
    {
        var copy = patch.Copy();
        copy.Remove(name);
        return copy;
    }
}
