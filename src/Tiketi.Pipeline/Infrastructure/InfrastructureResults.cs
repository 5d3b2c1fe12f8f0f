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
