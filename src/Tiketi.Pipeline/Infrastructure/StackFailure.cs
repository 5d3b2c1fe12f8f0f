using Amazon.CloudFormation.Model;

namespace Tiketi.Pipeline.Infrastructure;

/// <summary>Turns a failed operation's events into the one cause and the way out.</summary>
internal static class StackFailure
{
    private static readonly (string Sign, string Remedy)[] KnownCauses =
    [
        ("already exists", "Something of that name is there already: delete or rename it, or import it into the stack."),
        ("is not authorized", "Give the deploying role the permission named in the reason."),
        ("AccessDenied", "Give the deploying role the permission named in the reason."),
        ("LimitExceeded", "The account's quota is used up: ask for more in Service Quotas, or remove what is not needed."),
        ("quota", "The account's quota is used up: ask for more in Service Quotas, or remove what is not needed."),
        ("maximum number of", "The account's quota is used up: ask for more in Service Quotas, or remove what is not needed."),
        ("not empty", "Empty the bucket (or repository) first, then run the same command again."),
        ("No export named", "The stack that exports it is not deployed yet: run ApplyInfra for all stacks."),
        ("in use by", "Another stack still imports it: remove that import first."),
        ("InsufficientInstanceCapacity", "The zone has none of that instance type now: choose another type or try later."),
    ];

    /// <param name="template">The stack's template.</param>
    /// <param name="stackName">Full name.</param>
    /// <param name="status">The status it ended in, or null if it is gone.</param>
    /// <param name="events">The operation's events, oldest first.</param>
    public static PipelineException Explain(StackTemplate template, string stackName, string? status, IReadOnlyList<StackEvent> events)
    {
        // What was under way when the first resource failed is reported failed too, as cancelled.
        var cause = events.FirstOrDefault(one => one.ResourceStatus?.Value.EndsWith("_FAILED", StringComparison.Ordinal) == true
            && one.LogicalResourceId != stackName
            && one.ResourceStatusReason?.Contains("cancelled", StringComparison.OrdinalIgnoreCase) != true);
        if (cause is null)
        {
            var reason = events.LastOrDefault(one => one.LogicalResourceId == stackName && !string.IsNullOrEmpty(one.ResourceStatusReason))?.ResourceStatusReason;
            return new PipelineException(
                $"Stack {stackName} ended as {status ?? "deleted"}{(reason is null ? ", and CloudFormation gives no reason" : ": " + reason)}.",
                $"Look at its events: aws cloudformation describe-stack-events --stack-name {stackName}");
        }

        var known = KnownCauses.FirstOrDefault(entry => cause.ResourceStatusReason?.Contains(entry.Sign, StringComparison.OrdinalIgnoreCase) == true).Remedy;
        return new PipelineException(
            $"Stack {stackName} ended as {status ?? "deleted"}: {cause.LogicalResourceId} ({cause.ResourceType}) {cause.ResourceStatus}: {cause.ResourceStatusReason ?? "no reason given"}",
            $"{known ?? $"Correct {cause.LogicalResourceId} in {template.File}."} Then run the same command again: it goes on from there.");
    }
}
