using System.Text;
using Nuke.Common.Execution;
using Nuke.Common.Reporting;

namespace Nuke.Common.CI.GitHubActions;

/// <summary>The table of targets as the step's summary page shows it.</summary>
internal static class StepSummary
{
    // GitHub refuses summaries above 1 MiB a step.
    private const int MaximumLength = 256 * 1024;

    public static string Create(INukeBuild build)
    {
        var text = new StringBuilder($"### Build {SummaryTable.GetOutcome(build)}\n\n| Target | Status | Duration | |\n| --- | --- | ---: | --- |\n");
        foreach (var target in build.ExecutionPlan.Where(x => x.Status != ExecutionStatus.Collective))
        {
            var row = $"| {target.Name} | {target.Status} | {SummaryTable.GetDuration(target)} | {Escape(SummaryTable.GetRemark(target))} |\n";
            if (text.Length + row.Length > MaximumLength)
                break;
            text.Append(row);
        }

        return text.Append('\n').ToString();
    }

    private static string Escape(string text) => text
        .Replace("|", "\\|", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).Replace('\n', ' ');
}
