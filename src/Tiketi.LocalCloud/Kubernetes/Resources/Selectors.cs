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

            var path = match.Groups[1].Value.Split('.');
            var (negated, value) = (match.Groups[2].Value == "!=", match.Groups[3].Value);
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
            var values = set.Groups[3].Value.Split(',').Select(value => value.Trim()).ToHashSet(StringComparer.Ordinal);
            var (key, negated) = (set.Groups[1].Value, set.Groups[2].Value == "notin");
            return labels => negated ? !labels.TryGetValue(key, out var value) || !values.Contains(value) : labels.TryGetValue(key, out var present) && values.Contains(present);
        }

        if (EqualPattern().Match(text) is { Success: true } equal)
        {
            var (key, wanted) = (equal.Groups[1].Value, equal.Groups[3].Value);
            return equal.Groups[2].Value == "!=" ? labels => labels.GetValueOrDefault(key) != wanted : labels => labels.TryGetValue(key, out var value) && value == wanted;
        }

        if (ExistsPattern().Match(text) is { Success: true } exists)
        {
            var (absent, key) = (exists.Groups[1].Length > 0, exists.Groups[2].Value);
            return labels => labels.ContainsKey(key) != absent;
        }

        throw StatusException.BadRequest($"unable to parse requirement: found '{text}', expected: a key, '=', '!=', 'in' or 'notin'");
    }

    [GeneratedRegex(@",(?![^(]*\))", RegexOptions.None, 1000)]
    private static partial Regex Requirement();

    [GeneratedRegex(@"^([^\s!=]+)\s+(in|notin)\s*\(([^)]*)\)$", RegexOptions.None, 1000)]
    private static partial Regex SetPattern();

    [GeneratedRegex(@"^([^\s!=]+)\s*(==|=|!=)\s*(\S*)$", RegexOptions.None, 1000)]
    private static partial Regex EqualPattern();

    [GeneratedRegex(@"^(!?)\s*([^\s!=(),]+)$", RegexOptions.None, 1000)]
    private static partial Regex ExistsPattern();

    [GeneratedRegex(@"^([^\s!=]+)(==|=|!=)(.*)$", RegexOptions.None, 1000)]
    private static partial Regex FieldPattern();
}
