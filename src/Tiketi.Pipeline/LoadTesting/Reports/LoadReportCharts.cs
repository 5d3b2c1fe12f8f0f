using System.Globalization;
using OxyPlot;
using OxyPlot.Axes;
using Tiketi.Pipeline.Pages;

namespace Tiketi.Pipeline.LoadTesting.Reports;

/// <summary>The charts of a load test.</summary>
internal static class LoadReportCharts
{
    private static readonly string[] Curve = ["p50", "p75", "p90", "p95", "p99", "p99.9", "p99.99", "max"];

    /// <summary>Latency by percentile, beside the last run's.</summary>
    public static Html Latency(LoadRun run, LoadRun? before)
    {
        // a percentile of which not one request lies above says nothing
        string[] shown = [.. Curve.Where(key => key == "max" || run.Requests * (100 - double.Parse(key.AsSpan(1), CultureInfo.InvariantCulture)) >= 100)];
        return Page.Section(
            "Latency percentiles",
            "So many of 100 requests were answered within that time.",
            Html.Of($"""
                {new Chart(Draw).ToHtml("latency", $"Latency by percentile: {string.Join(", ", shown.Select(key => $"{key} {LoadReportHtml.Milliseconds(run.LatencyMilliseconds[key])}"))}")}
                {Key((Ink.Main, "this run"), before is null ? null : (Ink.Before, $"the run of {before.At.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)} UTC"))}
                """));

        PlotModel Draw()
        {
            var bottom = new LinearAxis
            {
                Minimum = -0.15,
                Maximum = shown.Length - 0.85,
                MajorStep = 1,
                LabelFormatter = value => shown.ElementAtOrDefault((int)Math.Round(value)) is { } key && Math.Abs(value - Math.Round(value)) < 1e-6 ? (key == "max" ? key : $"{key[1..]} %") : "",
            };
            var model = Chart.Empty(bottom, Chart.Milliseconds);
            if (before is not null)
            {
                model.Series.Add(Chart.Line(Ink.Before, Points(before), LineStyle.Dash));
            }

            model.Series.Add(Chart.Line(Ink.Main, Points(run), marker: MarkerType.Circle));
            return model;
        }

        IEnumerable<(double X, double Y)> Points(LoadRun of) => shown.Select((key, index) => ((double)index, of.LatencyMilliseconds[key]));
    }

    /// <summary>Throughput with errors, and latency, over the test's time.</summary>
    public static Html OverTime(LoadRun run)
    {
        if (run.Timeline.Count < 2)
        {
            return Html.Empty;
        }

        var most = run.Timeline.Max(interval => interval.RequestsPerSecond);
        var hasErrors = run.Timeline.Any(interval => interval.ErrorsPerSecond > 0);
        return Html.Join([
            Page.Section("Throughput and errors over time", $"Answers per second, each point {Length(run)}.", Html.Of($"""
                {new Chart(Throughput).ToHtml("throughput", $"Successful answers per second, {most:0} at most, and errors per second")}
                {Key((Ink.Main, "answers/s"), hasErrors ? (Ink.Error, "errors/s") : null)}
                """)),
            Page.Section("Latency over time", "Of the requests that were answered at that time.", Html.Of($"""
                {new Chart(Latencies).ToHtml("latencies", "Latency percentiles 50, 95 and 99 over time")}
                {Key((Ink.Low, "p50"), (Ink.Main, "p95"), (Ink.High, "p99"))}
                """)),
        ]);

        PlotModel Throughput()
        {
            var model = Chart.Empty(Chart.Seconds(run.Seconds), Chart.PerSecond);
            model.Series.Add(Chart.Area(Ink.Main, Ink.MainSoft, Points(interval => interval.RequestsPerSecond)));
            if (hasErrors)
            {
                model.Series.Add(Chart.Line(Ink.Error, Points(interval => interval.ErrorsPerSecond)));
            }

            return model;
        }

        PlotModel Latencies()
        {
            var model = Chart.Empty(Chart.Seconds(run.Seconds), Chart.Milliseconds);
            model.Series.Add(Chart.Line(Ink.High, Points(interval => interval.P99)));
            model.Series.Add(Chart.Line(Ink.Main, Points(interval => interval.P95)));
            model.Series.Add(Chart.Line(Ink.Low, Points(interval => interval.P50)));
            return model;
        }

        // in the middle of its interval; the last one may have been cut off by the end
        IEnumerable<(double X, double Y)> Points(Func<LoadRun.Interval, double> value) => run.Timeline
            .Where(interval => interval.StartSeconds + (interval.Seconds / 2) <= run.Seconds)
            .Select(interval => (interval.StartSeconds + (interval.Seconds / 2), value(interval)));
    }

    /// <summary>What the colours stand for.</summary>
    internal static Html Key(params (Ink Ink, string Text)?[] entries) => Html.Of($"""
        <ul class="key">{Html.Join(entries.OfType<(Ink Ink, string Text)>().Select(entry => Html.Of($"<li><i style=\"color:var(--{entry.Ink.ToString().ToLowerInvariant()})\"></i>{entry.Text}</li>")))}</ul>
        """);

    private static string Length(LoadRun run) => run.Timeline[0].Seconds is var seconds && seconds >= 1
        ? string.Create(CultureInfo.InvariantCulture, $"{seconds:0.#} s") : string.Create(CultureInfo.InvariantCulture, $"{seconds * 1000:0} ms");
}
