using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Tiketi.Pipeline.LoadTesting.Queues;
using Tiketi.Pipeline.LoadTesting.Scenarios;

namespace Tiketi.Pipeline.LoadTesting.Reports;

/// <summary>A load test as it is kept: the JSON report, which is also what a later run is compared with. Times in milliseconds unless named otherwise.</summary>
public sealed record LoadRun
{
    /// <summary>Of <see cref="Format"/>.</summary>
    public const int CurrentFormat = 1;

    /// <summary>The percentiles that are kept.</summary>
    internal static readonly double[] Percentiles = [50, 75, 90, 95, 99, 99.9, 99.99];

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    /// <summary>Raised when what is here changes its meaning.</summary>
    public required int Format { get; init; }

    /// <summary>"health", or the scenario's name.</summary>
    public required string Name { get; init; }

    public string? Description { get; init; }

    public required string Environment { get; init; }

    /// <summary>The end of the test.</summary>
    public required DateTimeOffset At { get; init; }

    public required Uri Url { get; init; }

    /// <summary>In words, the kind included: "1,000 requests, 10 at a time (closed model)".</summary>
    public required string Load { get; init; }

    public required double Seconds { get; init; }

    /// <summary>Failed ones included.</summary>
    public required long Requests { get; init; }

    /// <summary>How many by kind.</summary>
    public required IReadOnlyDictionary<string, long> Errors { get; init; }

    /// <summary>0 to 1.</summary>
    public required double ErrorShare { get; init; }

    /// <summary>Successful ones.</summary>
    public required double RequestsPerSecond { get; init; }

    public required long BytesReceived { get; init; }

    /// <summary>"min", "mean", "standardDeviation", "p50", "p75", "p90", "p95", "p99", "p99.9", "p99.99", "max".</summary>
    public required IReadOnlyDictionary<string, double> LatencyMilliseconds { get; init; }

    /// <summary>Open model: how much later than planned requests went out; else missing.</summary>
    public IReadOnlyDictionary<string, double>? SendDelayMilliseconds { get; init; }

    /// <summary>Half the width of each value's 95 % confidence interval, by "p50", "p95", "p99", "requestsPerSecond", "errorShare"; missing where the test was too short to tell.</summary>
    public IReadOnlyDictionary<string, double>? Noise { get; init; }

    public required IReadOnlyList<LoadThresholdOutcome> Thresholds { get; init; }

    public required bool Passed { get; init; }

    /// <summary>It was cancelled before its end: it has neither passed nor failed.</summary>
    public bool Aborted { get; init; }

    /// <summary>In order, each as long as the first.</summary>
    public required IReadOnlyList<Interval> Timeline { get; init; }

    /// <summary>A scenario's steps; else empty.</summary>
    public IReadOnlyList<Step> Steps { get; init; } = [];

    /// <summary>A scenario's clean-up requests that failed: what they should have removed is still there.</summary>
    public long NotCleanedUp { get; init; }

    /// <summary>What a queue scenario found; else missing.</summary>
    public QueueRecord? Queue { get; init; }

    /// <summary>The record of a test without a scenario.</summary>
    public static LoadRun Of(LoadTestResult result, string name, string environment, DateTimeOffset at) => new()
    {
        Format = CurrentFormat,
        Name = name,
        Environment = environment,
        At = at,
        Url = result.Url,
        Load = result.Model.ToString(),
        Seconds = result.Duration.TotalSeconds,
        Requests = result.Requests,
        Errors = result.ErrorsByKind,
        ErrorShare = result.ErrorShare,
        RequestsPerSecond = result.RequestsPerSecond,
        BytesReceived = result.BytesReceived,
        LatencyMilliseconds = Distribution(result.Latency),
        SendDelayMilliseconds = result.SendDelay is { } delay ? Distribution(delay) : null,
        Noise = LoadNoise.Of(result),
        Thresholds = result.Thresholds,
        Passed = result.Passed,
        Aborted = result.IsAborted,
        Timeline = [.. (result.Timeline?.Intervals(IntervalFor(result.Duration)) ?? []).Select(Interval.Of)],
    };

    /// <summary>The record of a scenario's test.</summary>
    public static LoadRun Of(ScenarioResult result, string environment, DateTimeOffset at) => Of(result.All, result.Scenario.Name, environment, at) with
    {
        Description = result.Scenario.Description,
        Steps = [.. result.Steps.Select(step => new Step(step.Name, step.Result.Requests, step.Result.ErrorsByKind, Distribution(step.Result.Latency)))],
        NotCleanedUp = result.NotCleanedUp,
        Queue = result.Queue is { } queue ? QueueRecord.Of(queue) : null,
    };

