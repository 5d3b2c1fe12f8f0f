using System.Text.Json.Nodes;

namespace Tiketi.Pipeline.Infrastructure.Rendering;

/// <summary>One resource as an environment gets it: its condition holds, its functions are evaluated as far as they can be before there is anything.</summary>
/// <param name="LogicalId">Its name in the template.</param>
/// <param name="Type">"AWS::S3::Bucket" ...</param>
/// <param name="DeletionPolicy">"Delete", "Retain", "Snapshot", "RetainExceptOnCreate" as written; null: the template has none.</param>
/// <param name="Properties">
/// What only the deployment tells stands as it is written in Fn::Sub: "${Database.Endpoint.Address}"; another stack's value as "${import:NAME}".
/// </param>
public sealed record RenderedResource(string LogicalId, string Type, string? DeletionPolicy, JsonObject Properties)
{
    /// <summary>The text at a path of member names and list positions ("ScalingConfig.DesiredSize", "InstanceTypes.0"), or null.</summary>
    public string? Text(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        JsonNode? node = Properties;
        foreach (var part in path.Split('.'))
        {
            node = node switch
            {
                JsonObject mapping => mapping[part],
                JsonArray list when int.TryParse(part, out var position) && position < list.Count => list[position],
                _ => null,
            };
        }

        return node is JsonValue ? Scalars.Text(node) : null;
    }

    /// <summary>Whether the property is known to be true.</summary>
    public bool Flag(string path) => string.Equals(Text(path), "true", StringComparison.OrdinalIgnoreCase);
}

/// <summary>A template with one environment's parameters: conditions decided, functions evaluated.</summary>
public sealed class RenderedTemplate
{
    private RenderedTemplate(IReadOnlyList<RenderedResource> resources) => Resources = resources;

    /// <summary>The resources whose condition holds, as the template orders them.</summary>
    public IReadOnlyList<RenderedResource> Resources { get; }

    /// <summary>Evaluates a template of infra/.</summary>
    /// <param name="request">Gives the parameters.</param>
    /// <param name="template">One of its graph.</param>
    /// <param name="region">"ap-northeast-2".</param>
    /// <exception cref="PipelineException">A function is unknown or wrongly used.</exception>
    internal static RenderedTemplate Of(InfrastructureRequest request, StackTemplate template, string region) => Render(
        template.File,
        TemplateJson.Read(template.File, template.Body),
        template.Parameters.Values.ToDictionary(
            parameter => parameter.Name,
            parameter => (parameter.Name == "Environment" ? request.Environment : request.Parameters.GetValueOrDefault(parameter.Name)) ?? Known(template, parameter),
            StringComparer.Ordinal),
        StackNames.Of(request.Environment, template.Name),
        region);

    /// <summary>A value that another stack gives counts as given, whatever it will be.</summary>
    private static string Known(StackTemplate template, TemplateParameter parameter) =>
        template.Metadata.ParametersFrom.TryGetValue(parameter.Name, out var source) ? $"${{{source.Stack}.{source.Output}}}" : parameter.Default ?? "";

    /// <summary>Evaluates a template.</summary>
    /// <param name="file">For messages.</param>
    /// <param name="template">As <see cref="TemplateJson"/> reads it.</param>
    /// <param name="parameters">Every parameter's value.</param>
    /// <param name="stackName">What AWS::StackName is.</param>
    /// <param name="region">What AWS::Region is.</param>
    /// <exception cref="PipelineException">A function is unknown or wrongly used.</exception>
    public static RenderedTemplate Render(string file, JsonObject template, IReadOnlyDictionary<string, string> parameters, string stackName, string region)
    {
        ArgumentNullException.ThrowIfNull(template);
        ArgumentNullException.ThrowIfNull(parameters);
        var functions = new TemplateFunctions(file, template, parameters, stackName, region);
        var resources = new List<RenderedResource>();
        foreach (var (logicalId, node) in template["Resources"] as JsonObject ?? [])
        {
            if (node is JsonObject resource && (resource["Condition"] is not { } condition || functions.Condition(condition.ToString())))
            {
                resources.Add(new RenderedResource(
                    logicalId,
                    resource["Type"]?.ToString() ?? "",
                    resource["DeletionPolicy"]?.ToString(),
                    functions.Evaluate(resource["Properties"]) as JsonObject ?? []));
            }
        }

        return new RenderedTemplate(resources);
    }
}

/// <summary>Scalars as CloudFormation compares them: true is as good as "true", 5 as good as "5".</summary>
internal static class Scalars
{
    public static string Text(JsonNode? node) => node switch
    {
        null => "",
        JsonValue value when value.TryGetValue<bool>(out var flag) => flag ? "true" : "false",
        _ => node.ToString(),
    };
}
