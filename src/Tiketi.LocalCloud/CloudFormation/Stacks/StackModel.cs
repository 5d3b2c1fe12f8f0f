using System.Text.Json.Nodes;
using Tiketi.LocalCloud.CloudFormation.Templates;
using Tiketi.LocalCloud.Hosting;
using Tiketi.LocalCloud.SecretsManager;

namespace Tiketi.LocalCloud.CloudFormation.Stacks;

/// <summary>What evaluating a stack needs beside the stack.</summary>
internal sealed record StackServices(
    StackRepository Repository,
    ProviderCatalog Providers,
    DynamicReferences DynamicReferences,
    SecretBox Box,
    LocalCloudSettings Settings,
    TimeProvider Time)
{
    /// <summary>The stacks of a request's region.</summary>
    public RegionalStacks StacksIn(string? region) => Repository.In(region ?? Settings.Region);

    /// <summary>The stacks of the stack's own region: those that it shares exports with.</summary>
    public RegionalStacks StacksBeside(StackRecord stack) => Repository.In(stack.Region);

    public string Seal(JsonObject properties) => Box.Protect(properties.ToJsonString());

    public JsonObject Open(ResourceRecord resource) => (JsonObject)JsonNode.Parse(Box.Unprotect(resource.SealedProperties))!;
}

/// <summary>One input of a stack, ready to be evaluated: its template, values, and the resources that are in it.</summary>
internal sealed class StackModel
{
    private readonly StackServices _services;
    private readonly EvaluationScope _scope;
    private readonly Evaluator _evaluator;

    public StackModel(StackRecord stack, StackInput input, StackServices services)
    {
        _services = services;
        Input = input;
        Template = Template.Parse(input.TemplateBody);
        Parameters = StackParameters.Nodes(Template, input, services.Box);
        _scope = new EvaluationScope(
            Template,
            Parameters,
            new PseudoParameters(stack.Region, stack.StackName, stack.StackId, input.NotificationArns),
            _ => null,
            (_, _) => null,
            services.StacksBeside(stack).Export);
        _evaluator = new Evaluator(_scope);
        Graph = DependencyGraph.Of(Template);
        Resources = Graph.InOrder().Select(name => Template.Resources[name]).Where(resource => IsActive(resource.Condition)).ToList();
    }

    public StackInput Input { get; }

    public Template Template { get; }

    public IReadOnlyDictionary<string, JsonNode> Parameters { get; }

    public DependencyGraph Graph { get; }

    /// <summary>The resources whose condition holds, each after those that it depends on.</summary>
    public IReadOnlyList<ResourceDefinition> Resources { get; }

    public bool IsActive(string? condition) => condition is null || _evaluator.Condition(condition);

    /// <summary>An evaluator over the resources as the caller knows them.</summary>
    public Evaluator Over(Func<string, string?> resourceId, Func<string, string, string?> attribute) =>
        new(_scope with { ResourceId = resourceId, ResourceAttribute = attribute });

    /// <summary>An evaluator over resources that exist.</summary>
    public Evaluator Over(Func<string, ResourceRecord?> resource) =>
        Over(name => resource(name)?.PhysicalId, (name, attribute) => resource(name)?.Attributes.GetValueOrDefault(attribute));

    /// <summary>The resource's properties resolved, as plain JSON: numbers and texts read back the same after a restart.</summary>
    public static JsonObject Properties(ResourceDefinition definition, Evaluator evaluator) =>
        (JsonObject)JsonNode.Parse(evaluator.EvaluateObject(definition.Properties).ToJsonString())!;

    /// <summary>Names of the exports that the active resources and outputs import.</summary>
    public List<string> Imports()
    {
        // A resource's name may be part of an import's name only where it already exists, which CloudFormation itself forbids.
        var expressions = Resources.SelectMany(resource => References.ImportsIn(resource.Properties))
            .Concat(Template.Outputs.Where(output => IsActive(output.Condition)).SelectMany(output => References.ImportsIn(output.Value)));
        return [.. expressions.Select(_evaluator.EvaluateText).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
    }

    public List<OutputRecord> Outputs(Func<string, ResourceRecord?> resource)
    {
        var evaluator = Over(resource);
        return [.. Template.Outputs.Where(output => IsActive(output.Condition)).Select(output => new OutputRecord(
            output.Key,
            evaluator.EvaluateText(output.Value),
            output.Description,
            output.ExportName is null ? null : evaluator.EvaluateText(output.ExportName)))];
    }
}
