using System.Diagnostics;
using System.Globalization;
using System.Runtime.Versioning;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Tiketi.Pipeline.LoadTesting;
using Tiketi.Pipeline.LoadTesting.Reports;
using Tiketi.Pipeline.LoadTesting.Sockets;

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

    /// <summary>On the test's clock, which goes on only when nothing but a time-out can happen any more.</summary>
    [Fact]
    [SupportedOSPlatform("linux")]
    public async Task ErrorsAreCountedByKind()
    {
        var (clock, received, hanging) = (new FakeTimeProvider(), 0, 0);
        var url = await ServeAsync(async context =>
        {
            switch (Interlocked.Increment(ref received) % 5)
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
                    Interlocked.Increment(ref hanging);
                    await Task.WhenAny(Task.Delay(Timeout.Infinite, context.RequestAborted));
                    Interlocked.Decrement(ref hanging);
                    break;
                case 3:
                    context.Response.StatusCode = 301;
                    break;
            }
        });
        var request = new LoadTestRequest { Url = url, Model = new LoadModel.Closed(50, 5), Timeout = TimeSpan.FromSeconds(30) };
        var timeline = new LoadTimeline(clock);
        var run = (await SocketEngine.CreateAsync(request, clock, TestContext.Current.CancellationToken)).RunAsync(request.Model, timeline, TestContext.Current.CancellationToken);
        while (!run.IsCompleted)
        {
            await QueueServer.Eventually(() => run.IsCompleted
                || (Volatile.Read(ref hanging) is > 0 and var left && (left == 5 || received == 50) && timeline.Total.Requests + left == Volatile.Read(ref received)));
            clock.Advance(request.Timeout);
        }

        var result = LoadRecorder.Result(request, await run);
        result = result with { Thresholds = [LoadThreshold.Parse("errors<1%").Check(result)] };

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

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task Cancelling_ends_the_test_and_tells_what_was_measured_until_then(string version)
    {
        var answered = 0;
        using var stop = new CancellationTokenSource();
        var url = await ServeAsync(
            async context =>
            {
                if (Interlocked.Increment(ref answered) > 20)
                {
                    await stop.CancelAsync();
                    await Task.Delay(Timeout.Infinite, context.RequestAborted);
                }
            },
            first: 1,
            listen => listen.Protocols = version == "2.0" ? HttpProtocols.Http2 : HttpProtocols.Http1);

        var result = await new LoadTest(TimeProvider.System, NullLogger<LoadTest>.Instance).RunAsync(
            new() { Url = url, Version = Version.Parse(version), Model = new LoadModel.Open(100, TimeSpan.FromHours(1), 10), WarmUpRequests = 0, Thresholds = LoadThreshold.ParseAll("errors<1%") }, stop.Token);

        result.Should().BeEquivalentTo(new { IsAborted = true, Passed = false, Errors = 0L, Thresholds = Array.Empty<object>() });
        result.Requests.Should().BeInRange(10, 20, "what was not answered is not counted");
        LoadTestReport.ToText(result).Should().StartWith("ABORTED");
        var run = LoadRun.Of(result, "health", "local", DateTimeOffset.UnixEpoch);
        LoadReportHtml.Render(LoadRun.Parse("x", run.ToJson()), comparison: null).Should().Contain("<span class=\"pill neutral\">aborted</span>").And.Contain("was stopped after").And.NotContain("failed</");
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
        ours.Latency.At(50).TotalMilliseconds.Should().BeGreaterThan(19, "the server takes 20 ms");
        Theirs(@"50%\s+(\d+)").Should().BeInRange(19, ours.Latency.At(50).TotalMilliseconds * 4, "a busy machine may slow down one of the two");
        ab.Dispose();
    }

    private async Task<Uri> ServeAsync(RequestDelegate handler, int first = 0, Action<ListenOptions>? listen = null)
    {
        var skipped = 0;
        _server = await WebServer.StartAsync(app => app.Run(context => Interlocked.Increment(ref skipped) <= first ? Task.CompletedTask : handler(context)), listen);
        return _server.Address;
    }

    private static Task<LoadTestResult> RunAsync(LoadTestRequest request) =>
        new LoadTest(TimeProvider.System, NullLogger<LoadTest>.Instance).RunAsync(request, TestContext.Current.CancellationToken);
}
