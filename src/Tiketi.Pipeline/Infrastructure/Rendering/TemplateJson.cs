using System.Globalization;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Tiketi.Pipeline.Infrastructure.Rendering;

/// <summary>A template as JSON, short-form functions (!Ref, !Sub ...) in their long form: what can be evaluated, changed and sent again.</summary>
public static class TemplateJson
{
    /// <summary>Reads YAML, or JSON, which is YAML too.</summary>
    /// <exception cref="PipelineException">The text is no YAML mapping.</exception>
    public static JsonObject Read(string file, string body)
    {
        ArgumentNullException.ThrowIfNull(body);
        try
        {
            var yaml = new YamlStream();
            yaml.Load(new StringReader(body));
            return yaml.Documents.Count > 0 && Node(yaml.Documents[0].RootNode) is JsonObject root
                ? root
                : throw new PipelineException($"{file} is not a CloudFormation template.", $"Correct {file}.");
        }
        catch (YamlException error)
        {
            throw new PipelineException($"{file}({error.Start.Line},{error.Start.Column}): {error.Message}", $"Correct the YAML of {file}.", error);
        }
    }

    private static JsonNode? Node(YamlNode node)
    {
        JsonNode? content = node switch
        {
            YamlMappingNode mapping => new JsonObject(mapping.Children.Select(pair => KeyValuePair.Create(((YamlScalarNode)pair.Key).Value ?? "", Node(pair.Value)))),
            YamlSequenceNode sequence => new JsonArray([.. sequence.Children.Select(Node)]),
            YamlScalarNode scalar => Scalar(scalar),
            _ => null,
        };
        return !node.Tag.IsEmpty && node.Tag.Value is ['!', not '!', ..] tag ? Call(tag[1..], content) : content;
    }

    private static JsonObject Call(string function, JsonNode? argument) => function switch
    {
        "Ref" or "Condition" => new JsonObject { [function] = argument },
        "GetAtt" when argument is JsonValue dotted && dotted.ToString().Split('.', 2) is [var resource, var attribute] =>
            new JsonObject { ["Fn::GetAtt"] = new JsonArray(resource, attribute) },
        _ => new JsonObject { ["Fn::" + function] = argument },
    };

    /// <summary>Only what cannot be meant as a text becomes a number: "1.30" and "007" stay as written.</summary>
    private static JsonValue? Scalar(YamlScalarNode scalar)
    {
        var text = scalar.Value ?? "";
        if (scalar.Style != ScalarStyle.Plain)
        {
            return JsonValue.Create(text);
        }

        return text switch
        {
            "" or "~" or "null" => null,
            "true" or "True" => JsonValue.Create(true),
            "false" or "False" => JsonValue.Create(false),
            _ when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number.ToString(CultureInfo.InvariantCulture) == text => JsonValue.Create(number),
            _ => JsonValue.Create(text),
        };
    }
}
