using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Tiketi.Pipeline.LoadTesting;

namespace Tiketi.Pipeline.Tests.LoadTesting;

/// <summary>Against a real server on loopback.</summary>
public sealed partial class LoadTestTests : IAsyncDisposable
{
    private WebServer? _server;

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
    }

    [Fact]
    public async Task ClosedModel_SendsExactlyTheRequestsAskedFor()
    {
        var (seen, now, most) = (0, 0, 0);
        var url = await ServeAsync(async context =>
        {
            Interlocked.Increment(ref seen);
            var here = Interlocked.Increment(ref now);
            most = Math.Max(most, here);
            await Task.Delay(5);
            Interlocked.Decrement(ref now);
            await context.Response.WriteAsync("healthy");
        });

        var result = await RunAsync(new() { Url = url, Model = new LoadModel.Closed(200, 10), WarmUpRequests = 20, Thresholds = LoadThreshold.ParseAll("errors<1% p50>4ms") });

        seen.Should().Be(1 + 20 + 200, "one probe and the warm-up come first");
        most.Should().BeLessThanOrEqualTo(10);
        result.Should().BeEquivalentTo(new { Requests = 200L, Errors = 0L, BytesReceived = 200L * 7, Passed = true });
        result.Latency.Count.Should().Be(200);
        result.Latency.Min.Should().BeGreaterThan(TimeSpan.FromMilliseconds(4));
    }

    [Fact]
    public async Task OpenModel_CountsTheWaitOfThoseBehindAStall()
    {
        var stalled = 0;
        var url = await ServeAsync(async _ =>
        {
            if (Interlocked.Increment(ref stalled) == 60)
            {
                await Task.Delay(500);
            }
        });

        // One connection: the stall holds up the arrivals behind it, as a stalled server holds up its visitors.
        var open = await RunAsync(new() { Url = url, Model = new LoadModel.Open(100, TimeSpan.FromSeconds(2), MaxConcurrency: 1) });
        stalled = 0;
        var closed = await RunAsync(new() { Url = url, Model = new LoadModel.Closed(200, 1) });

        open.Requests.Should().Be(200);
        open.Duration.Should().BeCloseTo(TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(1));
        open.Latency.At(90).Should().BeGreaterThan(TimeSpan.FromMilliseconds(200), "a quarter of the arrivals fell into the stall");
        open.SendDelay!.Max.Should().BeGreaterThan(TimeSpan.FromMilliseconds(400));
        closed.Latency.At(90).Should().BeLessThan(open.Latency.At(90) / 2, "a closed loop stops asking while the server stalls");
    }

    [Fact]
    public async Task ErrorsAreCountedByKind()
    {
        var number = 0;
        var url = await ServeAsync(async context =>
        {
            switch (Interlocked.Increment(ref number) % 5)
            {
                case 0:
                    context.Response.StatusCode = 503;
                    break;
                case 1:
                    context.Response.ContentLength = 10;
                    await context.Response.WriteAsync("half");
                    context.Abort();
                    break;
                case 2:
                    await Task.Delay(Timeout.Infinite, context.RequestAborted);
                    break;
                case 3:
                    context.Response.StatusCode = 301;
                    break;
            }
        }, first: 1); // the probe

        var result = await RunAsync(new() { Url = url, Model = new LoadModel.Closed(50, 5), WarmUpRequests = 0, Timeout = TimeSpan.FromMilliseconds(300), Thresholds = [LoadThreshold.Parse("errors<1%")] });

        result.ErrorsByKind.Should().HaveCount(4).And.Contain([new("HTTP 503", 10), new("timeout", 10), new("HTTP 301", 10)]).And.ContainValue(10);
        result.ErrorsByKind.Keys.Should().ContainMatch("connection *");
        result.Should().BeEquivalentTo(new { Requests = 50L, ErrorShare = 0.8, Passed = false });
        result.Latency.Count.Should().Be(40, "a time-out is a latency, a broken connection is none");
        LoadTestReport.ToText(result).Should().Contain("10 x HTTP 503").And.Contain("NOT HELD").And.Contain("errors<1% (measured 80%)");
    }

    [Fact]
    public async Task NothingThere_IsSaidBeforeAnyLoad() =>
        (await FluentActions.Awaiting(() => RunAsync(new() { Url = new Uri("http://127.0.0.1:9"), Model = new LoadModel.Closed(10, 1) })).Should().ThrowAsync<PipelineException>())
            .Which.Message.Should().Contain("connection refused");

    [Fact]
    public async Task CancellingStopsAtOnce()
    {
        var url = await ServeAsync(context => Task.Delay(Timeout.Infinite, context.RequestAborted), first: 1);
        using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(300));
        var watch = Stopwatch.StartNew();

        await FluentActions.Awaiting(() => new LoadTest(TimeProvider.System, NullLogger<LoadTest>.Instance)
            .RunAsync(new() { Url = url, Model = new LoadModel.Open(100, TimeSpan.FromMinutes(1), 10), WarmUpRequests = 0 }, stop.Token)).Should().ThrowAsync<OperationCanceledException>();

        watch.Elapsed.Should().BeLessThan(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task TheReport_IsReadableByPeople()
    {
        var url = await ServeAsync(context => context.Response.WriteAsync("ok"));

        var result = await RunAsync(new() { Url = url, Model = new LoadModel.Open(200, TimeSpan.FromSeconds(0.5)), Thresholds = LoadThreshold.ParseAll("p95<10s") });

        LoadTestReport.ToText(result).Should().Contain("100, of them 0 errors").And.Contain("Sent late by").And.MatchRegex(@"\n +95 %  \d");
    }

    /// <summary>The same load on the same server by ab: both count the same, and see latencies of the same size.</summary>
    [Fact]
    public async Task AgreesWithAb()
    {
        var url = await ServeAsync(async context =>
        {
            await Task.Delay(20);
            await context.Response.WriteAsync("healthy");
        });
        var start = new ProcessStartInfo("ab", ["-q", "-k", "-n", "1000", "-c", "10", url.ToString()]) { RedirectStandardOutput = true, UseShellExecute = false };
        Process? ab = null;
        try
        {
            ab = Process.Start(start);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Skip("ab (apache2-utils) is not installed");
        }

        var theirs = await ab!.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var ours = await RunAsync(new() { Url = url, Model = new LoadModel.Closed(1000, 10) });

        double Theirs(string pattern) => double.Parse(Regex.Match(theirs, pattern, RegexOptions.None, TimeSpan.FromSeconds(1)).Groups[1].Value, CultureInfo.InvariantCulture);
        Theirs(@"Complete requests:\s+(\d+)").Should().Be(ours.Requests);
        Theirs(@"Failed requests:\s+(\d+)").Should().Be(0).And.Be(ours.Errors);
        Theirs(@"HTML transferred:\s+(\d+)").Should().Be(ours.BytesReceived);
        Theirs(@"50%\s+(\d+)").Should().BeApproximately(ours.Latency.At(50).TotalMilliseconds, 15, "the server takes 20 ms");
        ab.Dispose();
    }

    private async Task<Uri> ServeAsync(RequestDelegate handler, int first = 0)
    {
        var skipped = 0;
        _server = await WebServer.StartAsync(app => app.Run(context => Interlocked.Increment(ref skipped) <= first ? Task.CompletedTask : handler(context)));
        return _server.Address;
    }

    private static Task<LoadTestResult> RunAsync(LoadTestRequest request) =>
        new LoadTest(TimeProvider.System, NullLogger<LoadTest>.Instance).RunAsync(request, TestContext.Current.CancellationToken);
}
