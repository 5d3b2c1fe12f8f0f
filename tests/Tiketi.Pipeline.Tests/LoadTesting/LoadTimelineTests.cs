using Microsoft.Extensions.Time.Testing;
using Tiketi.Pipeline.LoadTesting;

namespace Tiketi.Pipeline.Tests.LoadTesting;

public sealed class LoadTimelineTests
{
    private readonly FakeTimeProvider _clock = new();

    /// <summary>Ten requests a second for ten minutes, in the second minute two of them errors, in the third ten times as slow.</summary>
    [Fact]
    public void What_happened_when_is_kept_in_the_same_memory_however_long_it_takes()
    {
        var timeline = new LoadTimeline(_clock);
        var before = 0L;
        for (var number = 0; number < 6000; number++)
        {
            var minute = number / 600;
            timeline.Record(_clock.GetTimestamp(), TimeSpan.FromMilliseconds(minute == 2 ? 100 : 10), failed: minute == 1 && number % 10 < 2);
            _clock.Advance(TimeSpan.FromMilliseconds(100));
            if (number == 1000)
            {
                before = GC.GetAllocatedBytesForCurrentThread();
            }
        }

        (GC.GetAllocatedBytesForCurrentThread() - before).Should().BeLessThan(2_000_000, "slots are used again; the clock's timers take the rest");
        timeline.Total.Should().Be((6000, 120));
        var minutes = timeline.Intervals(TimeSpan.FromSeconds(60)).ToList();
        minutes.Sum(interval => interval.Requests).Should().Be(6000);
        minutes.Should().AllSatisfy(interval => interval.Length.Should().Be(minutes[0].Length));
        minutes[0].Length.TotalSeconds.Should().BeInRange(60, 66, "an interval is made of whole slots");
        minutes[^2].RequestsPerSecond.Should().BeApproximately(10, 0.2);
        minutes[0].Errors.Should().BeLessThan(20);
        minutes[1].Errors.Should().BeGreaterThan(100);
        minutes[2].Latency.At(50).TotalMilliseconds.Should().BeApproximately(100, 2);
        minutes[4].Latency.At(99).TotalMilliseconds.Should().BeApproximately(10, 0.2);
    }

    [Fact]
    public void The_last_second_is_told_without_what_came_before()
    {
        var timeline = new LoadTimeline(_clock);
        timeline.Record(_clock.GetTimestamp(), TimeSpan.FromSeconds(5), failed: true);
        _clock.Advance(TimeSpan.FromSeconds(10));
        for (var number = 0; number < 100; number++)
        {
            _clock.Advance(TimeSpan.FromMilliseconds(10));
            timeline.Record(_clock.GetTimestamp(), TimeSpan.FromMilliseconds(2), failed: false);
        }

        _clock.Advance(TimeSpan.FromMilliseconds(100));
        var recent = timeline.Recent(TimeSpan.FromSeconds(1));

        recent.Should().BeEquivalentTo(new { Errors = 0L });
        recent.RequestsPerSecond.Should().BeApproximately(90, 12);
        recent.Latency.At(99).TotalMilliseconds.Should().BeApproximately(2, 0.1);
    }
}
