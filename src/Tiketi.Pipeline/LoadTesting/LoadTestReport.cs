using System.Globalization;
using System.Text;

namespace Tiketi.Pipeline.LoadTesting;

/// <summary>Shows a result to people.</summary>
public static class LoadTestReport
{
    private static readonly double[] Percentiles = [50, 75, 90, 95, 99, 99.9];

    /// <summary>A table of some 20 lines.</summary>
    public static string ToText(LoadTestResult result)
    {
        var text = new StringBuilder();
        if (result.IsAborted)
        {
            Line("ABORTED", $"before its end: this is what was measured until then");
        }

        Line("Address", $"{result.Url}");
        Line("Load", $"{result.Model}");
        Line("Took", $"{result.Duration.TotalSeconds:0.00} s");
        Line("Requests", $"{result.Requests:N0}, of them {result.Errors:N0} errors ({result.ErrorShare * 100:0.##} %)");
        foreach (var (kind, count) in result.ErrorsByKind)
        {
            Line("", $"{count:N0} x {kind}");
        }

        Line("Throughput", $"{result.RequestsPerSecond:N0} requests/s, {result.BytesReceived / 1024.0 / Math.Max(result.Duration.TotalSeconds, 1e-6):N0} KiB/s");
        Line("Latency", $"min {Milliseconds(result.Latency.Min)}, mean {Milliseconds(result.Latency.Mean)} +- {Milliseconds(result.Latency.StandardDeviation)}, max {Milliseconds(result.Latency.Max)}");
        foreach (var percentile in Percentiles)
        {
            Line("", $"{percentile.ToString(CultureInfo.InvariantCulture),5} %  {Milliseconds(result.Latency.At(percentile))}");
        }

        if (result.SendDelay is { } delay)
        {
            Line("Sent late by", $"p50 {Milliseconds(delay.At(50))}, p99 {Milliseconds(delay.At(99))}, max {Milliseconds(delay.Max)}");
        }

        foreach (var threshold in result.Thresholds)
        {
            Line(threshold.Held ? "held" : "NOT HELD", $"{threshold.Threshold} (measured {threshold.Actual})");
        }

        return text.ToString();

        void Line(string label, FormattableString value) =>
            text.AppendLine(CultureInfo.InvariantCulture, $"{label,-12} {value.ToString(CultureInfo.InvariantCulture)}");
    }

    private static string Milliseconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:0.00} ms");
}
