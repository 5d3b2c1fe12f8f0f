using Amazon.ElasticLoadBalancingV2;
using Amazon.ElasticLoadBalancingV2.Model;
using Tiketi.Pipeline.Kubernetes;

namespace Tiketi.Pipeline.Verification.Checks;

/// <summary>The load balancer that the ingress got, and whether it finds the pods healthy.</summary>
internal static class LoadBalancerChecks
{
    public static IEnumerable<ICheck> For(SmokeTestTarget target, TimeProvider time)
    {
        yield return new Check("load-balancer", "the load balancer is active and finds pods of every service healthy", token => target is { LoadBalancing: { } elb, Cluster: { } cluster }
            ? RunAsync(elb, new ClusterApi(cluster, time), target.Namespace, token)
            : Task.FromResult(CheckOutcome.Skipped("no load balancing was given")))
        {
            // A target that has just come is healthy after two checks, 15 s apart.
            Retry = new CheckRetry(6, TimeSpan.FromSeconds(10)),
            Timeout = TimeSpan.FromSeconds(90),
        };
    }

    private static async Task<CheckOutcome> RunAsync(IAmazonElasticLoadBalancingV2 elb, ClusterApi cluster, string space, CancellationToken cancellationToken)
    {
        var ingresses = await cluster.ListAsync("networking.k8s.io/v1", "Ingress", space, "", cancellationToken);
        var name = ingresses.SelectMany(ingress => ingress.Items("status", "loadBalancer", "ingress")).Select(point => point.Text("hostname")).OfType<string>().FirstOrDefault();
        if (name is null)
        {
            return CheckOutcome.Failed("the ingress has no load balancer", "See why: kubectl -n kube-system logs deployment/aws-load-balancer-controller; without the controller run ./build.sh InstallAddons.");
        }

        if (await FindAsync(elb, name, cancellationToken) is not { } balancer)
        {
            return CheckOutcome.Failed($"there is no load balancer {name} any more", "Its controller makes it anew: kubectl -n kube-system rollout restart deployment/aws-load-balancer-controller.");
        }

        if (balancer.State?.Code is { } state && state != LoadBalancerStateEnum.Active)
        {
            return CheckOutcome.Failed($"{balancer.LoadBalancerName} is {state}{(balancer.State.Reason is { Length: > 0 } reason ? $": {reason}" : "")}", state == LoadBalancerStateEnum.Provisioning
                ? "Wait: AWS takes about three minutes to make one." : "Delete the ingress and run ./build.sh DeployK8s ApplyDns: its controller makes another.");
        }

        var groups = (await elb.DescribeTargetGroupsAsync(new DescribeTargetGroupsRequest { LoadBalancerArn = balancer.LoadBalancerArn }, cancellationToken)).TargetGroups ?? [];
        var health = await Task.WhenAll(groups.Select(async group =>
            (Group: group, Targets: (await elb.DescribeTargetHealthAsync(new DescribeTargetHealthRequest { TargetGroupArn = group.TargetGroupArn }, cancellationToken)).TargetHealthDescriptions ?? [])));
        var ill = health.Where(pair => pair.Targets.All(target => target.TargetHealth.State != TargetHealthStateEnum.Healthy) || pair.Targets.Any(target => target.TargetHealth.State == TargetHealthStateEnum.Unhealthy)).ToList();
        return groups.Count == 0 ? CheckOutcome.Failed($"{balancer.LoadBalancerName} has no target group", "Its controller has not read the ingress: kubectl -n kube-system logs deployment/aws-load-balancer-controller.")
            : ill.Count > 0 ? CheckOutcome.Failed(string.Join("; ", ill.Select(pair => $"{pair.Group.TargetGroupName}: {Describe(pair.Targets)}")), RemedyOf([.. ill.SelectMany(pair => pair.Targets)]))
            : CheckOutcome.Passed($"{balancer.LoadBalancerName} is active, {health.Sum(pair => pair.Targets.Count(target => target.TargetHealth.State == TargetHealthStateEnum.Healthy))} healthy targets in {groups.Count} groups");
    }

    private static string Describe(IReadOnlyList<TargetHealthDescription> targets) => targets.Count == 0 ? "no target"
        : string.Join(", ", targets.Select(target => $"{target.Target.Id} {target.TargetHealth.State}{(target.TargetHealth.Reason is { } reason ? $" ({reason}{(target.TargetHealth.Description is { Length: > 0 } text ? $": {text}" : "")})" : "")}"));

    private static string RemedyOf(IReadOnlyList<TargetHealthDescription> targets) => targets.Select(target => target.TargetHealth.Reason?.Value).OfType<string>().FirstOrDefault() switch
    {
        "Target.ResponseCodeMismatch" => "Let the path of alb.ingress.kubernetes.io/healthcheck-path (/health) answer 200.",
        "Target.Timeout" or "Target.FailedHealthChecks" => "Let the pods' security group admit the load balancer's (infra/network.yaml), and the service answer its health path within 5 s: ./build.sh Diagnose.",
        "Target.NotRegistered" or "Elb.RegistrationInProgress" or "Elb.InitialHealthChecking" => "Wait a minute: the targets have just been registered.",
        _ => "No pod of the service is ready, or its readiness probe fails: ./build.sh Diagnose says why.",
    };

    private static async Task<LoadBalancer?> FindAsync(IAmazonElasticLoadBalancingV2 elb, string name, CancellationToken cancellationToken)
    {
        for (string? marker = null; ;)
        {
            var page = await elb.DescribeLoadBalancersAsync(new DescribeLoadBalancersRequest { Marker = marker }, cancellationToken);
            var found = page.LoadBalancers?.Find(balancer => string.Equals(balancer.DNSName, name, StringComparison.OrdinalIgnoreCase));
            marker = page.NextMarker;
            if (found is not null || string.IsNullOrEmpty(marker))
            {
                return found;
            }
        }
    }
}
