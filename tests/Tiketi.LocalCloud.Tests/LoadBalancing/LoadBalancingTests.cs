using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Tiketi.LocalCloud.CloudFormation.Records;
using Tiketi.LocalCloud.Eks;
using Tiketi.LocalCloud.Hosting;
using Tiketi.LocalCloud.Kubernetes.Ingress;
using Tiketi.LocalCloud.Kubernetes.Resources;
using Tiketi.LocalCloud.Kubernetes.Storage;
using Tiketi.LocalCloud.LoadBalancing;
using Tiketi.LocalCloud.Tests.CloudFormation;
using Tiketi.LocalCloud.Tests.Kubernetes;

namespace Tiketi.LocalCloud.Tests.LoadBalancing;

/// <summary>The cluster's ingress as Elastic Load Balancing shows it.</summary>
public sealed class LoadBalancingTests
{
    private const string Ingress = """
        {"metadata": {"name": "shop", "annotations": {"alb.ingress.kubernetes.io/group.name": "shop-alb", "alb.ingress.kubernetes.io/healthcheck-path": "/health"}},
         "spec": {"rules": [{"http": {"paths": [{"path": "/", "pathType": "Prefix", "backend": {"service": {"name": "web", "port": {"name": "http"}}}}]}}]}}
        """;

    private const string Service = """{"metadata": {"name": "web"}, "spec": {"ports": [{"name": "http", "port": 3001}]}}""";

    [Fact]
    public async Task The_AWS_CLI_sees_a_load_balancer_while_there_is_an_ingress_with_its_targets_and_tags()
    {
        await using var cloud = await TestCloud.StartAsync();
        (await cloud.AwsJsonAsync("elbv2", "describe-load-balancers"))["LoadBalancers"]!.AsArray().Should().BeEmpty();
        var objects = cloud.Services.GetRequiredService<ClusterObjects>();
        foreach (var (plural, body) in new[] { ("services", Service), ("endpointslices", Slice(("10.0.0.2", true), ("10.0.0.3", false))), ("ingresses", Ingress) })
        {
            objects.Create(ResourceRegistry.Get(plural), "default", InMemoryCluster.Parse(body), new WriteOptions("test"));
        }

        var balancer = (await cloud.AwsJsonAsync("elbv2", "describe-load-balancers"))["LoadBalancers"]!.AsArray().Single()!;
        balancer["DNSName"]!.ToString().Should().Be("localhost", "the ingress's status says so, too");
        balancer["State"]!["Code"]!.ToString().Should().Be("active");
        balancer["LoadBalancerArn"]!.ToString().Should().MatchRegex("^arn:aws:elasticloadbalancing:ap-northeast-2:000000000000:loadbalancer/app/k8s-default-[0-9a-f]{10}/[0-9a-f]{16}$");
        var group = (await cloud.AwsJsonAsync("elbv2", "describe-target-groups", "--load-balancer-arn", balancer["LoadBalancerArn"]!.ToString()))["TargetGroups"]!.AsArray().Single()!;
        (group["Port"]!.GetValue<int>(), group["HealthCheckPath"]!.ToString(), group["TargetType"]!.ToString()).Should().Be((3001, "/health", "ip"));
        var arn = group["TargetGroupArn"]!.ToString();
        (await cloud.AwsJsonAsync("elbv2", "describe-target-health", "--target-group-arn", arn))["TargetHealthDescriptions"]!.AsArray()
            .Select(target => $"{target!["Target"]!["Id"]}:{target["Target"]!["Port"]} {target["TargetHealth"]!["State"]}").Should().Equal("10.0.0.2:3001 healthy", "10.0.0.3:3001 unhealthy");
        (await cloud.AwsJsonAsync("elbv2", "describe-tags", "--resource-arns", arn))["TagDescriptions"]![0]!["Tags"]!.AsArray()
            .Select(tag => $"{tag!["Key"]}={tag["Value"]}").Should().Contain(["ingress.k8s.aws/stack=shop-alb", "ingress.k8s.aws/resource=default/shop-web:http"]);
        (await cloud.AwsAsync("elbv2", "describe-target-health", "--target-group-arn", arn + "0")).Error.Should().Contain("(TargetGroupNotFound)");
    }

    [Fact]
    public void A_pod_that_has_left_is_draining_for_as_long_as_it_is_sent_requests()
    {
        using var cluster = new InMemoryCluster();
        var settings = new LocalCloudSettings { StateDirectory = cluster.Folder, DockerHost = "", PostgresImage = "", RedisImage = "" };
        var state = new StateStore(settings);
        var routes = new RouteTable(cluster.Store);
        var view = new BalancerView(settings, cluster.Store, routes, new TargetGroups(routes, cluster.Time), new EksClusters(state), new RecordStore(state));
        cluster.Create("ingressclasses", """
            {"metadata": {"name": "tiketi-local", "annotations": {"ingressclass.kubernetes.io/is-default-class": "true"}}, "spec": {"controller": "tiketi.local/ingress"}}
            """);
        cluster.Create("services", Service);
        cluster.Create("endpointslices", Slice(("10.0.0.2", true), ("10.0.0.3", true)));
        view.Find().Should().BeNull("no ingress, no load balancer");
        cluster.Create("ingresses", Ingress);
        States().Should().Equal("10.0.0.2:3001 healthy", "10.0.0.3:3001 healthy");

        cluster.Patch("endpointslices", "web-1", "application/merge-patch+json", Slice(("10.0.0.2", true)));
        States().Should().Equal("10.0.0.2:3001 healthy", "10.0.0.3:3001 draining");
        cluster.Time.Advance(TargetGroups.DeregistrationLag);
        States().Should().Equal("10.0.0.2:3001 healthy");

        IEnumerable<string> States() => view.TargetsOf(view.Groups().Single()).Select(target => $"{target.Address} {target.State}");
    }

    private static string Slice(params (string Address, bool Ready)[] pods) => new JsonObject
    {
        ["metadata"] = new JsonObject { ["name"] = "web-1", ["labels"] = new JsonObject { ["kubernetes.io/service-name"] = "web" } },
        ["addressType"] = "IPv4",
        ["ports"] = new JsonArray(new JsonObject { ["name"] = "http", ["port"] = 3001 }),
        ["endpoints"] = new JsonArray([.. pods.Select(pod => (JsonNode)new JsonObject { ["addresses"] = new JsonArray(pod.Address), ["conditions"] = new JsonObject { ["ready"] = pod.Ready } })]),
    }.ToJsonString();
}
