using System.Text.Json.Serialization;

namespace Tiketi.Pipeline.Infrastructure;

public enum StackAction
{
    None,
    Create,
    Update,

    /// <summary>A creation failed before: the remains are deleted and the stack is created anew.</summary>
    Recreate,
}

/// <summary>What ApplyInfra would do to one stack.</summary>
/// <param name="Name">Short name.</param>
/// <param name="StackName">Full name.</param>
/// <param name="Action">What would be done.</param>
/// <param name="Changes">Resource by resource.</param>
/// <param name="FromTemplate">
/// The changes are the template's resources, conditions not evaluated (none for an update): CloudFormation cannot compute a
/// change set for a stack that takes values from stacks which are not there, or not changed, yet.
/// </param>
public sealed record StackPlan(string Name, string StackName, StackAction Action, IReadOnlyList<PlannedChange> Changes, bool FromTemplate)
{
    /// <summary>What the plan was worked out from.</summary>
    public PlanBasis Basis { get; init; } = PlanBasis.None;

    /// <summary>The stack as it is deployed, as far as planning had to read it; null: there is none, or only what a failed creation left.</summary>
    [JsonIgnore]
    public DeployedStack? Deployed { get; init; }
}

/// <summary>A stack as CloudFormation has it.</summary>
/// <param name="Parameters">The values that it was deployed with; NoEcho ones as "****".</param>
/// <param name="Body">Its template; null: nobody has read it yet.</param>
public sealed record DeployedStack(IReadOnlyDictionary<string, string> Parameters, string? Body);

/// <summary>What a stack's plan holds for: when any of it is different, so may the changes be.</summary>
/// <param name="Template">SHA-256 of the template, hexadecimal.</param>
/// <param name="Parameters">What each parameter gets, as <see cref="ParameterValue"/> shows it.</param>
/// <param name="StackId">The deployed stack's ARN; null: there is none.</param>
/// <param name="Status">Its status.</param>
/// <param name="ChangedAt">When it was last changed.</param>
public sealed record PlanBasis(string Template, IReadOnlyDictionary<string, string> Parameters, string? StackId, string? Status, DateTimeOffset? ChangedAt)
{
    internal static PlanBasis None { get; } = new("", new Dictionary<string, string>(StringComparer.Ordinal), null, null, null);
}

/// <summary>What ApplyInfra would do; stacks in the graph's order.</summary>
public sealed record InfrastructurePlan(IReadOnlyList<StackPlan> Stacks)
{
    /// <summary>The stacks that the environment does without, each with the parameter that would bring it.</summary>
    public IReadOnlyDictionary<string, string> LeftOut { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Replacements and deletions of resources that hold data; derived, so not written down.</summary>
    [JsonIgnore]
    public IReadOnlyList<DataLoss.Risk> Risks { get; init; } = [];

    [JsonIgnore]
    public int StacksChanged => Stacks.Count(stack => stack.Action != StackAction.None);

    [JsonIgnore]
    public int ResourcesChanged => Stacks.Sum(stack => stack.Changes.Count);
}
