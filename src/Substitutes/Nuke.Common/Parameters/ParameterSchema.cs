using System.Text;
using System.Text.Json;
using Nuke.Common.Execution;

namespace Nuke.Common.Parameters;

/// <summary>The JSON schema of .nuke/parameters.json, which editors and the nuke tool read.</summary>
internal static class ParameterSchema
{
    private static readonly string[] s_hosts = ["GitHubActions", "Rider", "Terminal", "VisualStudio", "VSCode"];

    public static string Create(IReadOnlyCollection<ExecutableTarget> targets, IReadOnlyList<ParameterMember> parameters, NukeBuild build)
    {
        using var stream = new MemoryStream();
        var options = new JsonWriterOptions { Indented = true, NewLine = "\n", Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
        using (var writer = new Utf8JsonWriter(stream, options))
        {
            writer.WriteStartObject();
            writer.WriteString("$schema", "http://json-schema.org/draft-04/schema#");
            writer.WriteStartObject("definitions");
            WriteEnum(writer, "Host", s_hosts);
            WriteEnum(writer, "ExecutableTarget", targets.Select(x => x.Name).Order(StringComparer.Ordinal));
            WriteEnum(writer, "Verbosity", Enum.GetNames<Verbosity>());
            writer.WriteStartObject("NukeBuild");
            WriteProperties(writer, parameters.Where(x => x.IsEngine), build);
            writer.WriteEndObject();
            writer.WriteEndObject();
            writer.WriteStartArray("allOf");
            writer.WriteStartObject();
            WriteProperties(writer, parameters.Where(x => !x.IsEngine), build);
            writer.WriteEndObject();
            WriteReference(writer, "NukeBuild");
            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray()) + "\n";
    }

    private static void WriteProperties(Utf8JsonWriter writer, IEnumerable<ParameterMember> parameters, NukeBuild build)
    {
        writer.WriteStartObject("properties");
        foreach (var parameter in parameters.OrderBy(x => x.Name, StringComparer.Ordinal))
        {
            writer.WriteStartObject(parameter.Name);
            if (parameter.IsEngine && parameter.Name is nameof(EngineParameters.Host) or nameof(EngineParameters.Verbosity))
            {
                writer.WriteString("$ref", $"#/definitions/{parameter.Name}");
            }
            else if (parameter.IsCollection)
            {
                writer.WriteString("type", "array");
                WriteDescription(writer, parameter);
                writer.WriteStartObject("items");
                if (parameter.IsEngine && parameter.Name is nameof(EngineParameters.Target) or nameof(EngineParameters.Skip))
                    writer.WriteString("$ref", "#/definitions/ExecutableTarget");
                else
                    WriteType(writer, parameter, build);
                writer.WriteEndObject();
            }
            else
            {
                WriteType(writer, parameter, build);
                WriteDescription(writer, parameter);
            }

            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }

    private static void WriteDescription(Utf8JsonWriter writer, ParameterMember parameter)
    {
        if (parameter.Attribute.Description is { Length: > 0 } description)
            writer.WriteString("description", description);
        if (parameter.IsSecret)
            writer.WriteString("default", "Secrets are given by environment variables");
    }

    private static void WriteType(Utf8JsonWriter writer, ParameterMember parameter, NukeBuild build)
    {
        var type = parameter.ElementType;
        writer.WriteString("type",
            type == typeof(bool) ? "boolean"
            : type == typeof(int) || type == typeof(long) || type == typeof(uint) ? "integer"
            : type == typeof(double) || type == typeof(float) || type == typeof(decimal) ? "number"
            : "string");
        if (type == typeof(int))
            writer.WriteString("format", "int32");
        if (parameter.Attribute.GetValueSet(parameter.Member, build) is not { } values)
            return;
        writer.WriteStartArray("enum");
        foreach (var (text, _) in values)
            writer.WriteStringValue(text);
        writer.WriteEndArray();
    }

    private static void WriteReference(Utf8JsonWriter writer, string definition)
    {
        writer.WriteStartObject();
        writer.WriteString("$ref", $"#/definitions/{definition}");
        writer.WriteEndObject();
    }

    private static void WriteEnum(Utf8JsonWriter writer, string name, IEnumerable<string> values)
    {
        writer.WriteStartObject(name);
        writer.WriteString("type", "string");
        writer.WriteStartArray("enum");
        foreach (var value in values)
            writer.WriteStringValue(value);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}
