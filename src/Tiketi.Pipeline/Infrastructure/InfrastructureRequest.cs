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

    /// <summary>Told of every resource's transition, one call at a time.</summary>
    public Action<ResourceTransition>? Progress { get; init; }

    internal IReadOnlyDictionary<string, string> AllTags => new Dictionary<string, string>(Tags, StringComparer.Ordinal)
    {
        ["tiketi:environment"] = Environment,
    };

    /// <summary>Every parameter of <paramref name="template"/> with its value, or null for the template's default.</summary>
    /// <exception cref="PipelineException">A parameter has neither a value nor a default.</exception>
    internal IReadOnlyDictionary<string, string?> ParametersOf(StackTemplate template)
    {
        var values = new Dictionary<string, string?>(StringComparer.Ordinal);
        foreach (var parameter in template.Parameters.Values)
        {
            var value = parameter.Name == "Environment" ? Environment : Parameters.GetValueOrDefault(parameter.Name);
            if (value is null && parameter.Default is null)
            {
                throw new PipelineException(
                    $"{template.File}: parameter {parameter.Name} has no default and no value for environment {Environment}.",
                    $"Set it in environments/{Environment}.yaml.");
            }

            values[parameter.Name] = value;
        }

        return values;
    }

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

        foreach (var stack in Graph.Stacks)
        {
            ParametersOf(stack);
        }
    }
}

/// <summary>One resource's step.</summary>
/// <param name="Stack">The stack's short name.</param>
/// <param name="LogicalId">The resource's name in the template; the stack's full name for the stack itself.</param>
/// <param name="Type">"AWS::S3::Bucket" ...</param>
/// <param name="Status">"CREATE_IN_PROGRESS" ...</param>
/// <param name="Reason">Why, where CloudFormation says so.</param>
/// <param name="Elapsed">Since the resource's first step in this run.</param>
public sealed record ResourceTransition(string Stack, string LogicalId, string Type, string Status, string? Reason, TimeSpan Elapsed);
