using HdrHistogram;

namespace Tiketi.Pipeline.LoadTesting;

/// <summary>What a load test measured. Every request that was sent is in here, answered or not; of an aborted test, those that had ended.</summary>
public sealed record LoadTestResult
{
    public required Uri Url { get; init; }

    public required LoadModel Model { get; init; }

    /// <summary>Requests sent, failed ones included.</summary>
    public required long Requests { get; init; }

    /// <summary>Requests that got no answer or one outside 2xx, by kind: "timeout", "connection refused", "HTTP 503" ...</summary>
    public required IReadOnlyDictionary<string, long> ErrorsByKind { get; init; }

    /// <summary>From the first request to the last answer.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>Of the answers' bodies.</summary>
    public required long BytesReceived { get; init; }

    /// <summary>Time to the end of the answer's body. Closed model: from sending; open model: from the planned moment. Refused connections have none.</summary>
    public required LatencyDistribution Latency { get; init; }

    /// <summary>Open model: how much later than planned the requests went out. Large values mean that the generator or its connections were the bottleneck.</summary>
    public LatencyDistribution? SendDelay { get; init; }

    /// <summary>When it happened; null for a part of a scenario.</summary>
    internal LoadTimeline? Timeline { get; init; }

    public IReadOnlyList<LoadThresholdOutcome> Thresholds { get; init; } = [];

    public long Errors => ErrorsByKind.Values.Sum();

    /// <summary>0 to 1.</summary>
    public double ErrorShare => Requests == 0 ? 0 : (double)Errors / Requests;

    /// <summary>Successful answers per second.</summary>
    public double RequestsPerSecond => Duration > TimeSpan.Zero ? (Requests - Errors) / Duration.TotalSeconds : 0;

    /// <summary>It was cancelled before its end: the rest is what had been measured until then, and no threshold was held against it.</summary>
    public bool IsAborted { get; init; }

    public bool Passed => !IsAborted && Thresholds.All(threshold => threshold.Held);
}

/// <summary>Latencies, recorded in an HdrHistogram from 1 µs to 1 h with 3 significant digits.</summary>
public sealed class LatencyDistribution
{
    internal const long HighestMicroseconds = 3_600_000_000;

    private readonly HistogramBase _microseconds;

    internal LatencyDistribution(HistogramBase microseconds)
    {
        _microseconds = microseconds;
        Min = microseconds.TotalCount == 0 ? TimeSpan.Zero : TimeSpan.FromMicroseconds(microseconds.RecordedValues().First().ValueIteratedTo);
    }

    internal static long Microseconds(TimeSpan value) => Math.Clamp((long)value.TotalMicroseconds, 1, HighestMicroseconds);

    public long Count => _microseconds.TotalCount;

    public TimeSpan Min { get; }

    public TimeSpan Mean => Count == 0 ? TimeSpan.Zero : TimeSpan.FromMicroseconds(_microseconds.GetMean());

    public TimeSpan Max => At(100);

    public TimeSpan StandardDeviation => Count == 0 ? TimeSpan.Zero : TimeSpan.FromMicroseconds(_microseconds.GetStdDeviation());

    /// <param name="percentile">0 to 100.</param>
    public TimeSpan At(double percentile) => Count == 0 ? TimeSpan.Zero : TimeSpan.FromMicroseconds(_microseconds.GetValueAtPercentile(percentile));
}
