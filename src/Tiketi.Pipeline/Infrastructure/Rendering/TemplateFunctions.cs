using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Tiketi.Pipeline.Infrastructure.Rendering;

/// <summary>Evaluates CloudFormation's intrinsic functions over parameters, mappings and conditions; resources' own values stay names.</summary>
internal sealed partial class TemplateFunctions(string file, JsonObject template, IReadOnlyDictionary<string, string> parameters, string stackName, string region)
{
    private readonly Dictionary<string, bool> _conditions = new(StringComparer.Ordinal);

    /// <summary>AWS::NoValue: the property is as good as not written.</summary>
    private static readonly JsonNode NoValue = JsonValue.Create("AWS::NoValue");

    public bool Condition(string name)
    {
        if (!_conditions.TryGetValue(name, out var holds))
        {
            holds = Holds((template["Conditions"] as JsonObject)?[name] ?? throw Wrong($"there is no condition {name}"));
            _conditions[name] = holds;
        }

        return holds;
    }

    public JsonNode? Evaluate(JsonNode? node) => node switch
    {
        JsonObject { Count: 1 } call when call.First() is var (name, argument) && (name == "Ref" || name.StartsWith("Fn::", StringComparison.Ordinal)) => Call(name, argument),
        JsonObject mapping => new JsonObject(mapping.Select(pair => KeyValuePair.Create(pair.Key, Evaluate(pair.Value))).Where(pair => !ReferenceEquals(pair.Value, NoValue)).ToList()),
        JsonArray list => new JsonArray([.. list.Select(Evaluate).Where(item => !ReferenceEquals(item, NoValue))]),
        _ => node?.DeepClone(),
    };

    private JsonNode? Call(string function, JsonNode? argument)
    {
        switch (function)
        {
            case "Ref":
                return Reference(argument!.ToString());
            case "Fn::GetAtt":
                return $"${{{string.Join('.', argument is JsonArray parts ? parts.Select(part => Scalars.Text(Evaluate(part))) : [argument!.ToString()])}}}";
            case "Fn::Sub":
                return Substitute(argument);
            case "Fn::Join":
                return string.Join(Scalars.Text(List(argument)[0]), (Evaluate(List(argument)[1]) as JsonArray ?? []).Select(Scalars.Text));
            case "Fn::Split":
                return new JsonArray([.. Scalars.Text(Evaluate(List(argument)[1])).Split(Scalars.Text(List(argument)[0])).Select(part => (JsonNode)part)]);
            case "Fn::Select":
                return Select(argument);
            case "Fn::If":
                return Evaluate(List(argument)[Condition(List(argument)[0]!.ToString()) ? 1 : 2]);
            case "Fn::ImportValue":
                return $"${{import:{Scalars.Text(Evaluate(argument))}}}";
            case "Fn::FindInMap":
                return Find([.. List(argument).Take(3).Select(key => Scalars.Text(Evaluate(key)))]);
            case "Fn::GetAZs":
                return new JsonArray([.. "abc".Select(zone => (JsonNode)$"{region}{zone}")]);
            case "Fn::Base64":
                return Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(Scalars.Text(Evaluate(argument))));
            case "Fn::Equals" or "Fn::And" or "Fn::Or" or "Fn::Not":
                return Holds(new JsonObject { [function] = argument?.DeepClone() });
            default:
                throw Wrong($"{function} is a function that Tiketi.Pipeline cannot evaluate");
        }
    }

    private JsonNode Reference(string name) => name switch
    {
        "AWS::NoValue" => NoValue,
        _ when parameters.TryGetValue(name, out var value) => IsList(name) ? new JsonArray([.. value.Split(',').Select(part => (JsonNode)part.Trim())]) : value,
        _ => Pseudo(name) ?? $"${{{name}}}",
    };

    private bool IsList(string parameter) =>
        template["Parameters"]?[parameter]?["Type"]?.ToString() is { } type && (type == "CommaDelimitedList" || type.StartsWith("List<", StringComparison.Ordinal));

    /// <summary>The account is not known before something is asked of AWS, and nothing here depends on it.</summary>
    private string? Pseudo(string name) => name switch
    {
        "AWS::Region" => region,
        "AWS::StackName" => stackName,
        "AWS::Partition" => "aws",
        "AWS::URLSuffix" => "amazonaws.com",
        _ => null,
    };

    private string Substitute(JsonNode? argument)
    {
        var own = argument is JsonArray { Count: 2 } pair ? pair[1] as JsonObject ?? [] : [];
        var text = argument is JsonArray list ? list[0]!.ToString() : argument!.ToString();
        return Placeholder().Replace(text, match => match.Groups["name"].Value switch
        {
            ['!', .. var literal] => $"${{{literal}}}",
            var name when own.ContainsKey(name) => Scalars.Text(Evaluate(own[name])),
            var name => parameters.GetValueOrDefault(name) ?? Pseudo(name) ?? match.Value,
        });
    }

    private JsonNode? Select(JsonNode? argument)
    {
        var position = Scalars.Text(Evaluate(List(argument)[0]));
        var from = Evaluate(List(argument)[1]);
        return int.TryParse(position, out var index) && from is JsonArray list && index < list.Count ? list[index]?.DeepClone() : $"${{Select {position} of {Scalars.Text(from)}}}";
    }

    private JsonNode Find(string[] keys) =>
        template["Mappings"]?[keys[0]]?[keys[1]]?[keys[2]]?.DeepClone() ?? throw Wrong($"the mapping {string.Join('.', keys)} is missing");

    private bool Holds(JsonNode node)
    {
        var (function, argument) = node is JsonObject { Count: 1 } call ? call.First() : throw Wrong($"{node.ToJsonString()} is no condition");
        return function switch
        {
            "Condition" => Condition(argument!.ToString()),
            "Fn::Equals" => Scalars.Text(Evaluate(List(argument)[0])) == Scalars.Text(Evaluate(List(argument)[1])),
            "Fn::Not" => !Holds(List(argument)[0]!),
            "Fn::And" => List(argument).All(one => Holds(one!)),
            "Fn::Or" => List(argument).Any(one => Holds(one!)),
            _ => throw Wrong($"{function} is no condition function"),
        };
    }

    private JsonArray List(JsonNode? argument) => argument as JsonArray ?? throw Wrong("a function's argument should be a list");

    private PipelineException Wrong(string what) => new($"{file}: {what}.", $"Correct {file}.");

    [GeneratedRegex(@"\$\{(?<name>[^}]+)\}", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Placeholder();
}
