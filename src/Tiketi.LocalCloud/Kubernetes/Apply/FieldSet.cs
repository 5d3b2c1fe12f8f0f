using System.Text.Json.Nodes;
using Tiketi.LocalCloud.Kubernetes.Schema;

namespace Tiketi.LocalCloud.Kubernetes.Apply;

/// <summary>
/// A set of field paths, as a tree whose edges are path elements in FieldsV1 notation: "f:NAME" a field, "k:{KEYS}" a keyed
/// list item, "v:VALUE" a member of a set.
/// </summary>
internal sealed class FieldSet
{
    private readonly SortedDictionary<string, FieldSet> _children = new(StringComparer.Ordinal);

    /// <summary>The path that leads here is itself in the set.</summary>
    public bool IsMember { get; private set; }

    public IReadOnlyDictionary<string, FieldSet> Children => _children;

    public bool IsEmpty => !IsMember && _children.Count == 0;

    public static FieldSet FromJson(JsonObject fields)
    {
        var set = new FieldSet { IsMember = fields.Count == 0 };
        foreach (var (name, value) in fields)
        {
            if (name == ".")
            {
                set.IsMember = true;
            }
            else
            {
                set._children[name] = FromJson(value as JsonObject ?? []);
            }
        }

        return set;
    }

    /// <summary>FieldsV1 of a whole object.</summary>
    public static FieldSet Root(JsonObject? fields)
    {
        var set = FromJson(fields ?? []);
        set.IsMember = false;
        return set;
    }

    public JsonObject ToJson()
    {
        var json = new JsonObject();
        if (IsMember && _children.Count > 0)
        {
            json["."] = new JsonObject();
        }

        foreach (var (name, child) in _children)
        {
            json[name] = child.ToJson();
        }

        return json;
    }

    /// <summary>Every path at which a value is held: what applying or creating this value owns.</summary>
    public static FieldSet Of(JsonNode? value, TypeRef type)
    {
        var set = new FieldSet();
        switch (value)
        {
            case JsonObject map when !type.IsAtomic && map.Count > 0:
                foreach (var (name, item) in map)
                {
                    var child = Of(item, type.Member(name) ?? TypeRef.Any);
                    child.IsMember |= child._children.Count == 0 && item is not JsonArray { Count: 0 };
                    child.IsMember |= type.Kind == TypeKind.Map;
                    set.AddChild("f:" + name, child);
                }

                break;
            case JsonArray list when type is { Kind: TypeKind.List, Keys: not null }:
                foreach (var item in list)
                {
                    var child = type.Keys.Count == 0 ? new FieldSet() : Of(item, type.Element);
                    child.IsMember = true;
                    set.AddChild(ElementOf(item, type), child);
                }

                break;
            default:
                set.IsMember = true;
                break;
        }

        return set;
    }

    /// <summary>The path element of a list's item.</summary>
    public static string ElementOf(JsonNode? item, TypeRef list)
    {
        if (list.Keys!.Count == 0)
        {
            return "v:" + item.Compact();
        }

        var keys = new JsonObject();
        foreach (var key in list.Keys.Order(StringComparer.Ordinal))
        {
            keys[key] = item.At(key)?.DeepClone() ?? (key == "protocol" ? "TCP" : null);
        }

        return "k:" + keys.Compact();
    }

    public FieldSet Union(FieldSet other)
    {
        var set = new FieldSet { IsMember = IsMember || other.IsMember };
        foreach (var (name, child) in _children)
        {
            set._children[name] = other._children.TryGetValue(name, out var match) ? child.Union(match) : child;
        }

        foreach (var (name, child) in other._children)
        {
            set._children.TryAdd(name, child);
        }

        return set;
    }

    public FieldSet Intersect(FieldSet other) => Combine(other, (mine, theirs) => mine && theirs, (mine, theirs) => theirs is null ? new FieldSet() : mine.Intersect(theirs));

    public FieldSet Except(FieldSet other) => Combine(other, (mine, theirs) => mine && !theirs, (mine, theirs) => theirs is null ? mine : mine.Except(theirs));

    /// <summary>Without what lies at or below a path.</summary>
    public FieldSet Without(params ReadOnlySpan<string> path)
    {
        var set = new FieldSet { IsMember = IsMember };
        foreach (var (name, child) in _children)
        {
            if (name != path[0])
            {
                set._children[name] = child;
            }
            else if (path.Length > 1)
            {
                set.AddChild(name, child.Without(path[1..]));
            }
        }

        return set;
    }

    /// <summary>Only what lies below a path.</summary>
    public FieldSet Only(string name)
    {
        var set = new FieldSet();
        if (_children.TryGetValue(name, out var child))
        {
            set._children[name] = child;
        }

        return set;
    }

    public bool SameAs(FieldSet other) =>
        IsMember == other.IsMember && _children.Count == other._children.Count
        && _children.All(pair => other._children.TryGetValue(pair.Key, out var match) && pair.Value.SameAs(match));

    /// <summary>The paths as messages show them: <c>.spec.containers[name="app"].image</c>.</summary>
    public IEnumerable<string> Paths(string prefix = "")
    {
        if (IsMember && prefix.Length > 0)
        {
            yield return prefix;
        }

        foreach (var (name, child) in _children)
        {
            foreach (var path in child.Paths(prefix + Show(name)))
            {
                yield return path;
            }
        }
    }

    public void AddChild(string name, FieldSet child)
    {
        if (!child.IsEmpty)
        {
            _children[name] = child;
        }
    }

    public static FieldSet Member() => new() { IsMember = true };

    private static string Show(string element) => element[..2] switch
    {
        "f:" => "." + element[2..],
        "k:" => $"[{string.Join(",", ((JsonObject)JsonNode.Parse(element[2..])!).Select(pair => $"{pair.Key}={pair.Value.Compact()}"))}]",
        _ => $"[={element[2..]}]",
    };

    private FieldSet Combine(FieldSet other, Func<bool, bool, bool> member, Func<FieldSet, FieldSet?, FieldSet> child)
    {
        var set = new FieldSet { IsMember = member(IsMember, other.IsMember) };
        foreach (var (name, mine) in _children)
        {
            set.AddChild(name, child(mine, other._children.GetValueOrDefault(name)));
        }

        return set;
    }
}
