using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Tiketi.Pipeline.Kubernetes;

/// <summary>One field that differs.</summary>
/// <param name="Path">"spec.template.spec.containers[app].image".</param>
/// <param name="Before">JSON as it is; null where the field is new.</param>
/// <param name="After">JSON as wanted; null where the field goes.</param>
public sealed record FieldChange(string Path, string? Before, string? After)
{
    /// <summary>"image: "a" -> "b"", "+ image: "b"" or "- image: "a"".</summary>
    public override string ToString() => (Before, After) switch
    {
        (null, _) => $"+ {Path}: {After}",
        (_, null) => $"- {Path}: {Before}",
        _ => $"{Path}: {Before} -> {After}",
    };
}

/// <summary>What lies between two states of one object, field by field, without telling secrets.</summary>
internal static partial class FieldDiff
{
    private const string Hidden = "(secret)";
    private const int Longest = 120;

    public static IReadOnlyList<FieldChange> Between(JsonObject before, JsonObject after) =>
        [.. Compare("", before, after, before.Text("kind") == "Secret" || after.Text("kind") == "Secret")];

    private static IEnumerable<FieldChange> Compare(string path, JsonNode? before, JsonNode? after, bool secret)
    {
        if (JsonNode.DeepEquals(before, after))
        {
            return [];
        }

        return (before, after) switch
        {
            (JsonObject one, JsonObject two) => Keys(one, two).SelectMany(key =>
                Compare(path.Length == 0 ? key : $"{path}.{key}", one[key], two[key], secret || IsSecret(key, one, two))),
            (JsonArray one, JsonArray two) => CompareLists(path, one, two, secret),
            _ => [new FieldChange(path, Show(path, before, secret), Show(path, after, secret))],
        };
    }

    /// <summary>Items are matched by what names them, as the API server does, so that one container more is not five changed ones.</summary>
    private static IEnumerable<FieldChange> CompareLists(string path, JsonArray before, JsonArray after, bool secret)
    {
        var (one, two) = (ByName(before), ByName(after));
        return one.Keys.Union(two.Keys, StringComparer.Ordinal)
            .SelectMany(name => Compare($"{path}[{name}]", one.GetValueOrDefault(name), two.GetValueOrDefault(name), secret));
    }

    private static Dictionary<string, JsonNode?> ByName(JsonArray items)
    {
        var names = items.Select(NameOf).ToList();
        var unique = !names.Contains(null) && names.Distinct(StringComparer.Ordinal).Count() == names.Count;
        return items.Select((item, index) => (Name: unique ? names[index]! : $"{index}", Item: item))
            .ToDictionary(pair => pair.Name, pair => pair.Item, StringComparer.Ordinal);
    }

    private static string? NameOf(JsonNode? item) =>
        item.Text("name") ?? item.Text("containerPort") ?? item.Text("port") ?? item.Text("mountPath") ?? item.Text("ip") ?? item.Text("topologyKey") ?? item.Text("path");

    private static IEnumerable<string> Keys(JsonObject one, JsonObject two) => one.Select(pair => pair.Key).Union(two.Select(pair => pair.Key), StringComparer.Ordinal);

    /// <summary>The value of an environment variable, a key of a ConfigMap or an annotation whose name says that it is a secret.</summary>
    private static bool IsSecret(string key, params ReadOnlySpan<JsonObject> owners)
    {
        if (key != "value")
        {
            return SecretName().IsMatch(key);
        }

        foreach (var owner in owners)
        {
            if (SecretName().IsMatch(owner.Text("name") ?? ""))
            {
                return true;
            }
        }

        return false;
    }

    private static string? Show(string path, JsonNode? value, bool secret)
    {
        if (value is null)
        {
            return null;
        }

        if (secret && IsContent(path))
        {
            return Hidden;
        }

        var text = Mask(value).ToJsonString(Readable);
        return text.Length <= Longest ? text : text[..Longest] + "...";
    }

    /// <summary>Of a Secret only its metadata may be read.</summary>
    private static bool IsContent(string path) => !path.StartsWith("metadata.", StringComparison.Ordinal) && path is not ("kind" or "apiVersion" or "type" or "immutable");

    /// <summary>A whole new container or ConfigMap is shown as JSON: its secrets go too.</summary>
    private static JsonNode Mask(JsonNode value)
    {
        var copy = value.DeepClone();
        foreach (var item in Objects(copy))
        {
            foreach (var key in item.Select(pair => pair.Key).ToList())
            {
                if (item[key] is JsonValue && IsSecret(key, item))
                {
                    item[key] = Hidden;
                }
            }
        }

        return copy;
    }

    private static IEnumerable<JsonObject> Objects(JsonNode? node) => node switch
    {
        JsonObject item => item.SelectMany(pair => Objects(pair.Value)).Prepend(item),
        JsonArray items => items.SelectMany(Objects),
        _ => [],
    };

    private static readonly JsonSerializerOptions Readable = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    // A word of its own: imagePullSecrets and automountServiceAccountToken are no secrets.
    [GeneratedRegex("(?:^|[_.-])(?:PASSWORD|PASSWD|SECRET|TOKEN|API_?KEY|ACCESS_?KEY|PRIVATE_?KEY|CREDENTIALS?)$", RegexOptions.IgnoreCase, 1000)]
    private static partial Regex SecretName();
}
