using System.Text.Json.Nodes;
using k8s;
using k8s.Models;
using Microsoft.Extensions.Logging.Abstractions;
using Tiketi.Pipeline;
using Tiketi.Pipeline.Aws;
using Tiketi.Pipeline.Infrastructure;
using Tiketi.Pipeline.Kubernetes;

namespace Tiketi.Integration.Operations;

/// <summary>The real observability stack gets the load balancer that the ingress got, and keeps it.</summary>
public sealed class ApiAlarmTests(LocalAws aws) : IClassFixture<LocalAws>
{
    [Fact]
    public async Task The_alarm_is_made_once_the_ingress_has_its_load_balancer_and_kept_by_ApplyInfra()
    {
        var request = aws.Environment(
            "watched",
            ("cluster", LocalAws.Cluster("tiketi-watched")),
            ("observability", await File.ReadAllTextAsync(Path.Combine(Repository.Root, "infra", "observability.yaml"), TestContext.Current.CancellationToken)));
        await aws.Deployer.ApplyAsync(request, TestContext.Current.CancellationToken);
        var alarm = new ApiAlarm(aws.CloudFormationIn, aws.Clients.Elb, NullLoggerFactory.Instance, TimeProvider.System);
        (await FluentActions.Awaiting(() => alarm.ApplyAsync(request, "localhost")).Should().ThrowAsync<PipelineException>())
            .Which.Message.Should().Be("No load balancer of this account and region has the address localhost, which the ingress names.");

        using var cluster = await EksCluster.ConnectAsync(aws.Clients.Eks, "tiketi-watched", aws.Clients.Settings, TimeProvider.System, TestContext.Current.CancellationToken);
        await cluster.NetworkingV1.CreateNamespacedIngressAsync(LocalAws.Ingress("tiketi-ingress"), "default", cancellationToken: TestContext.Current.CancellationToken);
        var address = await new IngressAddress(cluster, TimeProvider.System).WaitAsync("default", TestContext.Current.CancellationToken);

        (await alarm.ApplyAsync(request, address, TestContext.Current.CancellationToken)).Outcome.Should().Be(StackOutcome.Updated);
        (await alarm.ApplyAsync(request, address, TestContext.Current.CancellationToken)).Outcome.Should().Be(StackOutcome.Unchanged, "it is right already");
        (await aws.Deployer.ApplyAsync(request, TestContext.Current.CancellationToken)).Unchanged.Should().Be(2, "ApplyInfra keeps what another step has set");
        var arn = JsonNode.Parse(await aws.AwsAsync("elbv2 describe-load-balancers"))!["LoadBalancers"]![0]!["LoadBalancerArn"]!.ToString();
        var stack = await aws.AwsAsync("cloudformation describe-stacks --stack-name tiketi-watched-observability");
        stack.Should().Contain($"\"{arn[arn.IndexOf("app/", StringComparison.Ordinal)..]}\"", "so metrics call it");
        (await aws.AwsAsync("cloudformation describe-stack-resources --stack-name tiketi-watched-observability")).Should().Contain("\"ApiErrors\"");
    }

    [Fact]
    public void An_environment_that_names_the_load_balancer_itself_or_has_no_alarms_is_left_alone()
    {
        var template = ("observability", "Parameters: { ApiLoadBalancer: { Type: String, Default: '' } }\nResources: { Handle: { Type: 'AWS::CloudFormation::WaitConditionHandle' } }");

        ApiAlarm.IsWanted(aws.Environment("unwatched", ("network", "Resources: { Vpc: { Type: AWS::EC2::VPC, Properties: { CidrBlock: 10.0.0.0/16 } } }"))).Should().BeFalse();
        ApiAlarm.IsWanted(aws.Environment("own", template)).Should().BeTrue();
        ApiAlarm.IsWanted(aws.Environment("own", template) with { Parameters = new Dictionary<string, string> { ["ApiLoadBalancer"] = "app/mine/1" } }).Should().BeFalse();
    }
}
