using Amazon.CloudFormation.Model;

namespace Tiketi.Pipeline.Infrastructure;

/// <summary>What is to be done to one stack, worked out but not begun.</summary>
/// <param name="Plan">As it is shown.</param>
/// <param name="Deployed">The stack as it is now; null: there is none.</param>
/// <param name="ChangeSet">Ready to be executed; null where nothing changes or the changes cannot be computed yet.</param>
internal sealed record PreparedStack(StackPlan Plan, Stack? Deployed, ChangeSet? ChangeSet)
{
    public string Name => Plan.Name;

    /// <summary>The outputs as they are now; none where the stack is yet to be made.</summary>
    public StackOutputs Outputs => Deployed is null
        ? new StackOutputs(Plan.StackName, new Dictionary<string, string>(StringComparer.Ordinal))
        : StackOutputs.Of(Deployed);

    /// <summary>Removes the change set, and the empty stack that it brought into being.</summary>
    public Task DiscardAsync() => ChangeSet?.DiscardAsync(withNewStack: Deployed is null) ?? Task.CompletedTask;
}

/// <summary>What a stack needs from others, as far as it is known.</summary>
/// <param name="Outputs">Outputs by the stack's short name.</param>
/// <param name="Exist">Whether all of them are deployed.</param>
/// <param name="Change">Whether one of them is still to change, so that what it gives may change too.</param>
internal sealed record StackNeeds(IReadOnlyDictionary<string, StackOutputs> Outputs, bool Exist, bool Change)
{
    public static StackNeeds Of(IReadOnlyList<PreparedStack> needs) => new(
        needs.ToDictionary(need => need.Name, need => need.Outputs, StringComparer.Ordinal),
        Exist: needs.All(need => need.Plan.Action is StackAction.None or StackAction.Update),
        Change: needs.Any(need => need.Plan.Action != StackAction.None));

    public static StackNeeds Of(IReadOnlyList<StackResult> needs) => new(
        needs.ToDictionary(need => need.Name, need => need.Outputs, StringComparer.Ordinal), Exist: true, Change: false);
}
