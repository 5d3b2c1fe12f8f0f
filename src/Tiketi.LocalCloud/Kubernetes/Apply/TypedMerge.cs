using System.Text.Json.Nodes;
using Tiketi.LocalCloud.Kubernetes.Schema;

namespace Tiketi.LocalCloud.Kubernetes.Apply;

/// <summary>Merges an applied configuration into the live object, and takes out what is no longer applied.</summary>
internal static class TypedMerge
{
    public static JsonNode? Merge(JsonNode? live, JsonNode? applied, TypeRef type)
    {
        if (live is JsonObject left && applied is JsonObject right && !type.IsAtomic)
        {
            var result = left.Copy();
            foreach (var (name, value) in right)
            {
                result[name] = Merge(left[name], value, type.Member(name) ?? TypeRef.Any);
            }

            return result;
        }

        return live is JsonArray leftList && applied is JsonArray rightList && type is { Kind: TypeKind.List, Keys: not null }
            ? MergeLists(leftList, rightList, type)
            : applied?.DeepClone();
    }

    /// <summary>Removes every path of <paramref name="gone"/>; named parents left empty by that go too.</summary>
    public static void Remove(JsonObject node, FieldSet gone, FieldSet owned, TypeRef type)
    {
        foreach (var (element, child) in gone.Children)
        {
            var name = element[2..];
            if (element[0] != 'f' || node[name] is not { } value)
            {
                continue;
            }

            var member = type.Member(name) ?? TypeRef.Any;
            var stillOwned = owned.Children.GetValueOrDefault(element);
            if (child.Children.Count == 0)
            {
                if (stillOwned is null)
                {
                    node.Remove(name);
                }

                continue;
            }

            switch (value)
            {
                case JsonObject map:
                    Remove(map, child, stillOwned ?? new FieldSet(), member);
                    break;
                case JsonArray list:
                    RemoveItems(list, child, stillOwned ?? new FieldSet(), member);
                    break;
            }

            if (value is JsonObject { Count: 0 } or JsonArray { Count: 0 } && stillOwned is null)
            {
                node.Remove(name);
            }
        }
    }

    private static void RemoveItems(JsonArray list, FieldSet gone, FieldSet owned, TypeRef type)
    {
        foreach (var (element, child) in gone.Children)
        {
            var index = list.ToList().FindIndex(item => FieldSet.ElementOf(item, type) == element);
            if (index < 0)
            {
                continue;
            }

            var stillOwned = owned.Children.GetValueOrDefault(element);
            if (child.IsMember && stillOwned is null)
            {
                list.RemoveAt(index);
            }
            else if (list[index] is JsonObject item)
            {
                Remove(item, child, stillOwned ?? new FieldSet(), type.Element);
            }
        }
    }

    /// <summary>The applied order, with items that only the live list has before the shared item that they precede there.</summary>
    private static JsonArray MergeLists(JsonArray live, JsonArray applied, TypeRef type)
    {
        var wanted = applied.Select(item => FieldSet.ElementOf(item, type)).ToHashSet(StringComparer.Ordinal);
        var present = live.Select(item => (Element: FieldSet.ElementOf(item, type), Item: item)).ToList();
        var result = new JsonArray();
        var next = 0;
        foreach (var item in applied)
        {
            var element = FieldSet.ElementOf(item, type);
            var match = present.FindIndex(candidate => candidate.Element == element);
            for (; next <= match; next++)
            {
                if (!wanted.Contains(present[next].Element))
                {
                    result.Add(present[next].Item?.DeepClone());
                }
            }

            result.Add(match < 0 ? item?.DeepClone() : Merge(present[match].Item, item, type.Element));
        }

        foreach (var (_, item) in present.Skip(next).Where(candidate => !wanted.Contains(candidate.Element)))
        {
            result.Add(item?.DeepClone());
        }

        return result;
    }
}
