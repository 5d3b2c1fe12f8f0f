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
        build.Table(result);
        Require(result);
    }

    /// <summary>A table of checks.</summary>
    public static void Table(this INukeBuild build, CheckResults result)
    {
        Log.Information("{Checks:l}", SmokeTestReport.ToText(result));
        JobSummary.AddLines("Checks", SmokeTestReport.ToText(result).Split('\n'));
        build.Report(
            ("Passed", result.Count(CheckStatus.Passed)),
            ("Warnings", result.Count(CheckStatus.Warning)),
            ("Failed", result.Count(CheckStatus.Failed)),
            ("Skipped", result.Count(CheckStatus.Skipped)));
    }

    /// <exception cref="PipelineException">A check failed.</exception>
    public static void Require(CheckResults result)
    {
        if (!result.Succeeded)
        {
            var failed = result.Checks.Where(check => check.Status == CheckStatus.Failed).ToList();
            throw new PipelineException(
                string.Join("; ", failed.Select(check => $"{check.Id}: {check.Evidence}")),
                string.Join(" ", failed.Select(check => check.Remedy).Distinct(StringComparer.Ordinal)));
        }
    }

    /// <summary>The plan as wide as the terminal; a job's log is taken to be 120 characters wide.</summary>
    public static void Plan(InfrastructurePlan plan) => Show("Stacks", PlanText.Render(plan, Width));

    /// <summary>What is left of a line beside the time and level that the log puts before it.</summary>
    public static int Width => (Console.IsOutputRedirected ? 120 : Console.WindowWidth) - "00:00:00 [INF] ".Length;

    /// <summary>Lines for the log, and for those who review a GitHub job.</summary>
    public static void Show(string title, IReadOnlyList<string> lines)
    {
        foreach (var line in lines)
        {
            Log.Information("{Line:l}", line);
        }

        JobSummary.AddLines(title, lines);
    }
}
