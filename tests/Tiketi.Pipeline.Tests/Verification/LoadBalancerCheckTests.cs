using Amazon.ElasticLoadBalancingV2;
using Amazon.ElasticLoadBalancingV2.Model;
using NSubstitute;
using Tiketi.Pipeline.Verification;

namespace Tiketi.Pipeline.Tests.Verification;

/// <summary>What Elastic Load Balancing can say about the ingress's load balancer (lb.local), and what is made of it.</summary>
public sealed class LoadBalancerCheckTests : IAsyncLifetime
{
    private readonly IAmazonElasticLoadBalancingV2 _api = Substitute.For<IAmazonElasticLoadBalancingV2>();
    private readonly HttpClient _http = new();
    private DeployedSystem _system = null!;

    public async ValueTask InitializeAsync()
    {
        _system = await DeployedSystem.StartAsync();
        _api.DescribeTargetGroupsAsync(Arg.Any<DescribeTargetGroupsRequest>(), Arg.Any<CancellationToken>())
            .Returns(new DescribeTargetGroupsResponse { TargetGroups = [new TargetGroup { TargetGroupArn = "arn:backend", TargetGroupName = "k8s-tiketi-backend" }] });
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _system.DisposeAsync();
    }

    [Theory]
    [InlineData("lb.local", "active", "healthy", null, "tiketi is active, 1 healthy targets in 1 groups", null)]
    [InlineData("other", "active", "healthy", null, "there is no load balancer lb.local", "makes it anew")]
    [InlineData("lb.local", "provisioning", "healthy", null, "tiketi is provisioning", "three minutes")]
    [InlineData("lb.local", "failed", "healthy", null, "tiketi is failed", "makes another")]
    [InlineData("lb.local", "active", "unhealthy", "Target.ResponseCodeMismatch", "10.0.11.5 unhealthy (Target.ResponseCodeMismatch", "healthcheck-path")]
    [InlineData("lb.local", "active", "unhealthy", "Target.Timeout", "10.0.11.5 unhealthy (Target.Timeout", "security group")]
    [InlineData("lb.local", "active", "initial", "Elb.InitialHealthChecking", "10.0.11.5 initial", "Wait a minute")]
    [InlineData("lb.local", "active", "draining", "Target.DeregistrationInProgress", "10.0.11.5 draining", "readiness probe")]
    public async Task EachState_IsJudged(string name, string state, string health, string? reason, string evidence, string? remedy)
    {
        _api.DescribeLoadBalancersAsync(Arg.Any<DescribeLoadBalancersRequest>(), Arg.Any<CancellationToken>()).Returns(new DescribeLoadBalancersResponse
        {
            LoadBalancers = [new LoadBalancer { LoadBalancerArn = "arn:lb", LoadBalancerName = "tiketi", DNSName = name, State = new LoadBalancerState { Code = state } }],
        });
        _api.DescribeTargetHealthAsync(Arg.Any<DescribeTargetHealthRequest>(), Arg.Any<CancellationToken>()).Returns(new DescribeTargetHealthResponse
        {
            TargetHealthDescriptions = [new TargetHealthDescription { Target = new TargetDescription { Id = "10.0.11.5" }, TargetHealth = new TargetHealth { State = health, Reason = reason } }],
        });

        var outcome = await SmokeTestChecks.For(_system.Target with { LoadBalancing = _api }, TimeProvider.System, _http).Single(check => check.Id == "load-balancer").RunAsync(TestContext.Current.CancellationToken);

        outcome.Status.Should().Be(remedy is null ? CheckStatus.Passed : CheckStatus.Failed);
        outcome.Evidence.Should().Contain(evidence);
        if (remedy is not null)
        {
            outcome.Remedy.Should().Contain(remedy);
        }
    }
}
