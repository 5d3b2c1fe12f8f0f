using Amazon.CloudFormation;
using Amazon.CloudFormation.Model;

namespace Tiketi.Pipeline.Infrastructure;

/// <summary>Watches one stack until CloudFormation has done with it, passing on each new event once and in order.</summary>
internal sealed class StackFollower(IAmazonCloudFormation cloudFormation, TimeProvider time, string name, string stackId, Action<ResourceTransition> report)
{
    private static readonly TimeSpan FirstPoll = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPoll = TimeSpan.FromSeconds(5);

    private readonly Dictionary<string, DateTime> _started = new(StringComparer.Ordinal);
    private readonly List<StackEvent> _events = [];
    private string? _last;

    /// <summary>Everything seen since <see cref="MarkAsync"/>, oldest first.</summary>
    public IReadOnlyList<StackEvent> Events => _events;

    /// <summary>Takes what has happened so far as known.</summary>
    public async Task MarkAsync(CancellationToken cancellationToken)
    {
        var page = await PageAsync(null, cancellationToken).ConfigureAwait(false);
        _last = page.StackEvents?.FirstOrDefault()?.EventId;
    }

    /// <summary>Waits for the end of the operation in progress. Returns the stack, or null if it is gone.</summary>
    /// <param name="justStarted">
    /// The operation was asked for a moment ago and may not show yet, so a settled status counts only once the stack's own
    /// final event is there, or the status has stayed for a while.
    /// </param>
    /// <param name="cancellationToken">Ends the waiting, not the operation.</param>
    public async Task<Stack?> WaitAsync(bool justStarted, CancellationToken cancellationToken)
    {
        const int QuietPolls = 4;
        var quiet = justStarted ? 0 : QuietPolls;
        for (var pause = FirstPoll; ; pause = TimeSpan.FromTicks(Math.Min((long)(pause.Ticks * 1.5), LongestPoll.Ticks)))
        {
            var stack = await StackQueries.FindAsync(cloudFormation, stackId, cancellationToken).ConfigureAwait(false);
            await ReportNewEventsAsync(cancellationToken).ConfigureAwait(false);
            if (stack is null)
            {
                return null;
            }

            var settled = !stack.StackStatus.Value.EndsWith("_IN_PROGRESS", StringComparison.Ordinal);
            var ended = _events.Exists(one => one.PhysicalResourceId == stackId && one.ResourceStatus == stack.StackStatus.Value);
            if (settled && (ended || ++quiet > QuietPolls))
            {
                return stack;
            }

            await Task.Delay(pause, time, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Events come newest first; pages are read back to the last one known.</summary>
    private async Task ReportNewEventsAsync(CancellationToken cancellationToken)
    {
        var fresh = new List<StackEvent>();
        string? token = null;
        do
        {
            var page = await PageAsync(token, cancellationToken).ConfigureAwait(false);
            var events = page.StackEvents ?? [];
            var known = _last is null ? -1 : events.FindIndex(one => one.EventId == _last);
            fresh.AddRange(known < 0 ? events : events[..known]);
            token = known < 0 ? page.NextToken : null;
        }
        while (!string.IsNullOrEmpty(token));

        if (fresh.Count == 0)
        {
            return;
        }

        _last = fresh[0].EventId;
        fresh.Reverse();
        foreach (var one in fresh)
        {
            _events.Add(one);
            var at = one.Timestamp ?? time.GetUtcNow().UtcDateTime;
            _started.TryAdd(one.LogicalResourceId, at);
            report(new ResourceTransition(name, one.LogicalResourceId, one.ResourceType, one.ResourceStatus?.Value ?? "",
                string.IsNullOrEmpty(one.ResourceStatusReason) ? null : one.ResourceStatusReason, at - _started[one.LogicalResourceId]));
        }
    }

    private async Task<DescribeStackEventsResponse> PageAsync(string? token, CancellationToken cancellationToken)
    {
        try
        {
            return await cloudFormation.DescribeStackEventsAsync(
                new DescribeStackEventsRequest { StackName = stackId, NextToken = token }, cancellationToken).ConfigureAwait(false);
        }
        catch (AmazonCloudFormationException gone) when (StackQueries.IsAbsent(gone))
        {
            return new DescribeStackEventsResponse();
        }
    }
}
