namespace Tiketi.Pipeline.Infrastructure;

/// <summary>The stacks of one environment and the values they get.</summary>
public sealed record InfrastructureRequest
{
    /// <summary>"local", "staging", "production"; also the value of the parameter Environment.</summary>
    public required string Environment { get; init; }

    /// <summary>infra/, ordered.</summary>
    public required StackGraph Graph { get; init; }

    /// <summary>Values by parameter name; each stack gets those it declares. Others take the template's default.</summary>
    public IReadOnlyDictionary<string, string> Parameters { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Tags on every stack and, through it, on every resource.</summary>
    public IReadOnlyDictionary<string, string> Tags { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Whether stacks that hold data get termination protection.</summary>
    public bool ProtectsData { get; init; }

    /// <summary>Logical ids of resources that hold data and may be replaced or deleted all the same.</summary>
    public IReadOnlyCollection<string> AllowedReplacements { get; init; } = [];

    /// <summary>Logical ids that a rollback which failed before may leave as they are.</summary>
    public IReadOnlyCollection<string> SkippedInRollback { get; init; } = [];

    /// <summary>The plan that somebody approved: only that is carried out. Null: whatever the templates ask for.</summary>
    public InfrastructurePlan? ApprovedPlan { get; init; }

    /// <summary>Told of every resource's transition, one call at a time.</summary>
    public Action<ResourceTransition>? Progress { get; init; }

    internal IReadOnlyDictionary<string, string> AllTags => new Dictionary<string, string>(Tags, StringComparer.Ordinal)
    {
        ["tiketi:environment"] = Environment,
    };

    /// <summary>The stacks that this environment has, ordered.</summary>
    public IReadOnlyList<StackTemplate> Stacks => [.. Graph.Stacks.Where(Has)];

    /// <summary>The stacks that it does without, each with the parameter that would bring it.</summary>
    public IReadOnlyDictionary<string, string> LeftOut =>
        Graph.Stacks.Where(stack => !Has(stack)).ToDictionary(stack => stack.Name, stack => stack.Metadata.When!, StringComparer.Ordinal);

    /// <summary>Whether this environment has the stack: see <see cref="StackMetadata.When"/>.</summary>
    public bool Has(StackTemplate template)
    {
        ArgumentNullException.ThrowIfNull(template);
        return template.Metadata.When is not { } name || !string.IsNullOrEmpty(Given(name) ?? template.Parameters[name].Default);
    }

    /// <summary>Every parameter of <paramref name="template"/> and where its value comes from.</summary>
    /// <param name="template">The stack.</param>
    /// <param name="outputs">Outputs of the stacks that it needs, as far as they are known, by short name.</param>
    /// <param name="deployed">The parameters of the stack as it is deployed; empty when it is not.</param>
    /// <exception cref="PipelineException">A parameter has neither a value nor a default.</exception>
    internal IReadOnlyDictionary<string, ParameterValue> ParametersOf(
        StackTemplate template, IReadOnlyDictionary<string, StackOutputs> outputs, IReadOnlyCollection<string> deployed) =>
        template.Parameters.Values.ToDictionary(parameter => parameter.Name, parameter => ValueOf(template, parameter, outputs, deployed), StringComparer.Ordinal);

    private ParameterValue ValueOf(
        StackTemplate template, TemplateParameter parameter, IReadOnlyDictionary<string, StackOutputs> outputs, IReadOnlyCollection<string> deployed)
    {
        if (Given(parameter.Name) is { } given)
        {
            return new ParameterValue(given, KeepsPrevious: false);
        }

        var keeps = deployed.Contains(parameter.Name);
        if (SourceOf(template, parameter.Name) is { } source)
        {
            return outputs.GetValueOrDefault(source.Stack)?.Values.GetValueOrDefault(source.Output) is { } output
                ? new ParameterValue(output, KeepsPrevious: false)
                : new ParameterValue(null, keeps) { WaitsFor = source };
        }

        if (template.Metadata.Keep.Contains(parameter.Name) && keeps)
        {
            return new ParameterValue(null, KeepsPrevious: true);
        }

        return parameter.Default is not null ? new ParameterValue(null, KeepsPrevious: false) : throw new PipelineException(
            $"{template.File}: parameter {parameter.Name} has no default and no value for environment {Environment}.",
            $"Set it in environments/{Environment}.yaml.");
    }

    private string? Given(string parameter) => parameter == "Environment" ? Environment : Parameters.GetValueOrDefault(parameter);

    /// <summary>The output that a parameter comes from; null too where the environment does without the stack that has it.</summary>
    private OutputSource? SourceOf(StackTemplate template, string parameter) =>
        template.Metadata.ParametersFrom.GetValueOrDefault(parameter) is { } source && Has(Graph.Stacks.First(stack => stack.Name == source.Stack)) ? source : null;

    /// <exception cref="PipelineException">A value is given for a parameter that no stack declares, or one is missing.</exception>
    internal void Check()
    {
        foreach (var name in Parameters.Keys.Where(name => !Graph.Stacks.Any(stack => stack.Parameters.ContainsKey(name))))
        {
            var known = Graph.Stacks.SelectMany(stack => stack.Parameters.Keys).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);
            throw new PipelineException(
                $"No template in infra/ has a parameter {name}, which environment {Environment} sets.",
                $"Correct environments/{Environment}.yaml. Parameters there are: {string.Join(", ", known)}.");
        }

        foreach (var stack in Stacks)
        {
            ParametersOf(stack, new Dictionary<string, StackOutputs>(StringComparer.Ordinal), []);
        }
    }
}

/// <summary>What a stack gets for one parameter.</summary>
/// <param name="Value">The value; null: the deployed stack's own, or the template's default.</param>
/// <param name="KeepsPrevious">Whether the deployed stack's value stays.</param>
internal sealed record ParameterValue(string? Value, bool KeepsPrevious)
{
    /// <summary>Stands in a plan for the value of an output that does not exist yet.</summary>
    public const string NotKnownYet = "(another stack's output, not known yet)";

    /// <summary>Stands in a plan for a value that another step has set, or may set, and that ApplyInfra leaves alone.</summary>
    public const string Kept = "(as it is)";

    /// <summary>The output that would give the value but does not exist yet.</summary>
    public OutputSource? WaitsFor { get; init; }

    /// <summary>The value as a plan shows it.</summary>
    public string Show(TemplateParameter parameter) => parameter.NoEcho ? PropertyChange.Mask
        : WaitsFor is not null ? NotKnownYet
        : KeepsPrevious ? Kept : Value ?? parameter.Default ?? "";
}

/// <summary>One resource's step.</summary>
/// <param name="Stack">The stack's short name.</param>
/// <param name="LogicalId">The resource's name in the template; the stack's full name for the stack itself.</param>
/// <param name="Type">"AWS::S3::Bucket" ...</param>
/// <param name="Status">"CREATE_IN_PROGRESS" ...</param>
/// <param name="Reason">Why, where CloudFormation says so.</param>
/// <param name="Elapsed">Since the resource's first step in this run.</param>
public sealed record ResourceTransition(string Stack, string LogicalId, string Type, string Status, string? Reason, TimeSpan Elapsed);
