using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Tiketi.LocalCloud.Kubernetes.Api;

namespace Tiketi.LocalCloud.Kubernetes.Resources;

/// <summary>Label selectors, as strings in a query and as LabelSelector objects, and field selectors.</summary>
internal static partial class Selectors
{
    /// <summary>Parses <c>a=b,c!=d,e in (f,g),h notin (i),j,!k</c>.</summary>
    public static Func<JsonObject, bool> Labels(string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return _ => true;
        }

        var tests = Requirement().Split(text).Select(part => part.Trim()).Where(part => part.Length > 0).Select(LabelTest).ToList();
        return item =>
        {
            var labels = item.TextMap("metadata", "labels");
            return tests.TrueForAll(test => test(labels));
        };
    }

    /// <summary>Parses <c>metadata.name=a,status.phase!=Running</c>.</summary>
    public static Func<JsonObject, bool> Fields(string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return _ => true;
        }

        var tests = text.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(part =>
        {
            var match = FieldPattern().Match(part.Trim());
            if (!match.Success)
            {
                throw StatusException.BadRequest($"invalid field selector: \"{part}\"; can't understand \"{part}\"");
            }

            var path = match.Groups["key"].Value.Split('.');
            var (negated, value) = (match.Groups["op"].Value == "!=", match.Groups["value"].Value);
            return (Func<JsonObject, bool>)(item => (item.At(path)?.ToString() ?? string.Empty) == value != negated);
        }).ToList();
        return item => tests.TrueForAll(test => test(item));
    }

    /// <summary>Whether a LabelSelector object selects these labels. Null selects nothing, an empty one everything.</summary>
    public static bool Matches(JsonObject? selector, IReadOnlyDictionary<string, string> labels) =>
        selector is not null
        && selector.TextMap("matchLabels").All(pair => labels.GetValueOrDefault(pair.Key) == pair.Value)
        && selector.Items("matchExpressions").All(expression =>
        {
            var present = labels.TryGetValue(expression.Text("key") ?? string.Empty, out var value);
            return expression.Text("operator") switch
            {
                "In" => present && expression.Texts("values").Contains(value, StringComparer.Ordinal),
                "NotIn" => !present || !expression.Texts("values").Contains(value, StringComparer.Ordinal),
                "Exists" => present,
                "DoesNotExist" => !present,
                _ => false,
            };
        });

    /// <summary>Whether a plain map, such as a Service's selector, selects these labels. An empty one selects nothing.</summary>
    public static bool MatchesMap(IReadOnlyDictionary<string, string> selector, IReadOnlyDictionary<string, string> labels) =>
        selector.Count > 0 && selector.All(pair => labels.GetValueOrDefault(pair.Key) == pair.Value);

    private static Predicate<Dictionary<string, string>> LabelTest(string text)
    {
        if (SetPattern().Match(text) is { Success: true } set)
        {
            var values = set.Groups["values"].Value.Split(',').Select(value => value.Trim()).ToHashSet(StringComparer.Ordinal);
            var (key, negated) = (set.Groups["key"].Value, set.Groups["op"].Value == "notin");
            return labels => negated ? !labels.TryGetValue(key, out var value) || !values.Contains(value) : labels.TryGetValue(key, out var present) && values.Contains(present);
        }

        if (EqualPattern().Match(text) is { Success: true } equal)
        {
            var (key, wanted) = (equal.Groups["key"].Value, equal.Groups["value"].Value);
            return equal.Groups["op"].Value == "!=" ? labels => labels.GetValueOrDefault(key) != wanted : labels => labels.TryGetValue(key, out var value) && value == wanted;
        }

        if (ExistsPattern().Match(text) is { Success: true } exists)
        {
            var (absent, key) = (exists.Groups["not"].Length > 0, exists.Groups["key"].Value);
            return labels => labels.ContainsKey(key) != absent;
        }

        throw StatusException.BadRequest($"unable to parse requirement: found '{text}', expected: a key, '=', '!=', 'in' or 'notin'");
    }

    [GeneratedRegex(@",(?![^(]*\))", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Requirement();

    [GeneratedRegex(@"^(?<key>[^\s!=]+)\s+(?<op>in|notin)\s*\((?<values>[^)]*)\)$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex SetPattern();

    [GeneratedRegex(@"^(?<key>[^\s!=]+)\s*(?<op>==|=|!=)\s*(?<value>\S*)$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex EqualPattern();

    [GeneratedRegex(@"^(?<not>!?)\s*(?<key>[^\s!=(),]+)$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex ExistsPattern();

    [GeneratedRegex(@"^(?<key>[^\s!=]+)(?<op>==|=|!=)(?<value>.*)$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex FieldPattern();
}
