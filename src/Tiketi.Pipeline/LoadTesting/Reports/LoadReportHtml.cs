using System.Globalization;
using Tiketi.Pipeline.Pages;

namespace Tiketi.Pipeline.LoadTesting.Reports;

/// <summary>A load test as one page.</summary>
public static class LoadReportHtml
{
    /// <summary>Kinds of errors beyond these are rare ones.</summary>
    private const int Most = 50;

    /// <param name="run">What to show.</param>
    /// <param name="comparison">With an earlier run; null for none.</param>
    public static string Render(LoadRun run, LoadComparison? comparison) => Page.Render(
        $"Load test {run.Name} - {Outcome(run).Word}",
        Html.Of($"""
            <h1>Load test: {run.Name}</h1>
            <span class="pill {Outcome(run).Look}">{Outcome(run).Word}</span>
            <p>{(run.Description is { } description ? Html.Of($"{description}. ") : Html.Empty)}{run.Load} on {run.Url} ({run.Environment}), <time>{run.At:yyyy-MM-dd HH:mm} UTC</time>, {(run.Aborted ? "was stopped after" : "took")} {run.Seconds:0.#} s.</p>
            """),
        Html.Of($"""
            {Figures(run, comparison)}
            {Thresholds(run)}
            {LoadReportCharts.Latency(run, comparison?.Before)}
            {LoadReportCharts.OverTime(run)}
            {QueueReportHtml.Render(run)}
            {Comparison(comparison)}
            {Steps(run)}
            {Errors(run)}
            {(run.NotCleanedUp == 0 ? Html.Empty : Html.Of($"<section><b class=\"bad\">{run.NotCleanedUp:#,0} clean-up requests failed</b>: what the test has made is partly still there.</section>"))}
            <footer>{Footer(run)}</footer>
            """));

    /// <summary>Milliseconds with as many digits as one can read.</summary>
    internal static string Milliseconds(double value) =>
        value >= 10_000 ? string.Create(CultureInfo.InvariantCulture, $"{value / 1000:#,0.0} s") : string.Create(CultureInfo.InvariantCulture, $"{value.ToString(value < 10 ? "0.00" : value < 100 ? "0.0" : "0", CultureInfo.InvariantCulture)} ms");

    private static (string Word, string Look) Outcome(LoadRun run) => run.Aborted ? ("aborted", "neutral") : run.Passed ? ("passed", "good") : ("failed", "bad");

    private static Html Figures(LoadRun run, LoadComparison? comparison)
    {
        return Page.Tiles(
            ("Requests", $"{run.Requests.ToString("#,0", CultureInfo.InvariantCulture)}", Html.Of($"in {run.Seconds:0.#} s")),
            ("Errors", string.Create(CultureInfo.InvariantCulture, $"{run.ErrorShare * 100:0.##} %"), Note("errors")),
            ("Throughput", string.Create(CultureInfo.InvariantCulture, $"{run.RequestsPerSecond:#,0.#}/s"), Note("requests/s")),
            ("Latency p50", Milliseconds(run.LatencyMilliseconds["p50"]), Note("p50")),
            ("Latency p95", Milliseconds(run.LatencyMilliseconds["p95"]), Note("p95")),
            ("Latency p99", Milliseconds(run.LatencyMilliseconds["p99"]), Note("p99")));

        Html Note(string metric) => comparison?.Changes.First(change => change.Metric == metric) is { } change ? Verdict(change) : Html.Empty;
    }

    private static Html Verdict(LoadChange change) => change.Difference switch
    {
        LoadDifference.Better => Html.Of($"<em class=\"good\">{change.Text}</em>"),
        LoadDifference.Worse => Html.Of($"<em class=\"bad\">{change.Text}</em>"),
        LoadDifference.WithinNoise when change.Now != change.Before => Html.Of($"{change.Text} (noise)"),
        _ => Html.Of($"{change.Text}"),
    };

    private static Html Thresholds(LoadRun run) => run.Thresholds.Count == 0 ? Html.Empty : Page.Section("Thresholds", "What this test had to hold.", Page.Table(
        run.Thresholds.Select(threshold => (IReadOnlyList<Html>)
        [
            Html.Of($"<code>{threshold.Threshold}</code>"),
            Html.Of($"{threshold.Actual}"),
            Html.Of($"<b class=\"{(threshold.Held ? "good" : "bad")}\">{(threshold.Held ? "✓ held" : "✗ not held")}</b>"),
        ]),
        "Threshold", "#Measured", "#Verdict"));

    private static Html Comparison(LoadComparison? comparison) => comparison is null ? Html.Empty : Page.Section(
        "Compared with the last run",
        $"{comparison.Before.At.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)} UTC. {(comparison.IsSameLoad ? "" : $"It was loaded otherwise ({comparison.Before.Load} on {comparison.Before.Url}), so differences say little. ")}Within noise is what is smaller than 5 % or than the parts of the two runs differ among themselves.",
        Page.Table(
            comparison.Changes.Select(change => (IReadOnlyList<Html>)
            [
                Html.Of($"{change.Metric}"),
                Html.Of($"{change.Before:#,0.##} {change.Unit}"),
                Html.Of($"{change.Now:#,0.##} {change.Unit}"),
                Html.Of($"{change.Text}<small class=\"{change.Difference switch { LoadDifference.Better => "good", LoadDifference.Worse => "bad", _ => "" }}\">{LoadComparison.Words(change.Difference)}</small>"),
            ]),
            "Value", "#Then", "#Now", "#Difference"));

    private static Html Steps(LoadRun run) => run.Steps.Count == 0 ? Html.Empty : Page.Section("Steps", "Each request of the scenario by itself.", Page.Table(
        run.Steps.Select(step => (IReadOnlyList<Html>)
        [
            Html.Of($"<code>{step.Name}</code>"),
            Html.Of($"{step.Requests:#,0}"),
            Html.Of($"{step.Errors.Values.Sum():#,0}"),
            Html.Of($"{Milliseconds(step.LatencyMilliseconds["p50"])}"),
            Html.Of($"{Milliseconds(step.LatencyMilliseconds["p95"])}"),
            Html.Of($"{Milliseconds(step.LatencyMilliseconds["p99"])}"),
        ]),
        "Step", "#Requests", "#Errors", "#p50", "#p95", "#p99"));

    private static Html Errors(LoadRun run) => run.Errors.Count == 0 ? Html.Empty : Page.Section("Errors", "Requests without an answer of success, by kind.", Page.Table(
        run.Errors.OrderByDescending(error => error.Value).Take(Most).Select(error => (IReadOnlyList<Html>)[Html.Of($"{error.Key}"), Html.Of($"{error.Value:#,0}")]),
        "Kind", "#Requests"));

    private static Html Footer(LoadRun run) => run.SendDelayMilliseconds is { } delay
        ? Html.Of($"Open model: visitors come at their rate, and latency counts from the moment at which a request was planned. Requests went out late by {Milliseconds(delay["p50"])} (p50), {Milliseconds(delay["p99"])} (p99); large values mean that the generator was the bottleneck.")
        : Html.Of($"Closed model: each user sends the next request when the last was answered. A slow server is asked less often, so its worst moments are underrepresented here.");
}
