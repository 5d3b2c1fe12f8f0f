using Amazon.CloudFormation;
using Amazon.CloudFormation.Model;

namespace Tiketi.Pipeline.Infrastructure;

/// <summary>The way on from each status that an operation may have left a stack in.</summary>
internal static class StackRecovery
{
    /// <summary>Whether a creation failed: nothing can be made of the remains, so they are deleted and the stack is created anew.</summary>
    public static bool IsFailedCreation(Stack stack) => stack.StackStatus == StackStatus.ROLLBACK_COMPLETE
        || stack.StackStatus == StackStatus.ROLLBACK_FAILED || stack.StackStatus == StackStatus.CREATE_FAILED;

    /// <exception cref="PipelineException">CloudFormation accepts no change to a stack in this status.</exception>
    public static void RequireChangeable(Stack stack)
    {
        if (stack.StackStatus == StackStatus.UPDATE_ROLLBACK_FAILED || stack.StackStatus == StackStatus.DELETE_FAILED
            || stack.StackStatus == StackStatus.IMPORT_ROLLBACK_FAILED)
        {
            throw new PipelineException(
                $"Stack {stack.StackName} is {stack.StackStatus}{(string.IsNullOrEmpty(stack.StackStatusReason) ? "" : ": " + stack.StackStatusReason)}, which CloudFormation cannot change.",
                stack.StackStatus == StackStatus.DELETE_FAILED
                    ? "Remove what blocks the deletion, then run DestroyInfra."
                    : $"Mend the cause, then: aws cloudformation continue-update-rollback --stack-name {stack.StackName}");
        }
    }
}
