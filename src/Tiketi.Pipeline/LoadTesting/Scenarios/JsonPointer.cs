using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Tiketi.Pipeline.LoadTesting.Scenarios;

/// <summary>Where a value stands in a JSON document: <c>events[0].id</c>.</summary>
public sealed partial record JsonPointer
{
    private readonly IReadOnlyList<string> _steps;

    private JsonPointer(string text, IReadOnlyList<string> steps) => (Text, _steps) = (text, steps);

    /// <summary>As written.</summary>
    public string Text { get; }

    public static JsonPointer? TryParse(string text) =>
        Form().IsMatch(text) ? new JsonPointer(text, [.. Step().Matches(text).Select(step => step.Value)]) : null;

    /// <summary>The value as text; null where the document has none there.</summary>
    public string? Find(JsonElement root)
    {
        foreach (var step in _steps)
        {
            if (root.ValueKind == JsonValueKind.Array && int.TryParse(step, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < root.GetArrayLength())
            {
                root = root[index];
            }
            else if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty(step, out root))
            {
                return null;
            }
        }

        return root.ValueKind is JsonValueKind.Null or JsonValueKind.Object or JsonValueKind.Array ? null : root.ToString();
    }

    [GeneratedRegex(@"^(?:\[\d+\]|[\w-]+)(?:\.[\w-]+|\[\d+\])*$", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Form();

    [GeneratedRegex(@"[\w-]+", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Step();
}
