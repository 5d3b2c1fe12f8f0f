using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Tiketi.LocalCloud.Query;

namespace Tiketi.LocalCloud.CloudFormation.Templates;

/// <summary>What an evaluation may look up outside the template.</summary>
/// <param name="Template">Mappings and conditions come from here.</param>
/// <param name="Parameters">Every parameter's value, as Ref gives it.</param>
/// <param name="Pseudo">AWS::Region and its like.</param>
/// <param name="ResourceId">A resource's Ref, null when the stack has no such resource.</param>
/// <param name="ResourceAttribute">A resource's Fn::GetAtt, null when it has no such attribute.</param>
/// <param name="Export">An exported value by name, null when nobody exports it.</param>
internal sealed record EvaluationScope(
    Template Template,
    IReadOnlyDictionary<string, JsonNode> Parameters,
    PseudoParameters Pseudo,
    Func<string, string?> ResourceId,
    Func<string, string, string?> ResourceAttribute,
    Func<string, string?> Export);

/// <summary>Evaluates intrinsic functions. Every failure is a ValidationError "Template error: ...".</summary>
internal sealed class Evaluator(EvaluationScope scope)
{
    /// <summary>AWS's own placeholder, in a change set, for what only the execution can tell.</summary>
    public const string KnownAfterApply = "{{changeSet:KNOWN_AFTER_APPLY}}";

    private const string JoinShape = "every Fn::Join object requires two parameters, (1) a string delimiter and (2) a list of strings to be joined or a function that returns a list of strings (such as Fn::GetAZs) to be joined.";

    private static readonly string[] ZoneLetters = ["a", "b", "c", "d"];

    private readonly Dictionary<string, bool> _conditions = new(StringComparer.Ordinal);
    private readonly HashSet<string> _open = new(StringComparer.Ordinal);

    /// <summary>The resolved copy of an object; members that are AWS::NoValue are left out.</summary>
    public JsonObject EvaluateObject(JsonObject node)
    {
        var result = new JsonObject();
        foreach (var (name, value) in node)
        {
            if (Evaluate(value) is { } resolved && !ReferenceEquals(resolved, PseudoParameters.NoValue))
            {
                result[name] = resolved;
            }
        }

        return result;
    }

    public JsonNode? Evaluate(JsonNode? node) => node switch
    {
        JsonObject { Count: 1 } mapping when mapping.Single() is var (name, argument) && (name is "Ref" or "Condition" || name.StartsWith("Fn::", StringComparison.Ordinal)) =>
            name == "Condition" && argument is not JsonValue ? EvaluateObject(mapping) : Call(name, argument),
        JsonObject mapping => EvaluateObject(mapping),
        JsonArray list => new JsonArray([.. list.Select(Evaluate).Where(item => !ReferenceEquals(item, PseudoParameters.NoValue))]),
        null => null,
        _ => node.DeepClone(),
    };

    public string EvaluateText(JsonNode? node) => Evaluate(node) is JsonValue value ? Text(value) : throw Error("a text was expected, not " + (node?.ToJsonString() ?? "null"));

    public bool Condition(string name)
    {
        if (_conditions.TryGetValue(name, out var known))
        {
            return known;
        }

        if (!scope.Template.Conditions.TryGetPropertyValue(name, out var expression))
        {
            throw QueryException.Validation($"Template format error: Unresolved condition dependency {name} in the Conditions block of the template");
        }

        if (!_open.Add(name))
        {
            throw QueryException.Validation($"Template format error: Circular dependencies for conditions: [{string.Join(", ", _open)}]");
        }

        var value = Truth(expression);
        _open.Remove(name);
        return _conditions[name] = value;
    }

    private static string Text(JsonValue value) => value.GetValueKind() switch
    {
        System.Text.Json.JsonValueKind.True => "true",
        System.Text.Json.JsonValueKind.False => "false",
        _ => value.ToString(),
    };

    private static QueryException Error(string message) => QueryException.Validation("Template error: " + message);

