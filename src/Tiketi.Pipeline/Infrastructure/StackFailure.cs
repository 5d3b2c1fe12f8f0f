using Amazon.CloudFormation;
using Amazon.CloudFormation.Model;

namespace Tiketi.Pipeline.Infrastructure;

/// <summary>Turns a failed operation's events into the one cause and the way out.</summary>
internal static class StackFailure
{
    private const string NestedStack = "AWS::CloudFormation::Stack";

    /// <summary>Finds the cause: the first resource that failed by itself, in the nested stack where that is where it happened.</summary>
    /// <param name="context">The stack.</param>
    /// <param name="status">The status it ended in, or null if it is gone.</param>
    /// <param name="events">The operation's events, oldest first.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    public static async Task<PipelineException> ExplainAsync(
        StackContext context, string? status, IReadOnlyList<StackEvent> events, CancellationToken cancellationToken)
    {
        var ended = $"Stack {context.StackName} ended as {status ?? "deleted"}";
        if (CauseIn(events) is not { } cause)
        {
            var reason = events.LastOrDefault(one => IsOwn(one) && !string.IsNullOrEmpty(one.ResourceStatusReason))?.ResourceStatusReason;
            return new PipelineException(
                $"{ended}{(reason is null ? ", and CloudFormation gives no reason" : ": " + reason)}.",
                FailureCauses.RemedyOf(reason) ?? $"Look at its events: aws cloudformation describe-stack-events --stack-name {context.StackName}");
        }

        var path = cause.LogicalResourceId;
        for (var depth = 0; depth < 5 && cause.ResourceType == NestedStack && !string.IsNullOrEmpty(cause.PhysicalResourceId); depth++)
        {
            if (CauseIn(await NestedAsync(context.CloudFormation, cause, cancellationToken).ConfigureAwait(false)) is not { } inner)
            {
                break;
            }

            (path, cause) = ($"{path}.{inner.LogicalResourceId}", inner);
        }

        return new PipelineException(
            $"{ended}: {path} ({cause.ResourceType}) {cause.ResourceStatus}: {cause.ResourceStatusReason ?? "no reason given"}",
            $"{FailureCauses.RemedyOf(cause.ResourceStatusReason) ?? $"Correct {cause.LogicalResourceId} in {context.Template.File}."} Then run the same command again: it goes on from there.");
    }

    /// <summary>What was under way when the first resource failed is reported failed too, as cancelled.</summary>
    private static StackEvent? CauseIn(IEnumerable<StackEvent> events) => events.FirstOrDefault(one =>
        one.ResourceStatus?.Value.EndsWith("_FAILED", StringComparison.Ordinal) == true && !IsOwn(one)
        && one.ResourceStatusReason?.Contains("cancelled", StringComparison.OrdinalIgnoreCase) != true);

    /// <summary>Whether the event is of the stack itself, not of a resource in it.</summary>
    private static bool IsOwn(StackEvent one) => one.PhysicalResourceId == one.StackId || one.LogicalResourceId == one.StackName;

    /// <summary>
    /// The events of a nested stack since the operation that failed began, oldest first; none where it is gone. That need not be its
    /// last operation: a creation that failed is deleted by the rollback around it.
    /// </summary>
    private static async Task<IReadOnlyList<StackEvent>> NestedAsync(IAmazonCloudFormation cloudFormation, StackEvent nested, CancellationToken cancellationToken)
    {
        var events = new List<StackEvent>();
        var beginning = nested.ResourceStatus.Value.Replace("_FAILED", "_IN_PROGRESS", StringComparison.Ordinal);
        bool IsBeginning(StackEvent one) => IsOwn(one) && one.ResourceStatus?.Value == beginning;
        string? token = null;
        do
        {
            DescribeStackEventsResponse page;
            try
            {
                page = await cloudFormation.DescribeStackEventsAsync(
                    new DescribeStackEventsRequest { StackName = nested.PhysicalResourceId, NextToken = token }, cancellationToken).ConfigureAwait(false);
            }
            catch (AmazonCloudFormationException gone) when (StackQueries.IsAbsent(gone))
            {
                return [];
            }

            events.AddRange(page.StackEvents ?? []);
            token = events.Exists(IsBeginning) ? null : page.NextToken;
        }
        while (!string.IsNullOrEmpty(token));

        var last = events.FindIndex(IsBeginning);
        var operation = last < 0 ? events : events[..(last + 1)];
        operation.Reverse();
        return operation;
    }
}
