using System.Collections.Concurrent;
using Amazon.CloudFormation;
using Amazon.CloudFormation.Model;
using Microsoft.Extensions.Logging;

namespace Tiketi.Pipeline.Infrastructure;

/// <summary>
/// Brings an environment's stacks to their templates. Stacks that do not need each other go at the same time; every change
/// goes through a change set; nothing to change means no write call. State is CloudFormation's alone, so a run that was
/// interrupted is simply run again.
/// </summary>
/// <param name="cloudFormation">CloudFormation of a region; null stands for the environment's own.</param>
/// <param name="logger">What happens that no result tells.</param>
/// <param name="time">For waits and elapsed times.</param>
public sealed class StackDeployer(Func<string?, IAmazonCloudFormation> cloudFormation, ILogger<StackDeployer> logger, TimeProvider time)
{
    private readonly Lock _progress = new();

    /// <summary>
    /// Creates or updates every stack. All changes that can be computed beforehand are, so that a template which is refused
    /// stops the run before anything has been changed.
    /// </summary>
    /// <exception cref="PipelineException">
    /// Data would go that nobody has allowed to go, or the approved plan is out of date: nothing is changed. Or a stack cannot
    /// be deployed: names the stack, the first resource that failed and why. Stacks that do not need it are
    /// finished all the same; those that do are not started.
    /// </exception>
    public async Task<InfrastructureResult> ApplyAsync(InfrastructureRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        request.Check();
        var prepared = new ConcurrentDictionary<string, PreparedStack>(StringComparer.Ordinal);
        try
        {
            await PrepareAsync(request, prepared, context => AtWorkAsync(context, cancellationToken), cancellationToken).ConfigureAwait(false);
            if (request.ApprovedPlan is { } approved)
            {
                PlanComparison.RequireSame(approved, PlanOf(request, prepared));
            }

            DataLoss.Refuse([.. request.Stacks.SelectMany(stack => DataLoss.Find(stack, prepared[stack.Name].Plan))], request.AllowedReplacements, "Nothing was changed");
            return new InfrastructureResult(await StackRuns.ForEachAsync<StackResult>(request.Stacks, request.Graph.Needs, (stack, needs) =>
                new StackExecution(Context(request, stack)).ExecuteAsync(prepared[stack.Name], needs, cancellationToken)).ConfigureAwait(false));
        }
        finally
        {
            await Task.WhenAll(prepared.Values.Select(stack => stack.DiscardAsync())).ConfigureAwait(false);
        }
    }

    /// <summary>Says what <see cref="ApplyAsync"/> would do; change sets made for that are removed again.</summary>
    /// <exception cref="PipelineException">A template is refused, or a stack is in the middle of an operation.</exception>
    public async Task<InfrastructurePlan> PlanAsync(InfrastructureRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        request.Check();
        var prepared = new ConcurrentDictionary<string, PreparedStack>(StringComparer.Ordinal);
        try
        {
            await PrepareAsync(request, prepared, context => AtRestAsync(context, cancellationToken), cancellationToken).ConfigureAwait(false);
            return PlanOf(request, prepared);
        }
        finally
        {
            await Task.WhenAll(prepared.Values.Select(stack => stack.DiscardAsync())).ConfigureAwait(false);
        }
    }

    /// <summary>Deletes every stack, those that are needed by others last.</summary>
    /// <exception cref="PipelineException">A stack is protected or cannot be deleted: names the resource and why.</exception>
    public async Task<InfrastructureResult> DestroyAsync(InfrastructureRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        var results = await StackRuns.ForEachAsync<StackResult>([.. request.Graph.Stacks.Reverse()], request.Graph.NeededBy, (stack, _) =>
            StackRemoval.DestroyAsync(Context(request, stack), cancellationToken)).ConfigureAwait(false);
        return new InfrastructureResult([.. results.Reverse()]);
    }

    private static InfrastructurePlan PlanOf(InfrastructureRequest request, ConcurrentDictionary<string, PreparedStack> prepared) =>
        new([.. request.Stacks.Select(stack => prepared[stack.Name].Plan)]) { LeftOut = request.LeftOut, Risks = [.. request.Stacks.SelectMany(stack => DataLoss.Find(stack, prepared[stack.Name].Plan))] };

    /// <summary>The stack, ready to be changed: what somebody else has begun is followed to its end, a rollback that failed is tried again.</summary>
    private static async Task<Stack?> AtWorkAsync(StackContext context, CancellationToken cancellationToken) => await StackRecovery.RecoverAsync(
        context, await context.SettledAsync(cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);

    /// <summary>
    /// The stack, which nobody may be changing: a plan of what is changing would be out of date at once. The end of a deletion
    /// is waited for: a plan before this one may have made the stack and be taking it back.
    /// </summary>
    private static async Task<Stack?> AtRestAsync(StackContext context, CancellationToken cancellationToken)
    {
        var stack = await context.FindAsync(cancellationToken).ConfigureAwait(false);
        if (stack?.StackStatus == StackStatus.DELETE_IN_PROGRESS)
        {
            stack = await context.SettledAsync(cancellationToken).ConfigureAwait(false);
        }

        return stack is null || !StackQueries.IsBusy(stack.StackStatus) ? stack : throw new PipelineException(
            $"Stack {context.StackName} is {stack.StackStatus}: somebody is changing it now.", "Plan again when that is done.");
    }

    private Task PrepareAsync(
        InfrastructureRequest request, ConcurrentDictionary<string, PreparedStack> prepared, Func<StackContext, Task<Stack?>> find, CancellationToken cancellationToken) =>
        StackRuns.ForEachAsync<PreparedStack>(request.Stacks, request.Graph.Needs, async (stack, needs) =>
        {
            var context = Context(request, stack);
            return prepared[stack.Name] = await StackBusy.RetryAsync(async () => await new StackPreparation(context, StackNeeds.Of(needs))
                .PrepareAsync(await find(context).ConfigureAwait(false), cancellationToken).ConfigureAwait(false)).ConfigureAwait(false);
        });

    private StackContext Context(InfrastructureRequest request, StackTemplate stack) => new(
        cloudFormation(stack.Metadata.Region), logger, time, request, stack, transition =>
        {
            lock (_progress)
            {
                request.Progress?.Invoke(transition);
            }
        });
}
