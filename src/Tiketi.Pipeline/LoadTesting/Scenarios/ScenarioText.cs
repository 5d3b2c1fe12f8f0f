using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Tiketi.Pipeline.LoadTesting.Scenarios;

/// <summary>Texts with {names} in them.</summary>
internal static partial class ScenarioText
{
    /// <summary>The name that stands for another text in each visit.</summary>
    public const string Unique = "unique";

    /// <summary>All names that a step uses.</summary>
    public static IEnumerable<string> NamesIn(ScenarioStep step) => NamesIn(step.Headers.Values.Prepend(step.Path).Concat(Strings(step.Body)));

    /// <inheritdoc cref="NamesIn(ScenarioStep)"/>
    public static IEnumerable<string> NamesIn(QueueFollow follow) => NamesIn(Strings(follow.Auth).Concat(Strings(follow.Message)));

    private static IEnumerable<string> NamesIn(IEnumerable<string> texts) =>
        texts.SelectMany(text => Name().Matches(text)).Select(match => match.Groups["name"].Value).Distinct(StringComparer.Ordinal);

    /// <param name="text">As in the file.</param>
    /// <param name="values">By name; every name is there, since the file was checked.</param>
    public static string Fill(string text, IReadOnlyDictionary<string, string> values) =>
        text.Contains('{', StringComparison.Ordinal) ? Name().Replace(text, match => values[match.Groups["name"].Value]) : text;

    public static JsonNode? Fill(JsonNode? body, IReadOnlyDictionary<string, string> values) => body switch
    {
        JsonObject mapping => new JsonObject(mapping.Select(entry => KeyValuePair.Create(entry.Key, Fill(entry.Value, values)))),
        JsonArray list => new JsonArray([.. list.Select(item => Fill(item, values))]),
        JsonValue value when value.TryGetValue<string>(out var text) => Fill(text, values),
        _ => body?.DeepClone(),
    };

    private static IEnumerable<string> Strings(JsonNode? body) => body switch
    {
        JsonObject mapping => mapping.SelectMany(entry => Strings(entry.Value)),
        JsonArray list => list.SelectMany(Strings),
        JsonValue value when value.TryGetValue<string>(out var text) => [text],
        _ => [],
    };

    [GeneratedRegex(@"\{(?<name>\w+)\}", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Name();
}
