using Amazon.CloudFormation;
using Amazon.CloudFormation.Model;
using Microsoft.Extensions.Logging;

namespace Tiketi.Pipeline.Infrastructure;

/// <summary>Carries out what was prepared for one stack.</summary>
internal sealed class StackExecution(StackContext context)
{
    private readonly StackGuards _guards = new(context);

    /// <summary>Brings the stack to the template. Makes no write call when it is there already.</summary>
    /// <param name="prepared">What is to be done.</param>
    /// <param name="needs">What became of the stacks that it needs.</param>
    /// <param name="cancellationToken">Ends the waiting; CloudFormation carries on with what it has begun.</param>
    /// <exception cref="PipelineException">Names the first resource that failed and why.</exception>
    public async Task<StackResult> ExecuteAsync(PreparedStack prepared, IReadOnlyList<StackResult> needs, CancellationToken cancellationToken)
    {
        var deployed = prepared.Deployed;
        if (prepared.Plan.Action == StackAction.Recreate)
        {
            context.Logger.LogInformation("Stack {Stack} is {Status}: deleting its remains", context.StackName, deployed!.StackStatus.Value);
            await context.DeleteAsync(deployed, cancellationToken).ConfigureAwait(false);
            deployed = null;
        }

        if (prepared.Plan.FromTemplate || needs.Any(need => need.Outcome != StackOutcome.Unchanged))
        {
            await prepared.DiscardAsync().ConfigureAwait(false);
            deployed = deployed is null ? null : await context.SettledAsync(cancellationToken).ConfigureAwait(false);
            prepared = await PrepareAgainAsync(deployed, needs, cancellationToken).ConfigureAwait(false);
        }

        return await StackBusy.RetryAsync(async () =>
        {
            if (prepared.ChangeSet is { WasRefused: true })
            {
                await prepared.DiscardAsync().ConfigureAwait(false);
                prepared = await PrepareAgainAsync(await context.SettledAsync(cancellationToken).ConfigureAwait(false), needs, cancellationToken).ConfigureAwait(false);
            }

            return await CarryOutAsync(prepared, cancellationToken).ConfigureAwait(false);
        }).ConfigureAwait(false);
    }

    private async Task<StackResult> CarryOutAsync(PreparedStack prepared, CancellationToken cancellationToken)
    {
        if (prepared.ChangeSet is null)
        {
            await _guards.EnsureAsync(prepared.Deployed!, cancellationToken).ConfigureAwait(false);
            return context.Result(StackOutcome.Unchanged, 0, prepared.Deployed);
        }

        try
        {
            return await ChangeAsync(prepared, prepared.ChangeSet, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            await prepared.DiscardAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Works the changes out with what the other stacks give now; what could not be foreseen is judged here.</summary>
    private async Task<PreparedStack> PrepareAgainAsync(Stack? deployed, IReadOnlyList<StackResult> needs, CancellationToken cancellationToken)
    {
        var prepared = await new StackPreparation(context, StackNeeds.Of(needs)).PrepareAsync(deployed, cancellationToken).ConfigureAwait(false);
        try
        {
            DataLoss.Refuse(DataLoss.Find(context.Template, prepared.Plan), context.Request.AllowedReplacements, $"Stack {context.StackName} was not changed");
            if (context.Request.ApprovedPlan?.Stacks.FirstOrDefault(stack => stack.Name == prepared.Name) is { } approved)
            {
                PlanComparison.RequireForeseen(approved, prepared.Plan);
            }

            return prepared;
        }
        catch
        {
            await prepared.DiscardAsync().ConfigureAwait(false);
            throw;
        }
    }

    private async Task<StackResult> ChangeAsync(PreparedStack prepared, ChangeSet changeSet, CancellationToken cancellationToken)
    {
        var follower = context.Follower(changeSet.StackId);
        await follower.MarkAsync(cancellationToken).ConfigureAwait(false);
        var stack = await RunAsync(prepared, changeSet, follower, cancellationToken).ConfigureAwait(false);
        var (succeeded, outcome) = prepared.Plan.Action == StackAction.Update
            ? (StackStatus.UPDATE_COMPLETE, StackOutcome.Updated)
            : (StackStatus.CREATE_COMPLETE, StackOutcome.Created);
        if (stack?.StackStatus != succeeded)
        {
            throw await StackFailure.ExplainAsync(context, stack?.StackStatus.Value, follower.Events, cancellationToken).ConfigureAwait(false);
        }

        await _guards.EnsureAsync(stack, cancellationToken).ConfigureAwait(false);
        return context.Result(outcome, prepared.Plan.Changes.Count, stack);
    }

    /// <summary>
    /// Executes and follows the change set. A change set cannot carry a stack policy of its own, so for a resource that
    /// somebody has allowed to go the stack's policy is lifted meanwhile; a run that is stopped in between leaves that to the
    /// next one, which finds the policy different and sets it.
    /// </summary>
    private async Task<Stack?> RunAsync(PreparedStack prepared, ChangeSet changeSet, StackFollower follower, CancellationToken cancellationToken)
    {
        var lifts = context.Template.Policy is not null && prepared.Plan.Action == StackAction.Update
            && prepared.Plan.Changes.Any(change => context.Request.AllowedReplacements.Contains(change.LogicalId));
        if (lifts)
        {
            await _guards.SetPolicyAsync(changeSet.StackId, StackPolicies.AllowAll, cancellationToken).ConfigureAwait(false);
        }

        await changeSet.ExecuteAsync(cancellationToken).ConfigureAwait(false);
        var stack = await follower.WaitAsync(justStarted: true, cancellationToken).ConfigureAwait(false);
        if (lifts && stack is not null)
        {
            await _guards.SetPolicyAsync(changeSet.StackId, context.Template.Policy!, cancellationToken).ConfigureAwait(false);
        }

        return stack;
    }
}
