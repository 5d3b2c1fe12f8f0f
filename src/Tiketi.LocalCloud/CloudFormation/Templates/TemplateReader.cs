using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tiketi.LocalCloud.Query;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Tiketi.LocalCloud.CloudFormation.Templates;

/// <summary>Reads a template's text, YAML or JSON, into one JSON tree in which every short-form tag is its long form.</summary>
internal static class TemplateReader
{
    /// <exception cref="QueryException">ValidationError "Template format error: ..." for text that is neither.</exception>
    public static JsonObject Read(string body)
    {
        var root = body.TrimStart().StartsWith('{') ? ReadJson(body) : ReadYaml(body);
        return root as JsonObject ?? throw QueryException.Validation("Template format error: unsupported structure.");
    }

    private static JsonNode? ReadJson(string body)
    {
        try
        {
            using var document = JsonDocument.Parse(body, new JsonDocumentOptions { AllowDuplicateProperties = false });
            return JsonObject.Create(document.RootElement.Clone())!.DeepClone();
        }
        catch (JsonException error)
        {
            throw QueryException.Validation($"Template format error: JSON not well-formed. (line {error.LineNumber + 1}, column {error.BytePositionInLine + 1})");
        }
    }

    private static JsonNode? ReadYaml(string body)
    {
        try
        {
            var parser = new Parser(new StringReader(body));
            parser.Consume<StreamStart>();
            if (!parser.TryConsume<DocumentStart>(out _))
            {
                return null;
            }

            return ReadNode(parser);
        }
        catch (YamlException error)
        {
            throw QueryException.Validation($"Template format error: YAML not well-formed. (line {error.Start.Line}, column {error.Start.Column})");
        }
    }

    private static JsonNode? ReadNode(IParser parser)
    {
        var start = parser.Consume<ParsingEvent>();
        return start switch
        {
            AnchorAlias => throw QueryException.Validation($"Template format error: YAML aliases are not allowed in CloudFormation templates (line {start.Start.Line})"),
            Scalar scalar => Tagged(scalar, ReadScalar(scalar)),
            SequenceStart sequence => Tagged(sequence, ReadSequence(parser)),
            MappingStart mapping => Tagged(mapping, ReadMapping(parser)),
            _ => throw new YamlException(start.Start, start.End, "unexpected " + start.GetType().Name),
        };
    }

    private static JsonArray ReadSequence(IParser parser)
    {
        var array = new JsonArray();
        while (!parser.TryConsume<SequenceEnd>(out _))
        {
            array.Add(ReadNode(parser));
        }

        return array;
    }

    private static JsonObject ReadMapping(IParser parser)
    {
        var mapping = new JsonObject();
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            var key = parser.Consume<Scalar>();
            if (!mapping.TryAdd(key.Value, ReadNode(parser)))
            {
                throw QueryException.Validation($"Template format error: Duplicate key '{key.Value}' (line {key.Start.Line}, column {key.Start.Column})");
            }
        }

        return mapping;
    }

    /// <summary>A plain scalar has YAML's type; a number that would not be written back the same (an account id, "0123") stays text.</summary>
    private static JsonNode? ReadScalar(Scalar scalar)
    {
        if (scalar.Style != ScalarStyle.Plain || !scalar.Tag.IsEmpty)
        {
            return scalar.Value;
        }

        return scalar.Value switch
        {
            "" or "~" or "null" or "Null" or "NULL" => null,
            "true" or "True" or "TRUE" => true,
            "false" or "False" or "FALSE" => false,
            var text when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
                && number.ToString(CultureInfo.InvariantCulture) == text => number,
            var text when text.Contains('.') && decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
                && number.ToString(CultureInfo.InvariantCulture) == text => number,
            var text => text,
        };
    }

    private static JsonNode? Tagged(NodeEvent node, JsonNode? value)
    {
        if (node.Tag.IsEmpty || node.Tag.IsNonSpecific || node.Tag.Value.StartsWith("tag:yaml.org", StringComparison.Ordinal))
        {
            return value;
        }

        var name = node.Tag.Value.TrimStart('!');
        return name switch
        {
            "Ref" or "Condition" => new JsonObject { [name] = value },
            "GetAtt" when value is JsonValue => new JsonObject { ["Fn::GetAtt"] = SplitAttribute(value.GetValue<string>()) },
            _ => new JsonObject { ["Fn::" + name] = value },
        };
    }

    private static JsonArray SplitAttribute(string text)
    {
        var parts = text.Split('.', 2);
        return parts.Length == 2 ? new JsonArray(parts[0], parts[1]) : new JsonArray(parts[0]);
    }
}
