namespace Tiketi.Pipeline.Infrastructure;

public enum StackOutcome
{
    Unchanged,
    Created,
    Updated,
    Deleted,
}

/// <summary>What became of one stack.</summary>
/// <param name="Name">Short name.</param>
/// <param name="StackName">Full name.</param>
/// <param name="Outcome">What was done.</param>
/// <param name="ResourcesChanged">Resources added, changed or removed.</param>
/// <param name="Outputs">Empty after a deletion.</param>
/// <param name="Elapsed">From first look to last event.</param>
public sealed record StackResult(string Name, string StackName, StackOutcome Outcome, int ResourcesChanged, StackOutputs Outputs, TimeSpan Elapsed);

/// <summary>What ApplyInfra or DestroyInfra did; stacks in the graph's order.</summary>
public sealed record InfrastructureResult(IReadOnlyList<StackResult> Stacks)
{
    public int Created => Count(StackOutcome.Created);

    public int Updated => Count(StackOutcome.Updated);

    public int Unchanged => Count(StackOutcome.Unchanged);

    public int Deleted => Count(StackOutcome.Deleted);

    public int ResourcesChanged => Stacks.Sum(stack => stack.ResourcesChanged);

    /// <summary>The outputs of a stack by its short name.</summary>
    /// <exception cref="PipelineException">infra/ has no such stack.</exception>
    public StackOutputs this[string stack] => Stacks.FirstOrDefault(result => result.Name == stack)?.Outputs
        ?? throw new PipelineException($"infra/ has no stack {stack}.", $"Stacks there are: {string.Join(", ", Stacks.Select(result => result.Name))}.");

    private int Count(StackOutcome outcome) => Stacks.Count(stack => stack.Outcome == outcome);
}

public enum StackAction
{
    None,
    Create,
    Update,

    /// <summary>A creation failed before: the remains are deleted and the stack is created anew.</summary>
    Recreate,
}

/// <summary>One resource of a plan.</summary>
/// <param name="Action">"Add", "Modify", "Remove", "Import", "Dynamic".</param>
/// <param name="LogicalId">The resource's name in the template.</param>
/// <param name="Type">"AWS::S3::Bucket" ...</param>
/// <param name="Replacement">"True", "Conditional", "False", or null where the question does not arise.</param>
/// <param name="Properties">The properties that change.</param>
public sealed record PlannedChange(string Action, string LogicalId, string Type, string? Replacement, IReadOnlyList<string> Properties)
{
    internal static PlannedChange Of(Amazon.CloudFormation.Model.ResourceChange change) => new(
        change.Action.Value, change.LogicalResourceId, change.ResourceType, change.Replacement?.Value,
        [.. (change.Details ?? []).Select(detail => detail.Target?.Name).OfType<string>().Distinct(StringComparer.Ordinal)]);
}

/// <summary>What ApplyInfra would do to one stack.</summary>
/// <param name="Name">Short name.</param>
/// <param name="StackName">Full name.</param>
/// <param name="Action">What would be done.</param>
/// <param name="Changes">Resource by resource.</param>
/// <param name="FromTemplate">
/// The changes are the template's resources, conditions not evaluated: CloudFormation cannot compute a change set for a
/// stack that imports from stacks not there yet.
/// </param>
public sealed record StackPlan(string Name, string StackName, StackAction Action, IReadOnlyList<PlannedChange> Changes, bool FromTemplate);

/// <summary>What ApplyInfra would do; stacks in the graph's order.</summary>
public sealed record InfrastructurePlan(IReadOnlyList<StackPlan> Stacks)
{
    /// <summary>The stacks that the environment does without, each with the parameter that would bring it.</summary>
    public IReadOnlyDictionary<string, string> LeftOut { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    public int StacksChanged => Stacks.Count(stack => stack.Action != StackAction.None);

    public int ResourcesChanged => Stacks.Sum(stack => stack.Changes.Count);
}
