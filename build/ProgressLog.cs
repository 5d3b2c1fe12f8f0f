using Tiketi.Pipeline.Infrastructure;

/// <summary>Writes the stacks' progress to the log, in a terminal and in a job's log alike: lines are only ever appended.</summary>
sealed class ProgressLog
{
    /// <summary>How often what is in flight is told: often enough to show that it goes on, seldom enough to be read.</summary>
    static readonly TimeSpan Period = TimeSpan.FromSeconds(30);

    readonly StackProgress _progress = new(TimeProvider.System);

    public void Take(ResourceTransition step)
    {
        Log.Debug("{Stack:l}: {Resource:l} {Status:l}", step.Stack, step.LogicalId, step.Status);
        if (_progress.Take(step) is { } line)
        {
            Log.Information("{Line:l}", line);
        }
    }

    /// <summary>Tells of what is in flight every half minute, until it is disposed of.</summary>
    public IDisposable Remind() => new Timer(_ =>
    {
        foreach (var line in _progress.InFlight(Printing.Width))
        {
            Log.Information("{Line:l}", line);
        }
    }, null, Period, Period);
}