    public string ToJson() => JsonSerializer.Serialize(this, Json);

    /// <summary>Reads what <see cref="ToJson"/> wrote.</summary>
    /// <exception cref="PipelineException">It is something else.</exception>
    public static LoadRun Parse(string file, string json)
    {
        try
        {
            return JsonSerializer.Deserialize<LoadRun>(json, Json) is { Format: CurrentFormat } run ? run : throw new JsonException("another format");
        }
        catch (JsonException exception)
        {
            throw new PipelineException($"{file} is no load test's JSON report: {exception.Message}", "Name a load-test JSON report of this version, or delete the file.", exception);
        }
    }

    /// <summary>Some 60 points for a chart, whole seconds where the test is long enough for them.</summary>
    private static TimeSpan IntervalFor(TimeSpan duration) =>
        duration >= TimeSpan.FromSeconds(20) ? TimeSpan.FromSeconds(Math.Ceiling(duration.TotalSeconds / 60)) : duration / 20;

    private static Dictionary<string, double> Distribution(LatencyDistribution latency)
    {
        var values = new Dictionary<string, double>(StringComparer.Ordinal)
        {
            ["min"] = latency.Min.TotalMilliseconds,
            ["mean"] = latency.Mean.TotalMilliseconds,
            ["standardDeviation"] = latency.StandardDeviation.TotalMilliseconds,
        };
        foreach (var percentile in Percentiles)
        {
            values[Key(percentile)] = latency.At(percentile).TotalMilliseconds;
        }

        values["max"] = latency.Max.TotalMilliseconds;
        return values;
    }

    /// <summary>"p99.9".</summary>
    internal static string Key(double percentile) => string.Create(CultureInfo.InvariantCulture, $"p{percentile}");

    /// <summary>A part of the test's time; the latencies are of what ended within it.</summary>
    public sealed record Interval(double StartSeconds, double Seconds, double RequestsPerSecond, double ErrorsPerSecond, double P50, double P95, double P99)
    {
        internal static Interval Of(LoadInterval interval) => new(
            interval.Start.TotalSeconds,
            interval.Length.TotalSeconds,
            interval.RequestsPerSecond,
            interval.Errors / interval.Length.TotalSeconds,
            interval.Latency.At(50).TotalMilliseconds,
            interval.Latency.At(95).TotalMilliseconds,
            interval.Latency.At(99).TotalMilliseconds);
    }

    /// <summary>One step of a scenario.</summary>
    public sealed record Step(string Name, long Requests, IReadOnlyDictionary<string, long> Errors, IReadOnlyDictionary<string, double> LatencyMilliseconds);

    /// <summary>Visitors are numbered from 1 in the order of their arrival; seconds count from the first one's entering.</summary>
    public sealed record QueueRecord(
        int Entered, int Disconnects, IReadOnlyList<Admission> Admissions, IReadOnlyList<Trouble> Lost, IReadOnlyList<Trouble> Duplicates, IReadOnlyList<Trouble> Overtaken)
    {
        internal static QueueRecord Of(QueueResult queue) => new(
            queue.Entered,
            queue.Disconnects,
            [.. queue.Admissions.Select(admission => new Admission(admission.Visitor.Number + 1, admission.Entered.TotalSeconds, admission.Admitted.TotalSeconds, admission.FirstPosition))],
            [.. queue.Lost.Select(lost => new Trouble(lost.Visitor.Number + 1, lost.Visitor.Unique, lost.LastPosition > 0 ? $"{lost.Why}, last place {lost.LastPosition}" : lost.Why))],
            [.. queue.Duplicates.Select(duplicate => new Trouble(duplicate.Visitor.Number + 1, duplicate.Visitor.Unique, $"admitted {duplicate.Times} times"))],
            [.. queue.Overtaken.Select(visitor => new Trouble(visitor.Number + 1, visitor.Unique, "somebody who had come later was admitted clearly earlier"))]);
    }

    /// <summary>One visitor's way through the queue; in the order of admission.</summary>
    public sealed record Admission(long Visitor, double EnteredSeconds, double AdmittedSeconds, int FirstPosition);

    /// <summary>A visitor with whom something went wrong; <paramref name="Unique"/> is in the names that the scenario gave.</summary>
    public sealed record Trouble(long Visitor, string Unique, string What);
}
