using System.Text.Json;
using System.Text.Json.Nodes;

namespace Tiketi.Pipeline.Infrastructure;

/// <summary>What differs between two values of which CloudFormation may show the whole, as JSON, though one leaf changed.</summary>
internal static class JsonDifference
{
    /// <summary>The leaves that differ, each with its path below the value (".A[0].B"); the values themselves where they are not both JSON.</summary>
    public static IReadOnlyList<(string Path, string? Before, string? After)> Leaves(string? before, string? after)
    {
        if (Parse(before) is not { } old || Parse(after) is not { } now || old.GetType() != now.GetType())
        {
            return [("", before, after)];
        }

        var leaves = new List<(string, string?, string?)>();
        Collect("", old, now, leaves);
        return leaves.Count == 0 ? [("", before, after)] : leaves;
    }

    private static void Collect(string path, JsonNode? old, JsonNode? now, List<(string, string?, string?)> leaves)
    {
        switch (old, now)
        {
            case (JsonObject left, JsonObject right):
                foreach (var name in left.Select(pair => pair.Key).Union(right.Select(pair => pair.Key), StringComparer.Ordinal))
                {
                    Collect($"{path}.{name}", left[name], right[name], leaves);
                }

                break;
            case (JsonArray left, JsonArray right):
                for (var i = 0; i < Math.Max(left.Count, right.Count); i++)
                {
                    Collect($"{path}[{i}]", i < left.Count ? left[i] : null, i < right.Count ? right[i] : null, leaves);
                }

                break;
            default:
                if (!JsonNode.DeepEquals(old, now))
                {
                    leaves.Add((path, Text(old), Text(now)));
                }

                break;
        }
    }

    private static string? Text(JsonNode? node) => node switch
    {
        null => null,
        JsonValue value => value.ToString(),
        _ => node.ToJsonString(),
    };

    private static JsonNode? Parse(string? text)
    {
        if (text?.TrimStart() is not ['{' or '[', ..])
        {
            return null;
        }

        try
        {
            return JsonNode.Parse(text);
        }
        catch (JsonException)
        {
            return null; // "{{resolve:...}}" and the like
        }
    }
}
