using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Tiketi.LocalCloud.Query;

namespace Tiketi.LocalCloud.CloudFormation.Templates;

/// <summary>One template parameter and the rules that its values keep.</summary>
internal sealed record ParameterDefinition(
    string Name,
    string Type,
    string? Default,
    bool NoEcho,
    string? Description,
    string? ConstraintDescription,
    IReadOnlyList<string>? AllowedValues,
    string? AllowedPattern,
    int? MinLength,
    int? MaxLength,
    decimal? MinValue,
    decimal? MaxValue)
{
    /// <summary>What AWS shows in the place of a NoEcho value.</summary>
    public const string Mask = "****";

    private static readonly TimeSpan PatternTimeout = TimeSpan.FromSeconds(1);

    public bool IsList => Type == "CommaDelimitedList" || Type.StartsWith("List<", StringComparison.Ordinal);

    /// <summary>The value names an entry of the SSM parameter store.</summary>
    public bool IsStoreReference => Type.StartsWith("AWS::SSM::Parameter::Value<", StringComparison.Ordinal);

    public static ParameterDefinition Read(KeyValuePair<string, JsonNode?> entry)
    {
        var (name, node) = entry;
        if (node is not JsonObject parameter || parameter["Type"] is not JsonValue type)
        {
            throw QueryException.Validation("Template format error: Every Parameters object must contain a Type member.");
        }

        if (!IsKnownType(type.ToString()))
        {
            throw QueryException.Validation($"Template format error: Unrecognized parameter type: {type}");
        }

        return new ParameterDefinition(
            name,
            type.ToString(),
            parameter["Default"]?.ToString(),
            string.Equals(parameter["NoEcho"]?.ToString(), "true", StringComparison.OrdinalIgnoreCase),
            parameter["Description"]?.ToString(),
            parameter["ConstraintDescription"]?.ToString(),
            (parameter["AllowedValues"] as JsonArray)?.Select(value => value!.ToString()).ToList(),
            parameter["AllowedPattern"]?.ToString(),
            Number(parameter["MinLength"]) is { } minimum ? (int)minimum : null,
            Number(parameter["MaxLength"]) is { } maximum ? (int)maximum : null,
            Number(parameter["MinValue"]),
            Number(parameter["MaxValue"]));
    }

    /// <exception cref="QueryException">ValidationError, worded as AWS words it, when the value breaks a rule.</exception>
    public void Check(string value)
    {
        if (Violation(value) is { } violation)
        {
            throw QueryException.Validation(ConstraintDescription is { } description
                ? $"Parameter '{Name}' failed to satisfy constraint: {description}"
                : $"Parameter '{Name}' {violation}");
        }
    }

    /// <summary>What <c>Ref</c> gives: a list for list types, a number for Number, else the text.</summary>
    public JsonNode ToNode(string value) => this switch
    {
        { IsList: true } => new JsonArray([.. value.Length == 0 ? [] : value.Split(',').Select(item => (JsonNode)item.Trim())]),
        { Type: "Number" } when decimal.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) => JsonValue.Create(number),
        _ => value,
    };

    private string? Violation(string value)
    {
        if (Type == "Number" && !decimal.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out _))
        {
            return "must be a number";
        }

        var items = IsList ? value.Split(',').Select(item => item.Trim()) : [value];
        if (AllowedValues is { } allowed && items.Any(item => !allowed.Contains(item)))
        {
            return $"must be one of AllowedValues";
        }

        if (AllowedPattern is { } pattern && items.Any(item => !Regex.IsMatch(item, $"^(?:{pattern})$", RegexOptions.None, PatternTimeout)))
        {
            return $"must match pattern {pattern}";
        }

        return this switch
        {
            { MinLength: { } minimum } when value.Length < minimum => $"must contain at least {minimum} characters",
            { MaxLength: { } maximum } when value.Length > maximum => $"must contain at most {maximum} characters",
            { MinValue: { } minimum } when decimal.Parse(value, CultureInfo.InvariantCulture) < minimum => $"must be a number not less than {minimum}",
            { MaxValue: { } maximum } when decimal.Parse(value, CultureInfo.InvariantCulture) > maximum => $"must be a number not greater than {maximum}",
            _ => null,
        };
    }

    private static decimal? Number(JsonNode? node) =>
        node is null ? null : decimal.Parse(node.ToString(), NumberStyles.Float, CultureInfo.InvariantCulture);

    private static bool IsKnownType(string type) =>
        type is "String" or "Number" or "CommaDelimitedList" or "List<Number>" or "List<String>"
        || type.StartsWith("AWS::", StringComparison.Ordinal) || type.StartsWith("List<AWS::", StringComparison.Ordinal);
}
