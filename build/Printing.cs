using Tiketi.Pipeline.Infrastructure;
using Tiketi.Pipeline.Verification;

/// <summary>Results as people read them in a terminal.</summary>
static class Printing
{
    /// <summary>Figures for the target's line of the summary table.</summary>
    public static void Report(this INukeBuild build, params (string Name, object Value)[] figures) =>
        build.ReportSummary(summary =>
        {
            foreach (var (name, value) in figures)
            {
                summary[name] = $"{value}";
            }

            return summary;
        });

    /// <summary>A table of checks; a failed one fails the target.</summary>
    public static void Show(this INukeBuild build, CheckResults result)
    {
        Log.Information("{Checks:l}", SmokeTestReport.ToText(result));
        JobSummary.AddLines("Checks", SmokeTestReport.ToText(result).Split('\n'));
        build.Report(
            ("Passed", result.Count(CheckStatus.Passed)),
            ("Warnings", result.Count(CheckStatus.Warning)),
            ("Failed", result.Count(CheckStatus.Failed)),
            ("Skipped", result.Count(CheckStatus.Skipped)));
        if (!result.Succeeded)
        {
            var failed = result.Checks.Where(check => check.Status == CheckStatus.Failed).ToList();
            throw new PipelineException(
                string.Join("; ", failed.Select(check => $"{check.Id}: {check.Evidence}")),
                string.Join(" ", failed.Select(check => check.Remedy).Distinct(StringComparer.Ordinal)));
        }
    }

    /// <summary>A line when a resource is done; what is under way shows in the run's elapsed times.</summary>
    public static void Transition(ResourceTransition transition)
    {
        if (!transition.Status.EndsWith("_IN_PROGRESS", StringComparison.Ordinal))
        {
            Log.Debug("{Stack:l}: {Resource:l} {Status:l} after {Elapsed:0.0} s", transition.Stack, transition.LogicalId, transition.Status, transition.Elapsed.TotalSeconds);
        }
    }

    public static void Plan(InfrastructurePlan plan) => Show(
        "Stacks",
        [.. plan.Stacks.SelectMany(Lines), .. plan.LeftOut.Select(stack => $"{stack.Key}: left out, because {stack.Value} has no value")]);

    /// <summary>Lines for the log, and for those who review a GitHub job.</summary>
    public static void Show(string title, IReadOnlyList<string> lines)
    {
        foreach (var line in lines)
        {
            Log.Information("{Line:l}", line);
        }

        JobSummary.AddLines(title, lines);
    }

    static IEnumerable<string> Lines(StackPlan stack)
    {
        yield return $"{stack.StackName}: {stack.Action}{(stack.FromTemplate ? " (as its template states it: what it imports from does not exist yet)" : "")}";
        foreach (var change in stack.Changes.OrderByDescending(change => change.Replacement is "True" or "Conditional"))
        {
            var replacement = change.Replacement switch { "True" => " REPLACED", "Conditional" => " perhaps REPLACED", _ => "" };
            var properties = change.Properties.Count == 0 ? "" : ": " + string.Join(", ", change.Properties);
            yield return $"  {change.Action} {change.LogicalId} ({change.Type}){replacement}{properties}";
        }
    }
}