    private JsonNode? Call(string function, JsonNode? argument) => function switch
    {
        "Ref" => Ref(argument?.ToString() ?? ""),
        "Condition" => Condition(argument!.ToString()),
        "Fn::GetAtt" => GetAtt(argument),
        "Fn::Sub" => Sub(argument),
        "Fn::Join" => Join(argument),
        "Fn::Select" => Select(argument),
        "Fn::Split" => Split(argument),
        "Fn::FindInMap" => FindInMap(argument),
        "Fn::If" => If(argument),
        "Fn::And" or "Fn::Or" or "Fn::Not" or "Fn::Equals" => Truth(new JsonObject { [function] = argument?.DeepClone() }),
        "Fn::ImportValue" => Import(EvaluateText(argument)),
        "Fn::Base64" => EvaluateText(argument) is var text && text.Contains(KnownAfterApply, StringComparison.Ordinal) ? KnownAfterApply : Convert.ToBase64String(Encoding.UTF8.GetBytes(text)),
        "Fn::Cidr" => CidrBlocks(argument),
        "Fn::GetAZs" => Zones(argument),
        _ => throw QueryException.Validation($"Template error: unsupported function: {function}"),
    };

    private JsonNode Ref(string name)
    {
        if (PseudoParameters.IsPseudo(name))
        {
            var value = scope.Pseudo.Value(name) ?? throw QueryException.Validation($"Template format error: Unresolved resource dependencies [{name}] in the Resources block of the template");
            return ReferenceEquals(value, PseudoParameters.NoValue) ? value : value.DeepClone();
        }

        return scope.Parameters.TryGetValue(name, out var parameter) ? parameter.DeepClone()
            : scope.ResourceId(name) ?? throw QueryException.Validation($"Template format error: Unresolved resource dependencies [{name}] in the Resources block of the template");
    }

    private JsonNode GetAtt(JsonNode? argument)
    {
        var parts = argument is JsonArray { Count: 2 } list ? [list[0]!.ToString(), EvaluateText(list[1])] : argument is JsonValue text ? text.ToString().Split('.', 2) : [];
        if (parts.Length != 2)
        {
            throw Error("every Fn::GetAtt object requires two non-empty parameters, the resource name and the resource attribute");
        }

        var value = Attribute(parts[0], parts[1]);
        return value.StartsWith('[') ? JsonNode.Parse(value)! : value;
    }

    private string Attribute(string name, string attribute) => scope.ResourceAttribute(name, attribute)
        ?? throw QueryException.Validation(scope.Template.Resources.TryGetValue(name, out var resource)
            ? $"Template error: resource {name} does not support attribute type {attribute} in Fn::GetAtt ({resource.Type})"
            : $"Template error: instance of Fn::GetAtt references undefined resource {name}");

    private string Sub(JsonNode? argument)
    {
        var (text, variables) = argument switch
        {
            JsonValue value => (value.ToString(), new JsonObject()),
            JsonArray { Count: 2 } list when list[0] is JsonValue value && list[1] is JsonObject map => (value.ToString(), map),
            _ => throw Error("One or more Fn::Sub intrinsic functions don't specify expected arguments. Specify a string as first argument, and an optional second argument to specify a mapping of values to replace in the string"),
        };
        return References.Placeholder().Replace(text, match =>
        {
            var name = match.Groups["name"].Value.Trim();
            if (match.Groups["literal"].Success)
            {
                return "${" + name + "}";
            }

            if (variables.TryGetPropertyValue(name, out var variable))
            {
                return EvaluateText(variable);
            }

            return name.Split('.', 2) is [var resource, var attribute] && !PseudoParameters.IsPseudo(name)
                ? Attribute(resource, attribute)
                : Ref(name) is JsonValue value ? Text(value) : throw Error($"Fn::Sub cannot put the list {name} into a text");
        });
    }

    private string Join(JsonNode? argument)
    {
        if (argument is not JsonArray { Count: 2 } list)
        {
            throw Error(JoinShape);
        }

        var evaluated = Evaluate(list[1]);
        if (IsUnknown(evaluated))
        {
            return KnownAfterApply; // a list that only the execution will tell
        }

        var items = evaluated as JsonArray ?? throw Error(JoinShape);
        return string.Join(EvaluateText(list[0]), items.Select(item => item is JsonValue value ? Text(value) : throw Error(JoinShape)));
    }

    private JsonNode? Select(JsonNode? argument)
    {
        if (argument is JsonArray { Count: 2 } unknown && IsUnknown(Evaluate(unknown[1])))
        {
            return KnownAfterApply;
        }

        if (argument is not JsonArray { Count: 2 } list || Evaluate(list[1]) is not JsonArray items
            || !int.TryParse(EvaluateText(list[0]), CultureInfo.InvariantCulture, out var index))
        {
            throw Error("every Fn::Select object requires two parameters, an index and a list of values");
        }

        return index >= 0 && index < items.Count ? items[index]?.DeepClone()
            : items.Any(IsUnknown) ? KnownAfterApply
            : throw Error($"Fn::Select cannot select nonexistent value at index {index}");
    }

