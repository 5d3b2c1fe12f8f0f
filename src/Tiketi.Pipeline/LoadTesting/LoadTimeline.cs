using HdrHistogram;

namespace Tiketi.Pipeline.LoadTesting;

/// <summary>
/// When requests ended, how long they took and how many failed. It takes the same memory however long the test runs: when its
/// slots are full, neighbours are merged, and each stands for twice the time from then on.
/// </summary>
internal sealed class LoadTimeline
{
    private const int Slots = 128;
    private static readonly TimeSpan FirstLength = TimeSpan.FromMilliseconds(10);

    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private readonly long _start;
    private readonly Slot[] _slots = [.. Enumerable.Range(0, Slots).Select(_ => new Slot())];
    private long _slotLength, _requests, _errors;
    private int _used;

    public LoadTimeline(TimeProvider time) =>
        (_time, _start, _slotLength) = (time, time.GetTimestamp(), (long)(FirstLength.TotalSeconds * time.TimestampFrequency));

    public TimeSpan Elapsed => _time.GetElapsedTime(_start);

    /// <param name="now">The end of the request.</param>
    /// <param name="latency">Null when its time says nothing about the server's speed.</param>
    /// <param name="failed">Whether it counts as an error.</param>
    public void Record(long now, TimeSpan? latency, bool failed)
    {
        lock (_lock)
        {
            var index = Math.Max(now - _start, 0) / _slotLength;
            while (index >= Slots)
            {
                Halve();
                index = (now - _start) / _slotLength;
            }

            _requests++;
            _errors += failed ? 1 : 0;
            _used = Math.Max(_used, (int)index + 1);
            _slots[index].Record(latency, failed);
        }
    }

    /// <summary>Intervals of equal length, at least that long, from the start to the last request's end.</summary>
    public IReadOnlyList<LoadInterval> Intervals(TimeSpan atLeast)
    {
        lock (_lock)
        {
            var slots = (int)Math.Max(1, Math.Ceiling(atLeast / Length(1) - 1e-9));
            return [.. Enumerable.Range(0, (_used + slots - 1) / slots).Select(number => Merge(number * slots, slots))];
        }
    }

    /// <summary>What ended within about that time before now.</summary>
    public LoadInterval Recent(TimeSpan time)
    {
        lock (_lock)
        {
            var (now, slots) = ((int)Math.Min(Slots - 1, (_time.GetTimestamp() - _start) / _slotLength), (int)Math.Max(1, Math.Ceiling(time / Length(1))));
            return Merge(Math.Max(0, now - slots), Math.Min(slots, now)); // without the slot that is still being filled
        }
    }

    /// <summary>Since the start.</summary>
    public (long Requests, long Errors) Total
    {
        get
        {
            lock (_lock)
            {
                return (_requests, _errors);
            }
        }
    }

    private void Halve()
    {
        for (var index = 0; index < Slots / 2; index++)
        {
            var merged = _slots[index * 2];
            merged.Add(_slots[(index * 2) + 1]);
            (_slots[index], _slots[index * 2]) = (merged, _slots[index]);
        }

        foreach (var slot in _slots.AsSpan(Slots / 2))
        {
            slot.Clear();
        }

        (_slotLength, _used) = (_slotLength * 2, (_used + 1) / 2);
    }

    private LoadInterval Merge(int first, int count)
    {
        var all = new Slot();
        foreach (var slot in _slots.AsSpan(first, Math.Min(count, Slots - first)))
        {
            all.Add(slot);
        }

        return new LoadInterval(Length(first), Length(count), all.Requests, all.Errors, new LatencyDistribution(all.Latency));
    }

    private TimeSpan Length(int slots) => TimeSpan.FromSeconds((double)_slotLength * slots / _time.TimestampFrequency);

    private sealed class Slot
    {
        public IntHistogram Latency { get; } = new(LatencyDistribution.HighestMicroseconds, 2);

        public long Requests { get; private set; }

        public long Errors { get; private set; }

        public void Record(TimeSpan? latency, bool failed)
        {
            Requests++;
            Errors += failed ? 1 : 0;
            if (latency is { } value)
            {
                Latency.RecordValue(LatencyDistribution.Microseconds(value));
            }
        }

        public void Add(Slot other)
        {
            (Requests, Errors) = (Requests + other.Requests, Errors + other.Errors);
            if (other.Latency.TotalCount > 0)
            {
                Latency.Add(other.Latency);
            }
        }

        public void Clear()
        {
            (Requests, Errors) = (0, 0);
            if (Latency.TotalCount > 0)
            {
                Latency.Reset();
            }
        }
    }
}

/// <summary>What ended within a part of a load test's time.</summary>
/// <param name="Start">From the test's start.</param>
/// <param name="Length">Of the interval.</param>
/// <param name="Requests">Failed ones included.</param>
/// <param name="Errors">Of them.</param>
/// <param name="Latency">With 2 significant digits.</param>
public sealed record LoadInterval(TimeSpan Start, TimeSpan Length, long Requests, long Errors, LatencyDistribution Latency)
{
    /// <summary>Successful answers per second.</summary>
    public double RequestsPerSecond => (Requests - Errors) / Length.TotalSeconds;
}
