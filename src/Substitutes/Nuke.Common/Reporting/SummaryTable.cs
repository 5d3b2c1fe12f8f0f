using Nuke.Common.Execution;

namespace Nuke.Common.Reporting;

/// <summary>The table of targets at the end of a run.</summary>
internal static class SummaryTable
{
    private const string RemarkStart = "   // ";

    /// <summary>The table's lines with the status that colours them, none longer than the console is wide as far as words can be parted.</summary>
    public static IEnumerable<(string Line, ExecutionStatus? Status)> GetLines(IReadOnlyCollection<ExecutableTarget> plan, int consoleWidth = int.MaxValue)
    {
        var targets = plan.Where(x => x.Status != ExecutionStatus.Collective).ToList();
        var first = Math.Max(targets.Select(x => x.Name.Length).DefaultIfEmpty().Max() + 4, 19);
        var width = first + 20;
        string Row(string name, string status, string duration, string remark) =>
            $"{name.PadRight(first)}{status,-10}{duration,10}{(remark.Length > 0 ? RemarkStart + remark : string.Empty)}".TrimEnd();

        yield return (string.Empty, null);
        yield return (new string('═', width), null);
        yield return (Row("Target", "Status", "Duration", string.Empty), null);
        yield return (new string('─', width), null);
        foreach (var target in targets)
        {
            var remarks = Wrap(GetRemark(target), consoleWidth - width - RemarkStart.Length);
            yield return (Row(target.Name, target.Status.ToString(), GetDuration(target), remarks[0]), target.Status);
            foreach (var more in remarks.Skip(1))
                yield return (Row(string.Empty, string.Empty, string.Empty, more), target.Status);
        }

        yield return (new string('─', width), null);
        yield return (Row("Total", string.Empty, Durations.Format(GetTotal(targets)), string.Empty), null);
        yield return (new string('═', width), null);
    }

    /// <summary>"succeeded", "failed", or "cancelled" where targets were aborted and none had failed by itself.</summary>
    public static string GetOutcome(INukeBuild build) =>
        build.IsSucceeding ? "succeeded" : build.FailedTargets.Count == 0 && build.AbortedTargets.Count > 0 ? "cancelled" : "failed";

    public static string GetColor(ExecutionStatus? status) => status switch
    {
        ExecutionStatus.Succeeded => "32",
        ExecutionStatus.Failed => "31",
        ExecutionStatus.NotRun or ExecutionStatus.Aborted => "33",
        _ => "0",
    };

    public static string GetDuration(ExecutableTarget target) =>
        target.Status is ExecutionStatus.Succeeded or ExecutionStatus.Failed or ExecutionStatus.Aborted ? Durations.Format(target.Duration) : string.Empty;

    /// <summary>What the target reported, or why it did not succeed.</summary>
    public static string GetRemark(ExecutableTarget target) =>
        target.Summary.Count > 0 ? string.Join(", ", target.Summary.Select(x => $"{x.Key}: {x.Value}")) : target.Reason ?? string.Empty;

    private static List<string> Wrap(string text, int width)
    {
        List<string> lines = [string.Empty];
        foreach (var word in text.Split(' '))
        {
            if (lines[^1].Length > 0 && lines[^1].Length + 1 + word.Length > width)
                lines.Add(word);
            else
                lines[^1] = lines[^1].Length == 0 ? word : $"{lines[^1]} {word}";
        }

        return lines;
    }

    /// <summary>From the first start to the last end, since targets overlap.</summary>
    private static TimeSpan GetTotal(List<ExecutableTarget> targets)
    {
        var ran = targets.FindAll(x => x.StartedAt != null);
        return ran.Count == 0 ? TimeSpan.Zero : ran.Max(x => x.StartedAt!.Value + x.Duration) - ran.Min(x => x.StartedAt!.Value);
    }
}
