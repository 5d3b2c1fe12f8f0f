using System.Text.Json.Nodes;
using Tiketi.LocalCloud.Kubernetes.Schema;

namespace Tiketi.LocalCloud.Kubernetes.Apply;

/// <summary>Who owns which fields: metadata.managedFields, read, kept up to date by each write, written back.</summary>
internal sealed class ManagedFields
{
    private static readonly string[] Untracked =
        ["name", "namespace", "creationTimestamp", "selfLink", "uid", "clusterName", "generation", "managedFields", "resourceVersion"];

    private readonly List<Entry> _entries;

    private ManagedFields(List<Entry> entries) => _entries = entries;

    public static ManagedFields Of(JsonObject? body) => new([.. body.Items("metadata", "managedFields").Select(item => new Entry(
        new ManagerKey(item.Text("manager") ?? string.Empty, item.Text("operation") ?? "Update", item.Text("apiVersion") ?? string.Empty, item.Text("subresource") ?? string.Empty),
        item.Text("time"),
        FieldSet.Root(item.Object("fieldsV1"))))]);

    /// <summary>A write other than an apply: what it changed becomes its manager's, and nobody else's.</summary>
    public void Update(JsonObject? before, JsonObject after, TypeRef type, ManagerKey manager, string now)
    {
        var comparison = Comparison.Between(Bare(before), Bare(after), type);
        var changed = Tracked(comparison.Changed, manager.Subresource);
        var lost = Tracked(comparison.Removed, manager.Subresource);
        Disown(manager, changed.Union(lost), now);
        var index = _entries.FindIndex(entry => entry.Key == manager);
        var mine = (index < 0 ? new FieldSet() : _entries[index].Fields).Except(lost).Union(changed);
        Replace(manager, mine, now);
    }

    /// <summary>Merges an applied configuration into the live object, if no other manager owns what it would change.</summary>
    /// <returns>The merged object, before defaulting.</returns>
    /// <exception cref="ApplyConflictException">Other managers own fields that would change, and it was not forced.</exception>
    public JsonObject Apply(JsonObject live, JsonObject applied, TypeRef type, ManagerKey manager, bool force, string now)
    {
        var wanted = Tracked(FieldSet.Of(Bare(applied), type), manager.Subresource);
        var former = _entries.Find(entry => entry.Key == manager)?.Fields ?? new FieldSet();
        var others = _entries.Where(entry => entry.Key != manager).Aggregate(new FieldSet(), (all, entry) => all.Union(entry.Fields));
        var merged = (JsonObject)TypedMerge.Merge(live, applied, type)!;
        TypedMerge.Remove(merged, former.Except(wanted), wanted.Union(others), type);

        var comparison = Comparison.Between(Bare(live), Bare(merged), type);
        var changed = Tracked(comparison.Changed, manager.Subresource);
        if (!force)
        {
            var conflicts = _entries.Where(entry => entry.Key != manager)
                .SelectMany(entry => entry.Fields.Intersect(changed).Paths().Select(path => (entry.Key, path))).ToList();
            if (conflicts.Count > 0)
            {
                throw new ApplyConflictException(conflicts);
            }
        }

        Disown(manager, changed.Union(comparison.Removed), now);
        Replace(manager, wanted, now);
        return merged;
    }

    public void WriteTo(JsonObject body)
    {
        var metadata = body.Ensure("metadata");
        metadata.Remove("managedFields");
        if (_entries.Count > 0)
        {
            metadata["managedFields"] = new JsonArray([.. _entries
                .OrderBy(entry => entry.Key.Operation, StringComparer.Ordinal).ThenBy(entry => entry.Time, StringComparer.Ordinal).ThenBy(entry => entry.Key.Manager, StringComparer.Ordinal)
                .Select(entry => (JsonNode)entry.ToJson())]);
        }
    }

    private void Disown(ManagerKey except, FieldSet fields, string now)
    {
        foreach (var entry in _entries.Where(entry => entry.Key != except).ToList())
        {
            Replace(entry.Key, entry.Fields.Except(fields), entry.Time ?? now);
        }
    }

    private void Replace(ManagerKey key, FieldSet fields, string now)
    {
        var index = _entries.FindIndex(entry => entry.Key == key);
        if (index >= 0 && _entries[index].Fields.SameAs(fields))
        {
            return; // an unchanged entry keeps its time, so that a write without effect stays one
        }

        if (index >= 0)
        {
            _entries.RemoveAt(index);
        }

        if (!fields.IsEmpty)
        {
            _entries.Add(new Entry(key, now, fields));
        }
    }

    private static FieldSet Tracked(FieldSet fields, string subresource)
    {
        var tracked = fields.Without("f:apiVersion").Without("f:kind");
        tracked = Untracked.Aggregate(tracked, (set, name) => set.Without("f:metadata", "f:" + name));
        return subresource switch
        {
            "" => tracked.Without("f:status"),
            "status" => tracked.Only("f:status"),
            _ => tracked,
        };
    }

    private static JsonObject? Bare(JsonObject? body)
    {
        if (body?["metadata"]?["managedFields"] is null)
        {
            return body;
        }

        var copy = body.Copy();
        copy.Ensure("metadata").Remove("managedFields");
        return copy;
    }

    private sealed record Entry(ManagerKey Key, string? Time, FieldSet Fields)
    {
        public JsonObject ToJson()
        {
            var json = new JsonObject { ["manager"] = Key.Manager, ["operation"] = Key.Operation, ["apiVersion"] = Key.ApiVersion };
            if (Time is not null)
            {
                json["time"] = Time;
            }

            json["fieldsType"] = "FieldsV1";
            json["fieldsV1"] = Fields.ToJson();
            if (Key.Subresource.Length > 0)
            {
                json["subresource"] = Key.Subresource;
            }

            return json;
        }
    }
}

/// <summary>Who wrote, how, in which version, through which subresource ("" for the object itself).</summary>
internal sealed record ManagerKey(string Manager, string Operation, string ApiVersion, string Subresource)
{
    public override string ToString()
    {
        var through = Subresource.Length > 0 ? $" with subresource \"{Subresource}\"" : string.Empty;
        return Operation == "Apply" ? $"\"{Manager}\"{through}" : $"\"{Manager}\"{through} using {ApiVersion}";
    }
}

internal sealed class ApplyConflictException(IReadOnlyList<(ManagerKey Manager, string Path)> conflicts) : Exception(Describe(conflicts))
{
    public IReadOnlyList<(ManagerKey Manager, string Path)> Conflicts { get; } = conflicts;

    private static string Describe(IReadOnlyList<(ManagerKey Manager, string Path)> conflicts) => conflicts.Count == 1
        ? $"Apply failed with 1 conflict: conflict with {conflicts[0].Manager}: {conflicts[0].Path}"
        : $"Apply failed with {conflicts.Count} conflicts: " + string.Join('\n', conflicts.GroupBy(conflict => conflict.Manager.ToString()).OrderBy(group => group.Key, StringComparer.Ordinal)
            .SelectMany(group => group.Select(conflict => "- " + conflict.Path).Prepend($"conflicts with {group.Key}:")));
}
