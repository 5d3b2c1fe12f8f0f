using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;
using Tiketi.Pipeline.Reporting;
using Tiketi.Pipeline.Tests.LoadTesting;

namespace Tiketi.Pipeline.Tests.Reporting;

/// <summary>What a webhook is told, and that nothing of its address is told on.</summary>
public sealed class WebhookTests : IAsyncLifetime
{
    private const string Token = "T0/B0/swordfish";

    private static readonly DeploymentNotice Failed = new("staging", "Deploy", Succeeded: false, "v1.2.3", "mina", TimeSpan.FromSeconds(192))
    {
        Run = "https://github.com/o/r/actions/runs/7", Site = new Uri("https://staging.tiketi.example"), Error = "backend: image <tiketi/backend> not found & @everyone",
    };

    private readonly List<JsonObject> _received = [];
    private readonly HttpClient _http = new();
    private WebServer _server = null!;
    private int _status = 200;

    public async ValueTask InitializeAsync() => _server = await WebServer.StartAsync(app => app.Run(async context =>
    {
        _received.Add((await context.Request.ReadFromJsonAsync<JsonObject>())!);
        context.Response.StatusCode = _status;
    }));

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task AFailure_IsToldWithItsFirstLineAndTheRun()
    {
        await SendAsync(Failed);

        _received.Single()["text"]!.ToString().Split('\n').Should().Equal(
            "\u274c staging: Deploy of v1.2.3 by mina failed after 3 min 12 s",
            "backend: image &lt;tiketi/backend&gt; not found &amp; @everyone",
            "https://github.com/o/r/actions/runs/7");
    }

    [Fact]
    public async Task ASuccess_IsToldWithTheSite()
    {
        await SendAsync(Failed with { Succeeded = true, Run = null, Duration = TimeSpan.FromSeconds(45.4) });

        _received.Single()["text"]!.ToString().Split('\n').Should().Equal("\u2705 staging: Deploy of v1.2.3 by mina succeeded after 45 s", "https://staging.tiketi.example/");
    }

    [Fact]
    public async Task Discord_IsToldInItsOwnWords_AndCallsNobody()
    {
        using var handler = new Redirected(_server.Address);
        using var http = new HttpClient(handler);
        await new Webhook(http, TimeProvider.System).SendAsync(new Uri("https://discord.com/api/webhooks/" + Token), Failed, TestContext.Current.CancellationToken);

        _received.Single()["content"]!.ToString().Should().Contain("image <tiketi/backend>");
        _received.Single()["allowed_mentions"]!["parse"]!.AsArray().Should().BeEmpty();
    }

    [Theory]
    [InlineData(404, "answers 404")]
    [InlineData(500, "answers 500")]
    public async Task WhatIsNotTaken_IsSaid_WithoutTheAddress(int status, string problem)
    {
        _status = status;

        (await FluentActions.Awaiting(() => SendAsync(Failed)).Should().ThrowAsync<PipelineException>()).Which.ToString().Should().Contain(problem).And.NotContain("swordfish");
    }

    [Fact]
    public async Task ASilentServer_IsGivenUp()
    {
        var time = new FakeTimeProvider();
        await using var silent = await WebServer.StartAsync(app => app.Run(context =>
        {
            time.Advance(TimeSpan.FromSeconds(11));
            return Task.Delay(Timeout.Infinite, context.RequestAborted);
        }));

        (await FluentActions.Awaiting(() => new Webhook(_http, time).SendAsync(new Uri(silent.Address, Token), Failed, TestContext.Current.CancellationToken)).Should().ThrowAsync<PipelineException>())
            .Which.Message.Should().Be("The webhook at 127.0.0.1 does not answer within 10 s.");
    }

    private Task SendAsync(DeploymentNotice notice) => new Webhook(_http, TimeProvider.System).SendAsync(new Uri(_server.Address, Token), notice, TestContext.Current.CancellationToken);

    /// <summary>Sends what is for somewhere else to the test's server.</summary>
    private sealed class Redirected(Uri server) : DelegatingHandler(new HttpClientHandler())
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            request.RequestUri = server;
            return base.SendAsync(request, cancellationToken);
        }
    }
}
