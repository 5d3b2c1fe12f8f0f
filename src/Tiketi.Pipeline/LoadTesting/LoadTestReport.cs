using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Tiketi.Pipeline.LoadTesting;

/// <summary>Shows a result to people and to programs.</summary>
public static class LoadTestReport
{
    private static readonly double[] Percentiles = [50, 75, 90, 95, 99, 99.9];

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>A table of some 20 lines.</summary>
    public static string ToText(LoadTestResult result)
    {
        var text = new StringBuilder();
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

    /// <summary>The same as JSON, times in milliseconds.</summary>
    public static string ToJson(LoadTestResult result) => JsonSerializer.Serialize(
        new
        {
            url = result.Url,
            model = result.Model switch
            {
                LoadModel.Closed closed => (object)new { kind = "closed", requests = closed.Requests, concurrency = closed.Concurrency },
                LoadModel.Open open => new { kind = "open", requestsPerSecond = open.RequestsPerSecond, seconds = open.Duration.TotalSeconds, maxConcurrency = open.MaxConcurrency },
                _ => null,
            },
            seconds = result.Duration.TotalSeconds,
            requests = result.Requests,
            errors = result.ErrorsByKind,
            errorShare = result.ErrorShare,
            requestsPerSecond = result.RequestsPerSecond,
            bytesReceived = result.BytesReceived,
            latencyMilliseconds = Distribution(result.Latency),
            sendDelayMilliseconds = result.SendDelay is null ? null : Distribution(result.SendDelay),
            thresholds = result.Thresholds,
            passed = result.Passed,
        },
        Json);

    private static Dictionary<string, double> Distribution(LatencyDistribution latency)
    {
        var values = new Dictionary<string, double> { ["min"] = latency.Min.TotalMilliseconds, ["mean"] = latency.Mean.TotalMilliseconds, ["standardDeviation"] = latency.StandardDeviation.TotalMilliseconds };
        foreach (var percentile in Percentiles)
        {
            values[$"p{percentile.ToString(CultureInfo.InvariantCulture)}"] = latency.At(percentile).TotalMilliseconds;
        }

        values["max"] = latency.Max.TotalMilliseconds;
        return values;
    }

    private static string Milliseconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:0.00} ms");
}
