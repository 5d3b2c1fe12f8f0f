using Amazon.CloudFormation;
using Amazon.CloudFormation.Model;

namespace Tiketi.Pipeline.Infrastructure;

/// <summary>Another run may begin an operation between our look at a stack and our change of it.</summary>
internal static class StackBusy
{
    private const int Attempts = 3;

    /// <summary>Whether CloudFormation refused because somebody else changes the stack, or has changed it since our change set was made.</summary>
    public static bool IsCause(Exception error) => (error as AmazonCloudFormationException ?? error.InnerException) switch
    {
        InvalidChangeSetStatusException => true,
        AmazonCloudFormationException { ErrorCode: "ValidationError" } refused => refused.Message.Contains("_IN_PROGRESS state", StringComparison.Ordinal),
        _ => false,
    };

    /// <summary>Does the work again, from its look at the stack on, when somebody else came between.</summary>
    public static async Task<T> RetryAsync<T>(Func<Task<T>> work)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await work().ConfigureAwait(false);
            }
            catch (Exception error) when (attempt < Attempts && IsCause(error))
            {
                // The next look follows the other's operation to its end.
            }
        }
    }
}