    private static bool IsUnknown(JsonNode? node) => node is JsonValue value && value.ToString().Contains(KnownAfterApply, StringComparison.Ordinal);

    private JsonArray Split(JsonNode? argument)
    {
        if (argument is not JsonArray { Count: 2 } list || EvaluateText(list[0]) is not { Length: > 0 } delimiter)
        {
            throw Error("every Fn::Split object requires two parameters, (1) a string delimiter and (2) a string to be split or a function that returns a string to be split.");
        }

        return new JsonArray([.. EvaluateText(list[1]).Split(delimiter).Select(part => (JsonNode)part)]);
    }

    private JsonNode FindInMap(JsonNode? argument)
    {
        if (argument is not JsonArray { Count: 3 } list)
        {
            throw Error("every Fn::FindInMap object requires three parameters, the map name, map key and the attribute for return value");
        }

        var (map, top, second) = (EvaluateText(list[0]), EvaluateText(list[1]), EvaluateText(list[2]));
        return scope.Template.Mappings[map]?[top]?[second]?.DeepClone() ?? throw Error($"Unable to get mapping for {map}::{top}::{second}");
    }

    private JsonNode? If(JsonNode? argument) => argument is JsonArray { Count: 3 } list
        ? Evaluate(Condition(list[0]!.ToString()) ? list[1] : list[2])
        : throw Error("Fn::If requires a list argument with the first element being a condition");

    private JsonNode Import(string name) => name.Contains(KnownAfterApply, StringComparison.Ordinal) ? KnownAfterApply
        : scope.Export(name) ?? throw QueryException.Validation($"No export named {name} found.");

    private JsonArray CidrBlocks(JsonNode? argument)
    {
        if (argument is not JsonArray { Count: 2 or 3 } list || !int.TryParse(EvaluateText(list[1]), CultureInfo.InvariantCulture, out var count)
            || !int.TryParse(list.Count == 3 ? EvaluateText(list[2]) : "8", CultureInfo.InvariantCulture, out var bits))
        {
            throw Error("every Fn::Cidr object requires two parameters, (1) a CIDR block and (2) a count, and an optional number of subnet bits");
        }

        var text = EvaluateText(list[0]);
        if (text.Contains(KnownAfterApply, StringComparison.Ordinal))
        {
            return new JsonArray([.. Enumerable.Repeat(KnownAfterApply, count).Select(item => (JsonNode)item)]);
        }

        return Cidr.TryParse(text, out var block) && block.Divide(count, bits) is { } blocks
            ? new JsonArray([.. blocks.Select(item => (JsonNode)item.ToString())])
            : throw Error($"Fn::Cidr cannot make {count} blocks with {bits} subnet bits of {text}");
    }

    private JsonArray Zones(JsonNode? argument)
    {
        var region = argument is null ? "" : EvaluateText(argument);
        region = region.Length == 0 ? scope.Pseudo.Region : region;
        return new JsonArray([.. ZoneLetters.Select(letter => (JsonNode)(region + letter))]);
    }

    private bool Truth(JsonNode? expression)
    {
        if (expression is not JsonObject { Count: 1 } mapping)
        {
            throw QueryException.Validation("Template format error: Every Condition member must be a boolean function");
        }

        var (function, argument) = mapping.Single();
        var list = argument as JsonArray;
        return function switch
        {
            "Condition" => Condition(argument!.ToString()),
            "Fn::Equals" when list is { Count: 2 } => JsonNode.DeepEquals(Comparable(list[0]), Comparable(list[1])),
            "Fn::Not" when list is { Count: 1 } => !Truth(list[0]),
            "Fn::And" when list is { Count: >= 2 and <= 10 } => list.Select(Truth).ToList().TrueForAll(item => item),
            "Fn::Or" when list is { Count: >= 2 and <= 10 } => list.Select(Truth).ToList().Exists(item => item),
            _ => throw Error($"every {function} object requires {(function == "Fn::Equals" ? "a list of 2 string parameters" : "its number of boolean parameters")}."),
        };
    }

    /// <summary>Values compare as their texts, as in AWS: 1 equals "1".</summary>
    private JsonNode? Comparable(JsonNode? node) => Evaluate(node) is JsonValue value ? (JsonNode)Text(value) : Evaluate(node);
}
