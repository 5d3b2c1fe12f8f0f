using System.Globalization;
using System.Text;
using Tiketi.Pipeline.LoadTesting.Queues;

namespace Tiketi.Pipeline.LoadTesting.Scenarios;

/// <summary>Shows a scenario's result to people.</summary>
public static class ScenarioReport
{
    /// <summary>All requests as <see cref="LoadTestReport.ToText"/> shows them, and a line for each step; at most 80 columns wide.</summary>
    public static string ToText(ScenarioResult result)
    {
        var text = new StringBuilder(LoadTestReport.ToText(result.All));
        text.AppendLine().AppendLine("requests  errors     p50 ms     p95 ms     p99 ms  step");
        foreach (var (name, step) in result.Steps)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"{step.Requests,8}  {step.Errors,6} {At(step, 50),10:0.0} {At(step, 95),10:0.0} {At(step, 99),10:0.0}  {name}");
            foreach (var (kind, count) in step.ErrorsByKind)
            {
                text.AppendLine(CultureInfo.InvariantCulture, $"{"",8}  {count,6} x {kind}");
            }
        }

        if (result.Queue is { } queue)
        {
            text.AppendLine().Append(QueueReport.ToText(queue));
        }

        if (result.NotCleanedUp > 0)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"{result.NotCleanedUp} clean-up requests failed: what the test has made is partly still there.");
        }

        return text.ToString();
    }

    private static double At(LoadTestResult step, double percentile) => step.Latency.At(percentile).TotalMilliseconds;
}
