using System.Collections.Concurrent;
using HdrHistogram;

namespace Tiketi.Pipeline.LoadTesting;

/// <summary>Collects what connections measure.</summary>
internal sealed class LoadRecorder
{
    private readonly TimeProvider _time;
    private readonly LoadTimeline? _timeline;
    private readonly HistogramBase _latency;
    private readonly HistogramBase _sendDelay;
    private readonly ConcurrentDictionary<string, long> _errors = new();
    private readonly long _start;
    private long _requests, _bytes, _end;

    private LoadRecorder(TimeProvider time, LoadTimeline? timeline, Func<HistogramBase> histogram) =>
        (_time, _timeline, _latency, _sendDelay, _start) = (time, timeline, histogram(), histogram(), time.GetTimestamp());

    /// <summary>Costs less, and does not bear two threads at a time.</summary>
    /// <param name="time">The clock.</param>
    /// <param name="timeline">Shared with the run's other recorders; null where nobody asks when something happened.</param>
    public static LoadRecorder ForOneThread(TimeProvider time, LoadTimeline? timeline = null) => new(time, timeline, () => new LongHistogram(LatencyDistribution.HighestMicroseconds, 3));

    /// <inheritdoc cref="ForOneThread"/>
    public static LoadRecorder ForManyThreads(TimeProvider time, LoadTimeline? timeline = null) => new(time, timeline, () => new LongConcurrentHistogram(1, LatencyDistribution.HighestMicroseconds, 3));

    public void Sent(long planned, long now) => Record(_sendDelay, _time.GetElapsedTime(planned, now));

    public void Answered(long planned, long bytes)
    {
        Interlocked.Add(ref _bytes, bytes);
        Ended(planned, timed: true, failed: false);
    }

    /// <param name="planned">When the request should have gone out.</param>
    /// <param name="kind">What went wrong.</param>
    /// <param name="timed">False when the failure's time says nothing about the server's speed.</param>
    public void Failed(long planned, string kind, bool timed)
    {
        _errors.AddOrUpdate(kind, 1, static (_, count) => count + 1);
        Ended(planned, timed, failed: true);
    }

    /// <summary>All of them together.</summary>
    public static LoadTestResult Result(LoadTestRequest request, IReadOnlyList<LoadRecorder> recorders)
    {
        var (first, start, end) = (recorders[0], recorders.Min(recorder => recorder._start), recorders.Max(recorder => recorder._end));
        foreach (var other in recorders.Skip(1))
        {
            first._latency.Add(other._latency);
            first._sendDelay.Add(other._sendDelay);
        }

        return new LoadTestResult
        {
            Url = request.Url,
            Model = request.Model,
            Requests = recorders.Sum(recorder => recorder._requests),
            ErrorsByKind = recorders.SelectMany(recorder => recorder._errors).GroupBy(error => error.Key, error => error.Value, StringComparer.Ordinal)
                .OrderByDescending(kind => kind.Sum()).ToDictionary(kind => kind.Key, kind => kind.Sum(), StringComparer.Ordinal),
            Duration = first._time.GetElapsedTime(start, Math.Max(start, end)),
            BytesReceived = recorders.Sum(recorder => recorder._bytes),
            Latency = new LatencyDistribution(first._latency),
            Timeline = first._timeline,
            SendDelay = request.Model is LoadModel.Open ? new LatencyDistribution(first._sendDelay) : null,
        };
    }

    private void Ended(long planned, bool timed, bool failed)
    {
        var now = _time.GetTimestamp();
        var latency = _time.GetElapsedTime(planned, now);
        Interlocked.Increment(ref _requests);
        if (timed)
        {
            Record(_latency, latency);
        }

        _timeline?.Record(now, timed ? latency : null, failed);
        for (var end = Volatile.Read(ref _end); end < now && Interlocked.CompareExchange(ref _end, now, end) != end; end = Volatile.Read(ref _end))
        {
        }
    }

    private static void Record(HistogramBase histogram, TimeSpan value) =>
        histogram.RecordValue(LatencyDistribution.Microseconds(value));
}
