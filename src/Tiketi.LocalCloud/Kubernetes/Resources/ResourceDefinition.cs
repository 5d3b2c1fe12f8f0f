using System.Text.Json.Nodes;
using Tiketi.LocalCloud.Kubernetes.Schema;

namespace Tiketi.LocalCloud.Kubernetes.Resources;

/// <summary>One kind that the API serves.</summary>
internal sealed record ResourceDefinition(string Group, string Version, string Kind, string Plural, bool Namespaced, TypeRef Type)
{
    public string Singular { get; init; } = Kind.ToLowerInvariant();

    public IReadOnlyList<string> ShortNames { get; init; } = [];

    public IReadOnlyList<string> Categories { get; init; } = [];

    public bool HasStatus { get; init; }

    public bool HasScale { get; init; }

    public IReadOnlyList<Column> Columns { get; init; } = Column.NameAndAge;

    /// <summary>Comes from a CustomResourceDefinition.</summary>
    public bool IsCustom { get; init; }

    public string ApiVersion => Group.Length == 0 ? Version : $"{Group}/{Version}";

    /// <summary>As error messages name it: "deployments.apps", "pods".</summary>
    public string QualifiedName => Group.Length == 0 ? Plural : $"{Plural}.{Group}";
}

/// <summary>A column of the table that kubectl get prints.</summary>
/// <param name="Name">The heading.</param>
/// <param name="Type">"string", "integer" or "date".</param>
/// <param name="Priority">0: always shown, 1: with -o wide.</param>
/// <param name="Cell">The cell, given the object and the present time.</param>
internal sealed record Column(string Name, string Type, int Priority, Func<JsonObject, DateTimeOffset, JsonNode?> Cell)
{
    public static readonly Column NameColumn = new("Name", "string", 0, (item, _) => item.Name());

    public static readonly Column Age = new("Age", "string", 0, (item, now) => Ages.Since(item, now));

    public static readonly IReadOnlyList<Column> NameAndAge = [NameColumn, Age];

    public static Column Text(string name, Func<JsonObject, string?> cell, bool wide = false) =>
        new(name, "string", wide ? 1 : 0, (item, _) => cell(item) is { Length: > 0 } text ? text : "<none>");

    public static Column Number(string name, Func<JsonObject, long?> cell, bool wide = false) =>
        new(name, "integer", wide ? 1 : 0, (item, _) => cell(item) ?? 0);
}
