using Amazon.CloudFormation;
using Amazon.CloudFormation.Model;
using Microsoft.Extensions.Logging;

namespace Tiketi.Pipeline.Infrastructure;

/// <summary>The way on from each status that an operation may have left a stack in.</summary>
internal static class StackRecovery
{
    /// <summary>Whether a creation failed: nothing can be made of the remains, so they are deleted and the stack is created anew.</summary>
    public static bool IsFailedCreation(Stack stack) => stack.StackStatus == StackStatus.ROLLBACK_COMPLETE
        || stack.StackStatus == StackStatus.ROLLBACK_FAILED || stack.StackStatus == StackStatus.CREATE_FAILED;

    /// <summary>
    /// Brings a stack whose update could not be rolled back to where the next update can begin, by trying the rollback again;
    /// resources are left out of it only where somebody has named them. Every other status is left as it is.
    /// </summary>
    /// <exception cref="PipelineException">The rollback fails again: names the resource and why.</exception>
    public static async Task<Stack?> RecoverAsync(StackContext context, Stack? stack, CancellationToken cancellationToken)
    {
        if (stack?.StackStatus != StackStatus.UPDATE_ROLLBACK_FAILED)
        {
            return stack;
        }

        context.Logger.LogInformation("Stack {Stack} is {Status}: trying the rollback again", context.StackName, stack.StackStatus.Value);
        var follower = context.Follower(stack.StackId);
        await follower.MarkAsync(cancellationToken).ConfigureAwait(false);
        await context.CloudFormation.ContinueUpdateRollbackAsync(
            new ContinueUpdateRollbackRequest { StackName = stack.StackId, ResourcesToSkip = await SkippedAsync(context, stack, cancellationToken).ConfigureAwait(false) },
            cancellationToken).ConfigureAwait(false);
        var after = await follower.WaitAsync(justStarted: true, cancellationToken).ConfigureAwait(false);
        if (after?.StackStatus == StackStatus.UPDATE_ROLLBACK_COMPLETE)
        {
            return after;
        }

        var cause = await StackFailure.ExplainAsync(context, after?.StackStatus.Value, follower.Events, cancellationToken).ConfigureAwait(false);
        throw new PipelineException(
            cause.Message,
            $"{cause.Remedy} If the resource cannot be brought back, leave it out of the rollback: ApplyInfra --skip-rollback LOGICAL-ID; what it is then differs from what CloudFormation believes until the next update.",
            cause);
    }

    /// <exception cref="PipelineException">CloudFormation accepts no change to a stack in this status.</exception>
    public static void RequireChangeable(Stack stack)
    {
        var remedy = stack.StackStatus.Value switch
        {
            "UPDATE_ROLLBACK_FAILED" => "Mend the cause, then run ApplyInfra: it tries the rollback again.",
            "DELETE_FAILED" => "Remove what blocks the deletion, then run DestroyInfra; ApplyInfra creates the stack anew.",
            "IMPORT_ROLLBACK_FAILED" => "Mend the cause, then import again.",
            _ => null,
        };
        if (remedy is not null)
        {
            throw new PipelineException(
                $"Stack {stack.StackName} is {stack.StackStatus}{(string.IsNullOrEmpty(stack.StackStatusReason) ? "" : ": " + stack.StackStatusReason)}, which CloudFormation cannot change.", remedy);
        }
    }

    /// <summary>Of the resources that may be skipped, those of this stack that did fail: CloudFormation takes no others.</summary>
    private static async Task<List<string>?> SkippedAsync(StackContext context, Stack stack, CancellationToken cancellationToken)
    {
        if (context.Request.SkippedInRollback.Count == 0)
        {
            return null;
        }

        var resources = await context.CloudFormation.DescribeStackResourcesAsync(
            new DescribeStackResourcesRequest { StackName = stack.StackId }, cancellationToken).ConfigureAwait(false);
        return [.. (resources.StackResources ?? []).Where(resource => resource.ResourceStatus == ResourceStatus.UPDATE_FAILED)
            .Select(resource => resource.LogicalResourceId).Where(context.Request.SkippedInRollback.Contains)];
    }
}
