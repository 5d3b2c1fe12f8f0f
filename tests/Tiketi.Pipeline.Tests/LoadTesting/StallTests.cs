using System.Runtime.Versioning;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Time.Testing;
using Tiketi.Pipeline.LoadTesting;
using Tiketi.Pipeline.LoadTesting.Sockets;

namespace Tiketi.Pipeline.Tests.LoadTesting;

/// <summary>
/// How a server that stands still shows in the latencies: real requests to a real server, on the test's clock. It goes on only when all
/// that is due has happened, so however busy the machine is, each latency is what it is in theory.
/// </summary>
public sealed class StallTests
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(50);

    private readonly FakeTimeProvider _clock = new();
    private int _received;

    /// <summary>
    /// A server that stands still for 1 s of 5 makes a fifth of evenly planned arrivals wait, the first of them for the whole second and
    /// the last for nothing: 1 % of all waits longer than 1 s x (1 - 0.01 / 0.2).
    /// </summary>
    [Fact]
    [SupportedOSPlatform("linux")]
    public async Task A_stall_is_in_the_percentiles_as_theory_says()
    {
        var (start, begins, ends) = (_clock.GetTimestamp(), TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(3));
        await using var server = await ServeAsync(async _ =>
        {
            var at = _clock.GetElapsedTime(start);
            if (at > begins && at < ends)
            {
                await Task.Delay(ends - at, _clock);
            }
        });
        var model = new LoadModel.Open(200, TimeSpan.FromSeconds(5), 400);
        var request = new LoadTestRequest { Url = server.Address, Model = model };
        var timeline = new LoadTimeline(_clock);
        var run = (await SocketEngine.CreateAsync(request, _clock, TestContext.Current.CancellationToken)).RunAsync(model, timeline, TestContext.Current.CancellationToken);

        for (var now = TimeSpan.Zero; now < model.Duration; now += Step)
        {
            _clock.Advance(Step);
            var due = Due(model, now + Step);
            var held = now + Step > begins && now + Step < ends ? due - Due(model, begins) : 0;
            await QueueServer.Eventually(() => Volatile.Read(ref _received) >= due && timeline.Total.Requests >= due - held);
        }

        var result = LoadRecorder.Result(request, await run);
        (result.Requests, result.Errors).Should().Be((1000, 0));
        result.Latency.At(99).TotalSeconds.Should().BeApproximately(0.95, 0.05 * 0.95);
        result.Latency.At(75).TotalSeconds.Should().BeLessThan(0.1, "four fifths met no stall");
    }

    [Fact]
    public async Task The_open_model_counts_the_wait_of_those_behind_a_stall_and_the_closed_one_does_not()
    {
        var length = TimeSpan.FromSeconds(0.5);
        await using var server = await ServeAsync(number => number == 60 ? Task.Delay(length, _clock) : Task.CompletedTask);

        // One connection: the stall holds up the arrivals behind it, as a stalled server holds up its visitors.
        var open = await RunAsync(new LoadModel.Open(100, TimeSpan.FromSeconds(2), MaxConcurrency: 1));
        _received = 0;
        var closed = await RunAsync(new LoadModel.Closed(200, 1));

        (open.Requests, closed.Requests).Should().Be((200, 200));
        open.Latency.At(90).Should().BeGreaterThan(TimeSpan.FromMilliseconds(200), "a quarter of the arrivals fell into the stall");
        open.SendDelay!.Max.Should().BeGreaterThan(TimeSpan.FromMilliseconds(400));
        closed.Latency.At(90).Should().BeLessThan(open.Latency.At(90) / 2, "a closed loop stops asking while the server stalls");
        closed.Latency.Max.Should().BeCloseTo(length, TimeSpan.FromMilliseconds(10));

        async Task<LoadTestResult> RunAsync(LoadModel model)
        {
            var request = new LoadTestRequest { Url = server.Address, Model = model };
            var timeline = new LoadTimeline(_clock);
            using var client = new LoadClient(request, 1);
            var run = new HttpClientEngine(client, request, _clock).RunAsync(model, timeline, TestContext.Current.CancellationToken);
            for (var (now, stall) = (TimeSpan.Zero, TimeSpan.Zero); !run.IsCompleted; now += Step)
            {
                var due = model is LoadModel.Open planned ? Due(planned, now) : 200;
                // Nothing more happens until the clock goes on: all that is due has ended, or the stalled one keeps the only connection.
                await QueueServer.Eventually(() => timeline.Total.Requests >= due || (Volatile.Read(ref _received) == 60 && stall < length));
                stall += _received == 60 ? Step : TimeSpan.Zero;
                if (timeline.Total.Requests == 200)
                {
                    break;
                }

                _clock.Advance(Step);
            }

            return LoadRecorder.Result(request, await run);
        }
    }

    /// <summary>The arrivals that are planned until then.</summary>
    private static long Due(LoadModel.Open model, TimeSpan now)
    {
        var schedule = new ArrivalSchedule(model, start: 0, TimeSpan.TicksPerSecond);
        return Enumerable.Range(0, (int)schedule.Count).Count(number => schedule.MomentOf(number) <= now.Ticks);
    }

    private Task<WebServer> ServeAsync(Func<int, Task> handle) => WebServer.StartAsync(application => application.Run(_ => handle(Interlocked.Increment(ref _received))));
}
