using System.Collections.Concurrent;
using HdrHistogram;

namespace Tiketi.Pipeline.LoadTesting;

/// <summary>Collects what all connections measure.</summary>
internal sealed class LoadRecorder(TimeProvider time)
{
    private readonly LongConcurrentHistogram _latency = new(1, LatencyDistribution.HighestMicroseconds, 3);
    private readonly LongConcurrentHistogram _sendDelay = new(1, LatencyDistribution.HighestMicroseconds, 3);
    private readonly ConcurrentDictionary<string, long> _errors = new();
    private readonly long _start = time.GetTimestamp();
    private long _requests, _bytes, _end;

    public void Sent(long planned, long now) => Record(_sendDelay, time.GetElapsedTime(planned, now));

    public void Answered(long planned, long bytes)
    {
        Interlocked.Add(ref _bytes, bytes);
        Ended(planned);
    }

    /// <param name="planned">When the request should have gone out.</param>
    /// <param name="kind">What went wrong.</param>
    /// <param name="timed">False when the failure's time says nothing about the server's speed.</param>
    public void Failed(long planned, string kind, bool timed)
    {
        _errors.AddOrUpdate(kind, 1, static (_, count) => count + 1);
        Ended(planned, timed);
    }

    public LoadTestResult Result(LoadTestRequest request) => new()
    {
        Url = request.Url,
        Model = request.Model,
        Requests = _requests,
        ErrorsByKind = _errors.OrderByDescending(error => error.Value).ToDictionary(),
        Duration = time.GetElapsedTime(_start, Math.Max(_start, _end)),
        BytesReceived = _bytes,
        Latency = new LatencyDistribution(_latency),
        SendDelay = request.Model is LoadModel.Open ? new LatencyDistribution(_sendDelay) : null,
    };

    private void Ended(long planned, bool timed = true)
    {
        var now = time.GetTimestamp();
        Interlocked.Increment(ref _requests);
        if (timed)
        {
            Record(_latency, time.GetElapsedTime(planned, now));
        }

        for (var end = Volatile.Read(ref _end); end < now && Interlocked.CompareExchange(ref _end, now, end) != end; end = Volatile.Read(ref _end))
        {
        }
    }

    private static void Record(LongConcurrentHistogram histogram, TimeSpan value) =>
        histogram.RecordValue(Math.Clamp((long)value.TotalMicroseconds, 1, LatencyDistribution.HighestMicroseconds));
}
