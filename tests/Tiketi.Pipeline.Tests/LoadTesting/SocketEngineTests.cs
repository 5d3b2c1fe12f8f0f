using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Tiketi.Pipeline.LoadTesting;

namespace Tiketi.Pipeline.Tests.LoadTesting;

/// <summary>HTTP straight on sockets, against real servers on loopback.</summary>
public sealed class SocketEngineTests
{
    [Fact]
    public async Task The_request_arrives_as_it_was_given()
    {
        var seen = new List<string>();
        await using var server = await ServeAsync(async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            var body = await reader.ReadToEndAsync();
            lock (seen)
            {
                seen.Add($"{context.Request.Method} {context.Request.Path}{context.Request.QueryString} {context.Request.Host} {context.Request.Headers["X-A"]} {context.Request.ContentType} {body.Length} {context.Connection.Id}");
            }

            await context.Response.WriteAsync("ok");
        });
        var large = new byte[3_000_000]; // more than a socket takes at once

        var result = await RunAsync(new()
        {
            Url = new Uri(server.Address, "/a%20b?c=d"),
            Method = HttpMethod.Post,
            Headers = new Dictionary<string, string>(StringComparer.Ordinal) { ["X-A"] = "1", ["Content-Type"] = "text/plain" },
            Body = large,
            WarmUpRequests = 0,
            Model = new LoadModel.Closed(6, 2),
        });

        result.Should().BeEquivalentTo(new { Requests = 6L, Errors = 0L, BytesReceived = 12L });
        seen.Skip(1).Should().AllSatisfy(request => request.Should().StartWith($"POST /a%20b?c=d {server.Address.Authority} 1 text/plain 3000000 "));
        seen.Skip(1).Select(request => request.Split(' ')[^1]).Distinct(StringComparer.Ordinal).Should().HaveCountLessThanOrEqualTo(2, "connections are kept");
    }

    [Fact]
    public async Task Without_keep_alive_each_request_has_a_connection_of_its_own()
    {
        var connections = new HashSet<string>(StringComparer.Ordinal);
        await using var server = await ServeAsync(context =>
        {
            lock (connections)
            {
                connections.Add(context.Connection.Id);
            }

            return Task.CompletedTask;
        });

        var result = await RunAsync(new() { Url = server.Address, KeepAlive = false, WarmUpRequests = 0, Model = new LoadModel.Closed(30, 3) });

        result.Errors.Should().Be(0);
        connections.Should().HaveCount(31, "the probe has one too");
    }

    /// <summary>nginx and the services' Node end a connection after so many requests or seconds; a visitor's browser does not mind.</summary>
    [Fact]
    public async Task A_connection_that_the_server_ends_in_order_costs_no_request()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var stop = new CancellationTokenSource();
        var serving = ServeAsync(listener, requestsPerConnection: 3, stop.Token);

        var result = await RunAsync(new() { Url = new Uri($"http://{listener.LocalEndpoint}/"), WarmUpRequests = 0, Model = new LoadModel.Closed(50, 2) });

        result.Should().BeEquivalentTo(new { Requests = 50L, Errors = 0L });
        await stop.CancelAsync();
        await serving;
    }

    [Fact]
    public async Task Ten_thousand_connections_are_answered_without_error()
    {
        Assert.SkipUnless(Nginx.IsInstalled, "nginx is not installed");
        await using var nginx = await Nginx.StartAsync(connections: 11_000);

        var result = await RunAsync(new() { Url = new Uri(nginx.Address, "/health"), Timeout = TimeSpan.FromSeconds(60), Model = new LoadModel.Closed(30_000, 10_000) });

        result.Should().BeEquivalentTo(new { Requests = 30_000L, Errors = 0L });
        (await nginx.AcceptedConnectionsAsync()).Should().BeGreaterThan(10_000, "each of them had to be opened");
    }

    [Fact]
    public async Task A_rising_rate_sends_as_many_as_the_area_under_it()
    {
        var model = new LoadModel.Open(100, TimeSpan.FromSeconds(2), 64, FinalRequestsPerSecond: 500);
        await using var server = await ServeAsync(_ => Task.CompletedTask);

        var result = await RunAsync(new() { Url = server.Address, WarmUpRequests = 0, Model = model });

        result.Requests.Should().Be(600);
        var schedule = new ArrivalSchedule(model, start: 0, frequency: 1000);
        Enumerable.Range(0, 600).Count(number => schedule.MomentOf(number) < 1000).Should().Be(200, "the first second's share is 100 + 200 / 2");
    }

    [Theory]
    [InlineData("X-A\r\nX-B", "1")]
    [InlineData("X-A", "1\r\nX-B: 2")]
    public async Task A_header_that_breaks_its_line_is_refused(string name, string value)
    {
        await using var server = await ServeAsync(_ => Task.CompletedTask);
        var request = new LoadTestRequest { Url = server.Address, Headers = new Dictionary<string, string>(StringComparer.Ordinal) { [name] = value }, Model = new LoadModel.Closed(1, 1) };

        (await FluentActions.Awaiting(() => RunAsync(request)).Should().ThrowAsync<PipelineException>()).Which.Message.Should().Contain("X-A");
    }

    private static Task<LoadTestResult> RunAsync(LoadTestRequest request) => new LoadTest(TimeProvider.System, NullLogger<LoadTest>.Instance).RunAsync(request);

    private static Task<WebServer> ServeAsync(RequestDelegate handle) => WebServer.StartAsync(application => application.Run(handle));

    /// <summary>Answers so many requests on each connection and then ends it without saying so before.</summary>
    private static async Task ServeAsync(TcpListener listener, int requestsPerConnection, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                var client = await listener.AcceptTcpClientAsync(cancellationToken);
                _ = Task.Run(async () =>
                {
                    using (client)
                    {
                        var buffer = new byte[4096];
                        for (var request = 0; request < requestsPerConnection && await client.GetStream().ReadAsync(buffer) > 0; request++)
                        {
                            await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"));
                        }

                        client.Client.Shutdown(SocketShutdown.Send);
                        while (await client.GetStream().ReadAsync(buffer) > 0)
                        {
                        }
                    }
                }, CancellationToken.None);
            }
        }
        catch (OperationCanceledException)
        {
            // the test is over
        }
    }
}
