using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Tiketi.LocalCloud.CloudFormation.Templates;

/// <summary>One use of a parameter, pseudo parameter or resource (<see cref="Attribute"/> null: Ref).</summary>
internal sealed record Reference(string Name, string? Attribute);

/// <summary>Finds what an expression refers to, without evaluating it.</summary>
internal static partial class References
{
    /// <summary>Every <c>Ref</c>, <c>Fn::GetAtt</c> and <c>${...}</c> of a <c>Fn::Sub</c> in the expression, at any depth.</summary>
    public static IEnumerable<Reference> In(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject { Count: 1 } function when function.Single() is { Key: "Ref", Value: JsonValue name }:
                return [new Reference(name.ToString(), null)];
            case JsonObject { Count: 1 } function when function.Single() is { Key: "Fn::GetAtt", Value: JsonArray { Count: 2 } parts }:
                return [new Reference(parts[0]!.ToString(), (parts[1] as JsonValue)?.ToString() ?? ""), .. In(parts[1])];
            case JsonObject { Count: 1 } function when function.Single() is { Key: "Fn::GetAtt", Value: JsonValue text }:
                var split = text.ToString().Split('.', 2);
                return [new Reference(split[0], split.ElementAtOrDefault(1) ?? "")];
            case JsonObject { Count: 1 } function when function.Single() is { Key: "Fn::Sub", Value: { } substitution }:
                return InSubstitution(substitution);
            case JsonObject mapping:
                return mapping.SelectMany(pair => In(pair.Value));
            case JsonArray list:
                return list.SelectMany(In);
            default:
                return [];
        }
    }

    /// <summary>Names of conditions that the expression asks for in <c>Fn::If</c> or <c>Condition</c>.</summary>
    public static IEnumerable<string> ConditionsIn(JsonNode? node) => node switch
    {
        JsonObject { Count: 1 } function when function.Single() is { Key: "Fn::If", Value: JsonArray { Count: 3 } parts } =>
            [parts[0]!.ToString(), .. ConditionsIn(parts[1]), .. ConditionsIn(parts[2])],
        JsonObject { Count: 1 } function when function.Single() is { Key: "Condition", Value: JsonValue name } => [name.ToString()],
        JsonObject mapping => mapping.SelectMany(pair => ConditionsIn(pair.Value)),
        JsonArray list => list.SelectMany(ConditionsIn),
        _ => [],
    };

    /// <summary>The expressions inside each <c>Fn::ImportValue</c>.</summary>
    public static IEnumerable<JsonNode> ImportsIn(JsonNode? node) => node switch
    {
        JsonObject { Count: 1 } function when function.Single() is { Key: "Fn::ImportValue", Value: { } name } => [name],
        JsonObject mapping => mapping.SelectMany(pair => ImportsIn(pair.Value)),
        JsonArray list => list.SelectMany(ImportsIn),
        _ => [],
    };

    /// <summary>The placeholders of a Fn::Sub text; <c>${!Literal}</c> is none.</summary>
    [GeneratedRegex(@"\$\{(?<literal>!)?(?<name>[^{}]*)\}", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    public static partial Regex Placeholder();

    private static IEnumerable<Reference> InSubstitution(JsonNode substitution)
    {
        var text = (substitution is JsonArray list ? list[0] : substitution)?.ToString() ?? "";
        var local = substitution is JsonArray { Count: 2 } pair ? pair[1] as JsonObject : null;
        var names = Placeholder().Matches(text)
            .Where(match => !match.Groups["literal"].Success)
            .Select(match => match.Groups["name"].Value.Trim())
            .Where(name => local?.ContainsKey(name) != true)
            .Select(name => name.Split('.', 2))
            .Select(parts => new Reference(parts[0], parts.ElementAtOrDefault(1)));
        return [.. names, .. In(local)];
    }
}
