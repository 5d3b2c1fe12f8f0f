using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Tiketi.LocalCloud.CloudFormation;
using Tiketi.LocalCloud.CloudFormation.Records;
using Tiketi.LocalCloud.Eks;
using Tiketi.LocalCloud.Hosting;
using Tiketi.LocalCloud.Kubernetes;
using Tiketi.LocalCloud.Kubernetes.Ingress;
using Tiketi.LocalCloud.Kubernetes.Resources;
using Tiketi.LocalCloud.Kubernetes.Storage;
using Tiketi.LocalCloud.Network;

namespace Tiketi.LocalCloud.LoadBalancing;

/// <summary>A load balancer or target group, with the tags that the AWS Load Balancer Controller gives it.</summary>
internal record TaggedResource(string Arn, string Name, IReadOnlyDictionary<string, string> Tags);

internal sealed record Balancer(string Arn, string Name, IReadOnlyDictionary<string, string> Tags, string DnsName, DateTimeOffset CreatedTime, string? VpcId, IReadOnlyList<(string Zone, string SubnetId)> Subnets)
    : TaggedResource(Arn, Name, Tags);

internal sealed record TargetGroup(string Arn, string Name, IReadOnlyDictionary<string, string> Tags, Route Route, string Port, string? HealthCheckPath)
    : TaggedResource(Arn, Name, Tags);

/// <summary>A pod in a target group; <paramref name="Reason"/> and <paramref name="Description"/> are null for a healthy one.</summary>
internal sealed record Target(string Address, string State, string? Reason, string? Description);

/// <summary>
/// The cluster's ingress as Elastic Load Balancing shows an ingress of the AWS Load Balancer Controller: one load balancer for all
/// Ingress objects, one target group a backend. Nothing of it is stored; it is there while an Ingress is.
/// </summary>
internal sealed class BalancerView(LocalCloudSettings settings, ObjectStore store, RouteTable routes, TargetGroups targets, EksClusters clusters, RecordStore records)
{
    private const string Annotations = "alb.ingress.kubernetes.io/";

    /// <summary>The load balancer; null while the cluster has no Ingress.</summary>
    public Balancer? Find()
    {
        var ingresses = Ingresses().ToList();
        if (ingresses.Count == 0)
        {
            return null;
        }

        var name = $"k8s-{ingresses[0].Namespace}-{Hash(settings.Region, "ingress")[..10]}";
        var subnets = records.All(NetworkTypes.Subnet)
            .Where(subnet => subnet.Properties.Objects("Tags").Any(tag => tag.Text("Key") == "kubernetes.io/role/elb")).ToList();
        return new Balancer(
            Arn($"loadbalancer/app/{name}", name), name, Tags(StackOf(ingresses[0]), "LoadBalancer"), "localhost",
            ingresses.Min(ingress => DateTimeOffset.Parse(ingress.Body.Text("metadata", "creationTimestamp")!, CultureInfo.InvariantCulture)),
            subnets.Select(subnet => subnet.Properties.Text("VpcId")).FirstOrDefault(),
            [.. subnets.Select(subnet => (subnet.Attributes["AvailabilityZone"], subnet.Id))]);
    }

    /// <summary>One for each backend that a rule names.</summary>
    public IReadOnlyList<TargetGroup> Groups()
    {
        var ingresses = Ingresses().ToDictionary(ingress => (ingress.Namespace, ingress.Name));
        return [.. routes.All().DistinctBy(route => (route.Namespace, route.Service, $"{route.Port}")).Select(route =>
        {
            var ingress = ingresses[(route.Namespace, route.Ingress)];
            var port = $"{route.Port}";
            var name = $"k8s-{Short(route.Namespace)}-{Short(route.Service)}-{Hash(route.Namespace, route.Service, port)[..10]}";
            return new TargetGroup(
                Arn($"targetgroup/{name}", name), name, Tags(StackOf(ingress), $"{route.Namespace}/{route.Ingress}-{route.Service}:{port}"),
                route, $"{routes.PortOf(route)}", Annotation(ingress, "healthcheck-path"));
        })];
    }

    /// <summary>The pods behind a group: healthy where requests go, draining for a moment after they have left, unhealthy while not ready.</summary>
    public IReadOnlyList<Target> TargetsOf(TargetGroup group)
    {
        var ready = routes.Endpoints(group.Route);
        var served = targets.Of(group.Route);
        return
        [
            .. ready.Select(address => new Target(address, "healthy", null, null)),
            .. served.Except(ready, StringComparer.Ordinal).Select(address => new Target(address, "draining", "Target.DeregistrationInProgress", "Target deregistration is in progress")),
            .. routes.Endpoints(group.Route, ready: false).Except(served, StringComparer.Ordinal).Select(address => new Target(address, "unhealthy", "Target.FailedHealthChecks", "Health checks failed: the pod is not ready")),
        ];
    }

    private IEnumerable<StoredObject> Ingresses() => store.List(ResourceRegistry.Get("ingresses")).Where(ingress => routes.Serves(ingress.Body));

    /// <summary>What the controller calls a stack: the ingress group, or the one ingress.</summary>
    private static string StackOf(StoredObject ingress) => Annotation(ingress, "group.name") ?? $"{ingress.Namespace}/{ingress.Name}";

    private static string? Annotation(StoredObject ingress, string name) => ingress.Body.Text("metadata", "annotations", Annotations + name);

    private Dictionary<string, string> Tags(string stack, string resource) => new(StringComparer.Ordinal)
    {
        ["elbv2.k8s.aws/cluster"] = clusters.Names.FirstOrDefault() ?? "",
        ["ingress.k8s.aws/stack"] = stack,
        ["ingress.k8s.aws/resource"] = resource,
    };

    private string Arn(string path, string name) =>
        $"arn:aws:elasticloadbalancing:{settings.Region}:{LocalCloudSettings.AccountId}:{path}/{Hash(settings.Region, name)[..16]}";

    private static string Short(string name) => name[..Math.Min(name.Length, 8)].TrimEnd('-');

    private static string Hash(params string[] parts) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('|', parts))));
}
