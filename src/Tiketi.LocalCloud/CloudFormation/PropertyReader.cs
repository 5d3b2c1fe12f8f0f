using System.Globalization;
using System.Text.Json.Nodes;

namespace Tiketi.LocalCloud.CloudFormation;

/// <summary>Reads resource properties as CloudFormation does: a text "2" is as good as the number 2, "true" as good as true.</summary>
internal static class PropertyReader
{
    public static string? Text(this JsonObject properties, string name) => properties[name] switch
    {
        null => null,
        JsonValue value when value.TryGetValue<bool>(out var flag) => flag ? "true" : "false",
        JsonValue value => value.ToString(),
        var other => other.ToJsonString(),
    };

    /// <exception cref="ResourceException">The property is missing.</exception>
    public static string RequiredText(this JsonObject properties, string name) =>
        properties.Text(name) ?? throw new ResourceException($"Properties validation failed for resource with message: #: required key [{name}] not found");

    public static bool Flag(this JsonObject properties, string name, bool otherwise = false) =>
        properties.Text(name) is { } text ? string.Equals(text, "true", StringComparison.OrdinalIgnoreCase) : otherwise;

    /// <exception cref="ResourceException">The property is no number.</exception>
    public static int? Number(this JsonObject properties, string name) => properties.Text(name) is not { } text ? null
        : int.TryParse(text, CultureInfo.InvariantCulture, out var number) ? number
        : throw new ResourceException($"Properties validation failed for resource with message: #/{name}: expected type: Integer, found: {text}");

    /// <summary>The list's texts; empty when there is none.</summary>
    public static IReadOnlyList<string> Texts(this JsonObject properties, string name) => properties[name] switch
    {
        null => [],
        JsonArray list => [.. list.Select(item => item!.ToString())],
        var one => [one.ToString()],
    };

    public static IReadOnlyList<JsonObject> Objects(this JsonObject properties, string name) => [.. (properties[name] as JsonArray ?? []).OfType<JsonObject>()];
}
