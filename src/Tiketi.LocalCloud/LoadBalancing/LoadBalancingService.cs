using System.Globalization;
using System.Xml.Linq;
using Tiketi.LocalCloud.Query;
using static Tiketi.LocalCloud.Query.QueryXml;

namespace Tiketi.LocalCloud.LoadBalancing;

/// <summary>The reading part of the Elastic Load Balancing API, version 2015-12-01.</summary>
internal sealed class LoadBalancingService : QueryService
{
    private const int MostTagged = 20;

    private readonly BalancerView _view;

    public LoadBalancingService(BalancerView view)
    {
        _view = view;
        Actions = new Dictionary<string, Func<QueryRequest, CancellationToken, Task<object?>>>(StringComparer.Ordinal)
        {
            ["DescribeLoadBalancers"] = (request, _) => Task.FromResult<object?>(Page(request, "LoadBalancers", Wanted(
                [.. _view.Find() is { } balancer ? [balancer] : Array.Empty<Balancer>()], request.List("LoadBalancerArns"), request.List("Names"), NoBalancer), BalancerXml)),
            ["DescribeTargetGroups"] = (request, _) => Task.FromResult<object?>(Page(request, "TargetGroups", GroupsOf(request), GroupXml)),
            ["DescribeTargetHealth"] = (request, _) => Task.FromResult<object?>(Health(request)),
            ["DescribeTags"] = (request, _) => Task.FromResult<object?>(Tags(request)),
        };
    }

    public override string SigningName => "elasticloadbalancing";

    protected override XNamespace Namespace => "http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/";

    protected override IReadOnlyDictionary<string, Func<QueryRequest, CancellationToken, Task<object?>>> Actions { get; }

    private IReadOnlyList<TargetGroup> GroupsOf(QueryRequest request)
    {
        var groups = _view.Groups();
        if (request["LoadBalancerArn"] is { } arn && _view.Find()?.Arn != arn)
        {
            throw NoBalancer([arn]);
        }

        return Wanted(groups, request.List("TargetGroupArns"), request.List("Names"), NoGroup);
    }

    private XElement Health(QueryRequest request)
    {
        var arn = request.Required("TargetGroupArn");
        var group = _view.Groups().FirstOrDefault(group => group.Arn == arn) ?? throw NoGroup([arn]);
        return Members("TargetHealthDescriptions", _view.TargetsOf(group).Select(target => (object)new object?[]
        {
            new XElement("Target", Element("Id", HostOf(target)), Element("Port", PortOf(target))),
            Element("HealthCheckPort", PortOf(target)),
            new XElement("TargetHealth", Element("State", target.State), Optional("Reason", target.Reason), Optional("Description", target.Description)),
        }));
    }

    private XElement Tags(QueryRequest request)
    {
        var arns = request.List("ResourceArns") ?? [];
        if (arns.Count is 0 or > MostTagged)
        {
            throw QueryException.Validation($"1 validation error detected: ResourceArns must have 1 to {MostTagged} members");
        }

        var known = _view.Groups().Concat<TaggedResource>(_view.Find() is { } balancer ? [balancer] : []).ToDictionary(resource => resource.Arn, StringComparer.Ordinal);
        return Members("TagDescriptions", arns.Select(arn => (object)new object[]
        {
            Element("ResourceArn", arn),
            Members("Tags", (known.GetValueOrDefault(arn) ?? throw (arn.Contains(":targetgroup/", StringComparison.Ordinal) ? NoGroup([arn]) : NoBalancer([arn])))
                .Tags.Select(tag => (object)new[] { Element("Key", tag.Key), Element("Value", tag.Value) })),
        }));
    }

    private static IReadOnlyList<T> Wanted<T>(IReadOnlyList<T> all, IReadOnlyList<string>? arns, IReadOnlyList<string>? names, Func<IReadOnlyList<string>, QueryException> missing)
        where T : TaggedResource
    {
        if ((arns ?? names) is not { Count: > 0 } wanted)
        {
            return all;
        }

        string KeyOf(T resource) => arns is not null ? resource.Arn : resource.Name;
        return wanted.Except(all.Select(KeyOf), StringComparer.Ordinal).ToList() is { Count: > 0 } unknown ? throw missing(unknown) : [.. all.Where(resource => wanted.Contains(KeyOf(resource)))];
    }

    /// <summary>A page as AWS makes them: the marker is where the next one begins.</summary>
    private static object Page<T>(QueryRequest request, string name, IReadOnlyList<T> all, Func<T, object> describe)
    {
        var start = request.Number("Marker") ?? 0;
        var size = request.Number("PageSize") ?? 400;
        var next = start + size < all.Count ? (start + size).ToString(CultureInfo.InvariantCulture) : null;
        return new object?[] { Members(name, all.Skip(start).Take(size).Select(describe)), Optional("NextMarker", next) };
    }

    private static object BalancerXml(Balancer balancer) => new object?[]
    {
        Element("LoadBalancerArn", balancer.Arn),
        Element("DNSName", balancer.DnsName),
        Element("CreatedTime", Timestamp(balancer.CreatedTime)),
        Element("LoadBalancerName", balancer.Name),
        Element("Scheme", "internet-facing"),
        Optional("VpcId", balancer.VpcId),
        new XElement("State", Element("Code", "active")),
        Element("Type", "application"),
        Members("AvailabilityZones", balancer.Subnets.Select(subnet => (object)new[] { Element("ZoneName", subnet.Zone), Element("SubnetId", subnet.SubnetId) })),
        Element("IpAddressType", "ipv4"),
    };

    private object GroupXml(TargetGroup group) => new object?[]
    {
        Element("TargetGroupArn", group.Arn),
        Element("TargetGroupName", group.Name),
        Element("Protocol", "HTTP"),
        Element("Port", group.Port),
        Optional("VpcId", _view.Find()?.VpcId),
        Element("HealthCheckProtocol", "HTTP"),
        Element("HealthCheckPort", "traffic-port"),
        Element("HealthCheckEnabled", true),
        Optional("HealthCheckPath", group.HealthCheckPath),
        Members("LoadBalancerArns", _view.Find() is { } balancer ? [balancer.Arn] : []),
        Element("TargetType", "ip"),
        Element("ProtocolVersion", "HTTP1"),
        Element("IpAddressType", "ipv4"),
    };

    private static string HostOf(Target target) => target.Address[..target.Address.LastIndexOf(':')];

    private static string PortOf(Target target) => target.Address[(target.Address.LastIndexOf(':') + 1)..];

    private static QueryException NoBalancer(IReadOnlyList<string> names) => new("LoadBalancerNotFound", $"Load balancers '[{string.Join(", ", names)}]' not found");

    private static QueryException NoGroup(IReadOnlyList<string> names) => new("TargetGroupNotFound", "One or more target groups not found");
}
