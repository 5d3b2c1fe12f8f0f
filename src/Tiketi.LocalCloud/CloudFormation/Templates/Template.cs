using System.Text.Json.Nodes;
using Tiketi.LocalCloud.Query;

namespace Tiketi.LocalCloud.CloudFormation.Templates;

/// <summary>One resource as the template declares it, functions unresolved.</summary>
internal sealed record ResourceDefinition(
    string LogicalId,
    string Type,
    JsonObject Properties,
    string? Condition,
    IReadOnlyList<string> DependsOn,
    string DeletionPolicy,
    string UpdateReplacePolicy,
    JsonNode? Metadata);

/// <summary>One output as the template declares it, functions unresolved.</summary>
internal sealed record OutputDefinition(string Key, JsonNode? Value, string? Description, string? Condition, JsonNode? ExportName);

/// <summary>A parsed template: the sections that the engine acts on, in the order written.</summary>
internal sealed class Template
{
    private static readonly HashSet<string> Sections = new(StringComparer.Ordinal)
    {
        "AWSTemplateFormatVersion", "Description", "Metadata", "Parameters", "Rules", "Mappings", "Conditions", "Resources", "Outputs",
    };

    private static readonly HashSet<string> DeletionPolicies = new(StringComparer.Ordinal) { "Delete", "Retain", "Snapshot", "RetainExceptOnCreate" };

    private Template(string body, JsonObject root)
    {
        Body = body;
        Description = (root["Description"] as JsonValue)?.ToString() ?? "";
        Metadata = root["Metadata"] as JsonObject;
        Parameters = [.. Section(root, "Parameters").Select(ParameterDefinition.Read)];
        Mappings = Section(root, "Mappings");
        Conditions = Section(root, "Conditions");
        Resources = Section(root, "Resources").Select(ReadResource).ToDictionary(resource => resource.LogicalId, StringComparer.Ordinal);
        Outputs = [.. Section(root, "Outputs").Select(ReadOutput)];
    }

    /// <summary>The text exactly as it was given.</summary>
    public string Body { get; }

    public string Description { get; }

    public JsonObject? Metadata { get; }

    public IReadOnlyList<ParameterDefinition> Parameters { get; }

    public JsonObject Mappings { get; }

    public JsonObject Conditions { get; }

    public IReadOnlyDictionary<string, ResourceDefinition> Resources { get; }

    public IReadOnlyList<OutputDefinition> Outputs { get; }

    /// <summary>Parses without judging what the resources are; <see cref="TemplateValidation"/> does that.</summary>
    public static Template Parse(string body)
    {
        var root = TemplateReader.Read(body);
        var unknown = root.Select(pair => pair.Key).Where(key => !Sections.Contains(key)).ToList();
        if (unknown.Contains("Transform"))
        {
            throw QueryException.Validation("The local cloud runs no template transforms (Transform section): write the resources out.");
        }

        if (unknown.Count > 0)
        {
            throw QueryException.Validation($"Invalid template property or properties [{string.Join(", ", unknown)}]");
        }

        if (root["AWSTemplateFormatVersion"]?.ToString() is { } version && version != "2010-09-09")
        {
            throw QueryException.Validation("Template format error: unsupported value for AWSTemplateFormatVersion.");
        }

        if (root["Resources"] is not JsonObject { Count: > 0 })
        {
            throw QueryException.Validation("Template format error: At least one Resources member must be defined.");
        }

        return new Template(body, root);
    }

    private static JsonObject Section(JsonObject root, string name) => root[name] switch
    {
        null => [],
        JsonObject section => section,
        _ => throw QueryException.Validation($"Template format error: {name} must be an object."),
    };

    private static ResourceDefinition ReadResource(KeyValuePair<string, JsonNode?> entry)
    {
        var (logicalId, node) = entry;
        if (!logicalId.All(char.IsAsciiLetterOrDigit))
        {
            throw QueryException.Validation($"Template format error: Resource name {logicalId} is non alphanumeric.");
        }

        if (node is not JsonObject resource || resource["Type"] is not JsonValue type)
        {
            throw QueryException.Validation($"Template format error: [/Resources/{logicalId}] Every Resources object must contain a Type member.");
        }

        RefuseNulls(resource, $"/Resources/{logicalId}");
        return new ResourceDefinition(
            logicalId,
            type.ToString(),
            resource["Properties"] as JsonObject ?? [],
            resource["Condition"]?.ToString(),
            resource["DependsOn"] switch { null => [], JsonArray list => [.. list.Select(item => item!.ToString())], var one => [one.ToString()] },
            Policy(resource, logicalId, "DeletionPolicy"),
            Policy(resource, logicalId, "UpdateReplacePolicy"),
            resource["Metadata"]);
    }

    private static OutputDefinition ReadOutput(KeyValuePair<string, JsonNode?> entry)
    {
        if (entry.Value is not JsonObject output || !output.ContainsKey("Value"))
        {
            throw QueryException.Validation($"Template format error: Output {entry.Key} is malformed. Every Outputs member must contain a Value object");
        }

        return new OutputDefinition(entry.Key, output["Value"], output["Description"]?.ToString(), output["Condition"]?.ToString(), output["Export"]?["Name"]);
    }

    private static string Policy(JsonObject resource, string logicalId, string name)
    {
        var policy = resource[name]?.ToString() ?? "Delete";
        return DeletionPolicies.Contains(policy) ? policy
            : throw QueryException.Validation($"Template format error: Unrecognized {name} {policy} for resource {logicalId}");
    }

    private static void RefuseNulls(JsonNode node, string path)
    {
        var children = node switch
        {
            JsonObject mapping => mapping.Select(pair => (pair.Key, pair.Value)),
            JsonArray list => list.Select((item, index) => (index.ToString(), item)),
            _ => [],
        };
        foreach (var (key, child) in children)
        {
            RefuseNulls(child ?? throw QueryException.Validation($"Template format error: [{path}/{key}] 'null' values are not allowed in templates"), $"{path}/{key}");
        }
    }
}
