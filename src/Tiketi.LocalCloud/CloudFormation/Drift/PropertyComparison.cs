using System.Text.Json.Nodes;

namespace Tiketi.LocalCloud.CloudFormation.Drift;

/// <summary>One property that is not what the template states.</summary>
/// <param name="Path">"/LifecycleConfiguration/Rules/0/Status".</param>
/// <param name="Kind">ADD, REMOVE, NOT_EQUAL.</param>
internal sealed record PropertyDifference(string Path, string Expected, string Actual, string Kind);

/// <summary>
/// Compares as CloudFormation's drift detection does: only what the template states, so that a default which somebody changed
/// is not seen; texts that mean the same value are equal; the order of a list says nothing.
/// </summary>
internal static class PropertyComparison
{
    /// <param name="expected">What the template states.</param>
    /// <param name="actual">What there is; a property that it leaves out was not looked at.</param>
    public static IReadOnlyList<PropertyDifference> Differences(JsonObject expected, JsonObject actual) =>
        [.. Members("", new JsonObject(expected.Where(property => actual.ContainsKey(property.Key)).Select(property => KeyValuePair.Create(property.Key, property.Value?.DeepClone()))), actual)];

    private static IEnumerable<PropertyDifference> Members(string path, JsonObject expected, JsonObject actual) =>
        expected.Where(member => member.Value is not null).SelectMany(member => Compare($"{path}/{member.Key}", member.Value!, actual[member.Key]));

    private static IEnumerable<PropertyDifference> Compare(string path, JsonNode expected, JsonNode? actual) => (expected, actual) switch
    {
        (_, null) => IsEmpty(expected) ? [] : [new PropertyDifference(path, Shown(expected), "null", "REMOVE")],
        (JsonObject left, JsonObject right) => Members(path, left, right),
        (JsonArray left, JsonArray right) => Lists(path, left, right),
        _ => AreEqual(expected, actual) ? [] : [new PropertyDifference(path, Shown(expected), Shown(actual), "NOT_EQUAL")],
    };

    private static IEnumerable<PropertyDifference> Lists(string path, JsonArray expected, JsonArray actual)
    {
        var left = expected.Select((node, position) => (Node: node!, Position: position)).ToList();
        var right = actual.Select((node, position) => (Node: node!, Position: position)).ToList();
        foreach (var item in left.ToList())
        {
            var match = right.FindIndex(other => AreEqual(item.Node, other.Node));
            if (match >= 0)
            {
                left.Remove(item);
                right.RemoveAt(match);
            }
        }

        // As many too few as too many: they are taken for changed ones.
        return left.Count == right.Count
            ? left.Zip(right).SelectMany(pair => Compare($"{path}/{pair.First.Position}", pair.First.Node, pair.Second.Node))
            : left.Select(item => new PropertyDifference($"{path}/{item.Position}", Shown(item.Node), "null", "REMOVE"))
                .Concat(right.Select(item => new PropertyDifference($"{path}/{item.Position}", "null", Shown(item.Node), "ADD")));
    }

    private static bool AreEqual(JsonNode expected, JsonNode actual) => (expected, actual) switch
    {
        (JsonObject left, JsonObject right) => !Members("", left, right).Any(),
        (JsonArray left, JsonArray right) => !Lists("", left, right).Any(),
        (JsonValue left, JsonValue right) => string.Equals(Text(left), Text(right), StringComparison.Ordinal),
        (JsonArray { Count: 1 } one, _) => AreEqual(one[0]!, actual), // policies: "x" is as good as ["x"]
        (_, JsonArray { Count: 1 } one) => AreEqual(expected, one[0]!),
        _ => false,
    };

    private static bool IsEmpty(JsonNode node) => node switch
    {
        JsonArray list => list.Count == 0,
        JsonObject mapping => mapping.All(member => member.Value is null || IsEmpty(member.Value)),
        _ => Text(node) is "" or "false",
    };

    private static string Text(JsonNode? node) => node is JsonValue value && value.TryGetValue<bool>(out var flag) ? (flag ? "true" : "false") : node?.ToString() ?? "";

    private static string Shown(JsonNode? node) => node is JsonValue ? Text(node) : node?.ToJsonString() ?? "null";
}
