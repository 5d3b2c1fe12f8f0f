using Amazon.CloudFormation;
using Amazon.CloudFormation.Model;

namespace Tiketi.Pipeline.Infrastructure;

/// <summary>Reads of a stack that more than one class makes.</summary>
internal static class StackQueries
{
    /// <summary>The stack, or null if there is none (or it was deleted).</summary>
    public static async Task<Stack?> FindAsync(IAmazonCloudFormation cloudFormation, string stackNameOrId, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await cloudFormation.DescribeStacksAsync(
                new DescribeStacksRequest { StackName = stackNameOrId }, cancellationToken).ConfigureAwait(false);
            return answer.Stacks?.FirstOrDefault(stack => stack.StackStatus != StackStatus.DELETE_COMPLETE);
        }
        catch (AmazonCloudFormationException absent) when (IsAbsent(absent))
        {
            return null;
        }
    }

    /// <summary>CloudFormation has no typed error for a stack that is not there.</summary>
    public static bool IsAbsent(AmazonCloudFormationException error) =>
        error.ErrorCode == "ValidationError" && error.Message.Contains("does not exist", StringComparison.Ordinal);

    /// <summary>Whether CloudFormation is at work on the stack, so that nothing else may be asked of it.</summary>
    public static bool IsBusy(StackStatus status) =>
        status.Value.EndsWith("_IN_PROGRESS", StringComparison.Ordinal) && status != StackStatus.REVIEW_IN_PROGRESS;
}
