namespace Tiketi.Pipeline.Infrastructure;

/// <summary>
/// What of a run's many transitions people want to read, as lines that are only ever appended: the beginning and end of what
/// takes long, failures, and on request a line for each resource in flight. Thread-safe.
/// </summary>
public sealed class StackProgress(TimeProvider time)
{
    private const int MostLines = 8;
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Noticed = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private readonly Dictionary<(string Stack, string LogicalId), (ResourceTransition Step, long Since)> _inFlight = [];

    /// <summary>Takes a step in; answers the line to write now, or null.</summary>
    public string? Take(ResourceTransition step)
    {
        ArgumentNullException.ThrowIfNull(step);
        lock (_lock)
        {
            return TakeOne(step);
        }
    }

    /// <summary>A line for each resource in flight, the longest first, shortened to <paramref name="width"/> characters; a few at most.</summary>
    public IReadOnlyList<string> InFlight(int width)
    {
        List<(ResourceTransition Step, long Since)> all;
        lock (_lock)
        {
            all = [.. _inFlight.Values.OrderBy(entry => entry.Since)];
        }

        var lines = all.Take(MostLines).Select(entry =>
        {
            var text = $"{Subject(entry.Step)}: {Verb(entry.Step, "ing")} for {Text(time.GetElapsedTime(entry.Since))}{(Usual(entry.Step) is { } usual ? $", usually {Text(usual)}" : "")}";
            return text.Length <= width ? text : text[..Math.Max(width - 3, 0)] + "...";
        });
        return all.Count <= MostLines ? [.. lines] : [.. lines, $"and {all.Count - MostLines} more"];
    }

    private string? TakeOne(ResourceTransition step)
    {
        var key = (step.Stack, step.LogicalId);
        var isStack = step.LogicalId.StartsWith("tiketi-", StringComparison.Ordinal) && step.Type == "AWS::CloudFormation::Stack";
        if (step.Status.EndsWith("_IN_PROGRESS", StringComparison.Ordinal))
        {
            if (isStack)
            {
                return step.Status.Contains("ROLLBACK", StringComparison.Ordinal) && !step.Status.Contains("CLEANUP", StringComparison.Ordinal)
                    ? $"{step.Stack}: something failed; CloudFormation takes the changes back" : null;
            }

            var isNew = !_inFlight.ContainsKey(key);
            _inFlight[key] = (step, isNew ? time.GetTimestamp() : _inFlight[key].Since);
            return isNew && Usual(step) is { } usual && usual >= Long ? $"{Subject(step)}: {Verb(step, "ing")}, usually {Text(usual)}" : null;
        }

        var began = _inFlight.Remove(key, out var entry);
        var elapsed = began ? time.GetElapsedTime(entry.Since) : step.Elapsed;
        return step.Status.EndsWith("_FAILED", StringComparison.Ordinal) && !isStack ? $"{Subject(step)}: FAILED after {Text(elapsed)}: {step.Reason ?? "no reason given"}"
            : !isStack && elapsed >= Noticed ? $"{Subject(step)}: {Verb(step, "ed")} after {Text(elapsed)}" : null;
    }

    private static string Subject(ResourceTransition step) => $"{step.Stack}: {ResourceTypes.NameOf(step.Type)} {step.LogicalId}";

    private static TimeSpan? Usual(ResourceTransition step) => step.Status.StartsWith("CREATE", StringComparison.Ordinal) ? ResourceTypes.UsualTime(step.Type) : null;

    private static string Verb(ResourceTransition step, string end) => step.Status.Split('_')[0] switch
    {
        "CREATE" => "creat" + end,
        "UPDATE" => "updat" + end,
        "DELETE" => "delet" + end,
        "IMPORT" => "import" + end,
        _ => "roll" + end + " back",
    };

    private static string Text(TimeSpan time) => time < TimeSpan.FromMinutes(1) ? $"{time.TotalSeconds:0} s"
        : time.Seconds == 0 ? $"{(int)time.TotalMinutes} min" : $"{(int)time.TotalMinutes} min {time.Seconds} s";
}
