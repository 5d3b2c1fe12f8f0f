using System.Text;
using Amazon.CloudFormation;
using Amazon.CloudFormation.Model;
using Amazon.CloudFront;
using Amazon.CloudFront.Model;
using Amazon.S3;
using Amazon.S3.Model;
using Microsoft.AspNetCore.Http;
using NSubstitute;
using NSubstitute.ExceptionExtensions;
using Tiketi.Pipeline.Verification;
using static Tiketi.Pipeline.Tests.Verification.DeployedSystem;

namespace Tiketi.Pipeline.Tests.Verification;

/// <summary>Every check both ways: it passes on a system in good health, and finds the one thing that is broken.</summary>
public sealed class ChecksTests : IAsyncLifetime
{
    private readonly HttpClient _http = new();
    private DeployedSystem _system = null!;

    public async ValueTask InitializeAsync() => _system = await DeployedSystem.StartAsync();

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _system.DisposeAsync();
    }

    [Fact]
    public async Task OnAHealthySystem_EveryCheckPasses_AndWhatIsNotGivenIsSkipped()
    {
        var outcomes = new Dictionary<string, CheckOutcome>();
        foreach (var check in Checks(_system.Target))
        {
            outcomes[check.Id] = await check.RunAsync(TestContext.Current.CancellationToken);
        }

        outcomes.Where(outcome => outcome.Value.Status == CheckStatus.Failed).Should().BeEmpty();
        outcomes.Where(outcome => outcome.Value.Status == CheckStatus.Skipped).Select(outcome => outcome.Key).Should().Equal("site-newest", "stacks", "distribution", "rds", "elasticache", "redis-auth", "backups", "secrets", "certificates", "waf", "dns", "alarms", "alarms-quiet", "load-balancer");
        outcomes.Keys.Should().Contain(["api-backend", "api-auth-service", "socket-io", "socket-io-holds", "google-login", "services", "autoscalers", "user-flow", "uploads", "site", "site-deep-link", "site-headers", "nodes", "deployments", "pods", "ingress", "migrations", "database", "redis"]);
        outcomes["user-flow"].Evidence.Should().Contain("entered the queue of event 7").And.Contain("connected to Socket.IO with its token");
        outcomes["database"].Evidence.Should().Contain("does not execute commands", "this cluster has no exec");
    }

    public static TheoryData<string, string, string, string, string> Breakages => new()
    {
        { "api-auth-service", "/api/auth/health", """{"service":"backend"}""", "is answered by backend", "ingress rule of /api/auth" },
        { "user-flow", "/api/auth/login", """{"user":1}""", "without a token", "auth-service's log" },
        { "user-flow", "/api/tickets/events", """{"events":[]}""", "no event to queue for", "initial data" },
        { "uploads", "/api/auth/me/picture", """{"not":"the picture"}""", "and not those of the picture", "proxy" },
        { "nodes", "/api/v1/nodes", """{"items":[]}""", "no nodes", "node group" },
        { "nodes", "/api/v1/nodes", """{"items":[{"metadata":{"name":"n"},"status":{"conditions":[{"type":"Ready","status":"Unknown"}]}}]}""", "not ready: n", "describe node" },
        { "deployments", "/apis/apps/v1/namespaces/tiketi/deployments", $$"""{"items":[{{Deployment("backend", 1)}}]}""", "backend: 1 of 2 pods ready; auth-service is missing", "DeployK8s" },
        { "pods", "/api/v1/namespaces/tiketi/pods", $$"""{"items":[{{Pod("backend", """{"waiting":{"reason":"ImagePullBackOff","message":"not found"}}""", "False")}}]}""", "backend cannot pull image", "PushEcr" },
        { "pods", "/api/v1/namespaces/tiketi/pods", """{"items":[]}""", "no pod", "DeployK8s" },
        { "services", Slices, $$"""{"items":[{{Slice("backend-service", "false")}},{{Slice("auth-service")}}]}""", "no ready pod behind backend-service", "describe service backend-service" },
        { "autoscalers", Autoscalers, $$"""{"items":[{{Autoscaler("False", "FailedGetResourceMetric", 2)}}]}""", "backend: the HPA says FailedGetResourceMetric", "metrics-server" },
        { "autoscalers", Autoscalers, $$"""{"items":[{{Autoscaler("True", "ValidMetricFound", 1)}}]}""", "runs 1 replicas, and 2 are the least", "Diagnose" },
        { "ingress", "/apis/networking.k8s.io/v1/namespaces/tiketi/ingresses", """{"items":[{"metadata":{"name":"tiketi-ingress"},"status":{}}]}""", "tiketi-ingress has no address", "load-balancer-controller" },
        { "migrations", "/apis/batch/v1/namespaces/tiketi/jobs", """{"items":[]}""", "no migration has run", "DeployK8s" },
        { "migrations", "/apis/batch/v1/namespaces/tiketi/jobs", """{"items":[{"metadata":{"name":"m"},"status":{"conditions":[{"type":"Failed","status":"True","message":"backoff"}]}}]}""", "m: backoff", "logs job/m" },
        { "database", "/health/ready", """{"dependencies":{"database":"ECONNREFUSED","redis":"ok"}}""", "database: ECONNREFUSED", "security groups" },
        { "redis", "/api/v1/namespaces/tiketi/pods", $$"""{"items":[{{Pod("ticket-service", ready: "False")}}]}""", "no ready pod", "Diagnose" },
    };

    [Theory]
    [MemberData(nameof(Breakages))]
    public async Task WhatIsBroken_IsFound_WithItsRemedy(string id, string path, string json, string evidence, string remedy)
    {
        _system.Answer(path, Json(json));

        await FailsAsync(id, evidence, remedy);
    }

    [Fact]
    public async Task AServiceThatIsDown_IsFound()
    {
        _system.Answer("/health", Text("text/html", "<h1>503</h1>", 503));
        await FailsAsync("api-backend", "503 <h1>503</h1>", "No pod behind this path is ready");
    }

    [Fact]
    public async Task AnUploadThatIsRefused_AndAnAccountThatStays_AreFound()
    {
        _system.Answer("/api/auth/me", Json("", 500));
        await FailsAsync("uploads", "@smoke-test.invalid stays: DELETE /api/auth/me: 500", "by hand");
        var closed = false;
        _system.Answer("/api/auth/me", context =>
        {
            closed = HttpMethods.IsDelete(context.Request.Method);
            return Json("", 204)(context);
        });
        _system.Answer("/api/auth/me/picture", Json("""{"error":"INTERNAL"}""", 500));
        await FailsAsync("uploads", "PUT /api/auth/me/picture: 500 {\"error\":\"INTERNAL\"}", "logs deployment/auth-service");
        closed.Should().BeTrue("the account goes all the same");

        _system.Answer("/api/auth/me/picture", Json("""{"error":"NOT_FOUND"}""", 404));
        await FailsAsync("uploads", "404", "smokeTest.skip");
    }

    [Fact]
    public async Task AMissingSocketRoute_IsFound()
    {
        _system.Answer("/socket.io/", Json("""{"service":"backend"}""", 404));
        await FailsAsync("socket-io", "No WebSocket at ws://", "missing /socket.io rule");
    }

    /// <summary>As a load balancer does whose idle time-out is shorter than the time between two pings.</summary>
    [Fact]
    public async Task AConnectionThatIsCutWhileTheVisitorWaits_IsFound()
    {
        _system.Answer("/socket.io/", async context =>
        {
            using var socket = await context.WebSockets.AcceptWebSocketAsync();
            await socket.SendAsync("0{\"sid\":\"abc\",\"pingInterval\":25000}"u8.ToArray(), System.Net.WebSockets.WebSocketMessageType.Text, endOfMessage: true, context.RequestAborted);
            await socket.CloseOutputAsync(System.Net.WebSockets.WebSocketCloseStatus.EndpointUnavailable, "idle", context.RequestAborted);
        });
        await FailsAsync("socket-io-holds", "the connection ended after 0.", "idle_timeout.timeout_seconds", _system.Target with { WebSocketHold = TimeSpan.FromMinutes(1) });
    }

    [Fact]
    public async Task ASiteThatGoogleDoesNotKnow_IsFound()
    {
        _system.Answer("/google", context =>
        {
            context.Response.Redirect("/signin/oauth/error?authError=redirect_uri_mismatch");
            return Task.CompletedTask;
        });
        await FailsAsync("google-login", "/signin/oauth/error for client 123.apps.googleusercontent.com", "authorized JavaScript origins");
    }

    [Fact]
    public async Task AServiceWithAnotherSecret_IsFound()
    {
        _system.Answer("/socket.io/", context => SocketIoAsync(context, "44{\"message\":\"unauthorized\"}"));
        await FailsAsync("user-flow", "44{\"message\":\"unauthorized\"}", "JWT_SECRET");
    }

    [Fact]
    public async Task AMissingAsset_AnsweredWithTheStartPage_IsFound()
    {
        _system.Answer("/assets/index-Bc4eFg0i.js", Page);
        await FailsAsync("site", "/assets/index-Bc4eFg0i.js is served as text/html instead of text/javascript", "SyncS3 InvalidateCdn");
    }

    [Fact]
    public async Task ABrokenDeepLink_AndMissingHeaders_AreFound()
    {
        _system.Answer("*", Text("application/xml", "<Error/>", 403));
        await FailsAsync("site-deep-link", "403", "CustomErrorResponses");

        _system.Answer("/", Text("text/html", IndexPage));
        await FailsAsync("site-headers", "X-Content-Type-Options, X-Frame-Options, Referrer-Policy", "response headers policy");
        Checks(_system.Target).Single(check => check.Id == "site-headers").Severity.Should().Be(CheckSeverity.Warning);
    }

    [Fact]
    public async Task AnOutdatedCdn_IsFound()
    {
        var s3 = Substitute.For<IAmazonS3>();
        var target = _system.Target with { S3 = s3, SiteBucket = "site" };
        BucketHolds(IndexPage);
        (await Check("site-newest", target).RunAsync(default)).Status.Should().Be(CheckStatus.Passed);

        BucketHolds("<!doctype html>newer");
        await FailsAsync("site-newest", "the bucket holds", "InvalidateCdn", target);

        s3.GetObjectAsync(Arg.Any<GetObjectRequest>(), Arg.Any<CancellationToken>()).ThrowsAsync(new AmazonS3Exception("none") { StatusCode = System.Net.HttpStatusCode.NotFound, ErrorCode = "NoSuchKey" });
        await FailsAsync("site-newest", "holds no index.html", "SyncS3", target);

        void BucketHolds(string content) => s3.GetObjectAsync(Arg.Is<GetObjectRequest>(request => request.BucketName == "site" && request.Key == "index.html"), Arg.Any<CancellationToken>())
            .Returns(_ => new GetObjectResponse { ResponseStream = new MemoryStream(Encoding.UTF8.GetBytes(content)) });
    }

    [Theory]
    [InlineData("UPDATE_COMPLETE", true)]
    [InlineData("UPDATE_ROLLBACK_FAILED", false)]
    [InlineData("ROLLBACK_COMPLETE", false)]
    [InlineData("UPDATE_IN_PROGRESS", false)]
    public async Task Stacks_HaveToBeComplete(string status, bool good)
    {
        var cloudFormation = Substitute.For<IAmazonCloudFormation>();
        cloudFormation.DescribeStacksAsync(Arg.Any<DescribeStacksRequest>(), Arg.Any<CancellationToken>())
            .Returns(new DescribeStacksResponse { Stacks = [new Stack { StackName = "tiketi-local-data", StackStatus = status }] });

        var outcome = await Check("stacks", _system.Target with { Stacks = new Dictionary<string, IAmazonCloudFormation>(StringComparer.Ordinal) { ["tiketi-local-data"] = cloudFormation } }).RunAsync(default);

        outcome.Status.Should().Be(good ? CheckStatus.Passed : CheckStatus.Failed);
        outcome.Evidence.Should().Contain(status);
    }

    [Theory]
    [InlineData("Deployed", true, null)]
    [InlineData("InProgress", true, "is InProgress")]
    [InlineData("Deployed", false, "is disabled")]
    [InlineData(null, false, "no distribution E1")]
    public async Task TheDistribution_HasToBeDeployed(string? status, bool enabled, string? problem)
    {
        var cloudFront = Substitute.For<IAmazonCloudFront>();
        cloudFront.GetDistributionAsync(Arg.Any<GetDistributionRequest>(), Arg.Any<CancellationToken>()).Returns(_ => status is null
            ? throw new NoSuchDistributionException("no")
            : new GetDistributionResponse { Distribution = new Distribution { Status = status, DomainName = "d.cloudfront.net", DistributionConfig = new DistributionConfig { Enabled = enabled } } });

        var outcome = await Check("distribution", _system.Target with { CloudFront = cloudFront, DistributionId = "E1" }).RunAsync(default);

        outcome.Status.Should().Be(problem is null ? CheckStatus.Passed : CheckStatus.Failed);
        outcome.Evidence.Should().Contain(problem ?? "d.cloudfront.net");
    }

    private IReadOnlyList<ICheck> Checks(SmokeTestTarget target) => SmokeTestChecks.For(target, TimeProvider.System, _http);

    private ICheck Check(string id, SmokeTestTarget target) => Checks(target).Single(check => check.Id == id);

    private async Task FailsAsync(string id, string evidence, string remedy, SmokeTestTarget? target = null)
    {
        CheckOutcome outcome;
        try
        {
            outcome = await Check(id, target ?? _system.Target).RunAsync(TestContext.Current.CancellationToken);
        }
        catch (PipelineException exception)
        {
            outcome = CheckOutcome.Failed(exception.Message, exception.Remedy);
        }

        outcome.Status.Should().Be(CheckStatus.Failed);
        outcome.Evidence.Should().Contain(evidence);
        outcome.Remedy.Should().Contain(remedy);
    }
}
