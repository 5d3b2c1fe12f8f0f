using Amazon.CloudFormation.Model;

namespace Tiketi.Pipeline.Infrastructure;

/// <summary>Deletes one stack.</summary>
internal static class StackRemoval
{
    /// <summary>Deletes the stack if it is there.</summary>
    /// <exception cref="PipelineException">It is protected, or cannot be deleted.</exception>
    public static async Task<StackResult> DestroyAsync(StackContext context, CancellationToken cancellationToken)
    {
        var stack = await context.SettledAsync(cancellationToken).ConfigureAwait(false);
        if (stack is null)
        {
            return context.Result(StackOutcome.Unchanged, 0, null);
        }

        if (stack.EnableTerminationProtection == true)
        {
            throw new PipelineException(
                $"Stack {context.StackName} is protected against deletion.",
                $"If it really is to go: aws cloudformation update-termination-protection --no-enable-termination-protection --stack-name {context.StackName}");
        }

        var resources = await context.CloudFormation.DescribeStackResourcesAsync(
            new DescribeStackResourcesRequest { StackName = stack.StackId }, cancellationToken).ConfigureAwait(false);
        await context.DeleteAsync(stack, cancellationToken).ConfigureAwait(false);
        return context.Result(StackOutcome.Deleted, resources.StackResources?.Count ?? 0, null);
    }
}
