using System.Text.Json;
using Nuke.Common.Execution;
using Nuke.Common.IO;

namespace Nuke.Common.Reporting;

/// <summary>What a run was: the content of report.json, and what report.html shows.</summary>
/// <param name="StartedAt">When the first target started.</param>
/// <param name="Total">From the first start to the last end.</param>
/// <param name="Outcome">As <see cref="SummaryTable.GetOutcome"/> tells it.</param>
/// <param name="Targets">The targets in the order of the plan.</param>
internal sealed record RunReport(DateTimeOffset StartedAt, TimeSpan Total, string Outcome, IReadOnlyList<RunReport.Entry> Targets)
{
    /// <summary>Raised when a reader of the last version would misread the next.</summary>
    public const int SchemaVersion = 1;

    /// <param name="Target">The target.</param>
    /// <param name="Start">After the start of the run, or null if the target did not run.</param>
    /// <param name="IsCritical">Whether the run would have been shorter without it.</param>
    internal sealed record Entry(ExecutableTarget Target, TimeSpan? Start, bool IsCritical);

    public static RunReport Create(INukeBuild build, DateTimeOffset now)
    {
        var plan = build.ExecutionPlan.Where(x => x.Status != ExecutionStatus.Collective).ToList();
        var ran = plan.Where(x => x.StartedAt != null).ToList();
        var start = ran.Select(x => x.StartedAt!.Value).DefaultIfEmpty(now).Min();
        var end = ran.Select(GetEnd).DefaultIfEmpty(start).Max();
        var critical = GetCriticalPath(build.ExecutionPlan, ran);
        return new RunReport(
            start, end - start, SummaryTable.GetOutcome(build), [.. plan.Select(x => new Entry(x, x.StartedAt - start, critical.Contains(x)))]);
    }

    /// <summary>Writes report.json and report.html.</summary>
    public void Write(AbsolutePath directory, SecretMask secrets, Func<ExecutableTarget, IReadOnlyList<LogLine>> getLines)
    {
        File.WriteAllText(directory / "report.json", secrets.Apply(ToJson()));
        File.WriteAllText(directory / "report.html", secrets.Apply(RunReportPage.Create(this, getLines)));
    }

    public string ToJson()
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true, NewLine = "\n" }))
        {
            writer.WriteStartObject();
            writer.WriteNumber("schemaVersion", SchemaVersion);
            writer.WriteString("startedAt", StartedAt);
            writer.WriteNumber("durationSeconds", Seconds(Total));
            writer.WriteBoolean("succeeded", Outcome == "succeeded");
            writer.WriteStartArray("targets");
            foreach (var (target, start, isCritical) in Targets)
            {
                writer.WriteStartObject();
                writer.WriteString("name", target.Name);
                writer.WriteString("status", target.Status.ToString());
                if (start is { } startOffset)
                    writer.WriteNumber("startSeconds", Seconds(startOffset));
                writer.WriteNumber("durationSeconds", Seconds(target.Duration));
                writer.WriteBoolean("onCriticalPath", isCritical);
                if (target.Reason is { } reason)
                    writer.WriteString("reason", reason);
                writer.WriteStartObject("summary");
                foreach (var (key, value) in target.Summary)
                    writer.WriteString(key, value);
                writer.WriteEndObject();
                writer.WriteStartArray("dependencies");
                foreach (var dependency in target.ExecutionDependencies)
                    writer.WriteStringValue(dependency.Name);
                writer.WriteEndArray();
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        return System.Text.Encoding.UTF8.GetString(stream.ToArray()) + "\n";
    }

    // From the target that ended last, back to the one that it waited for, and so on.
    private static HashSet<ExecutableTarget> GetCriticalPath(IReadOnlyCollection<ExecutableTarget> plan, List<ExecutableTarget> ran)
    {
        var predecessors = ExecutionPlanner.GetPredecessors(plan);
        var path = new HashSet<ExecutableTarget>();
        for (var target = ran.MaxBy(GetEnd); target != null; target = GetWaitedFor(target))
            path.Add(target);
        return path;

        ExecutableTarget? GetWaitedFor(ExecutableTarget target)
        {
            // Targets without actions take no time, but stand between others.
            var seen = new HashSet<ExecutableTarget>();
            var pending = new Stack<ExecutableTarget>(predecessors[target]);
            while (pending.TryPop(out var next))
            {
                if (seen.Add(next) && next.StartedAt == null)
                {
                    foreach (var further in predecessors[next])
                        pending.Push(further);
                }
            }

            return seen.Where(x => x.StartedAt != null).MaxBy(GetEnd);
        }
    }

    private static DateTimeOffset GetEnd(ExecutableTarget target) => target.StartedAt!.Value + target.Duration;

    private static double Seconds(TimeSpan time) => Math.Round(time.TotalSeconds, 3);
}
