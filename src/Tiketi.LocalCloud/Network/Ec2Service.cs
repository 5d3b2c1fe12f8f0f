using System.Text.Json.Nodes;
using System.Xml.Linq;
using Tiketi.LocalCloud.CloudFormation;
using Tiketi.LocalCloud.CloudFormation.Records;
using Tiketi.LocalCloud.Hosting;
using Tiketi.LocalCloud.Query;
using static Tiketi.LocalCloud.Query.QueryXml;

namespace Tiketi.LocalCloud.Network;

/// <summary>The EC2 API, version 2016-11-15, as far as it reads what the network stack recorded, and opens security groups.</summary>
internal sealed class Ec2Service : QueryService
{
    private readonly RecordStore _records;

    public Ec2Service(RecordStore records)
    {
        _records = records;
        var rules = new SecurityGroupRules(records);
        Actions = new Dictionary<string, Func<QueryRequest, CancellationToken, Task<object?>>>(StringComparer.Ordinal)
        {
            ["DescribeVpcs"] = (request, _) => Set(request, "vpcSet", NetworkTypes.Vpc, "VpcId", VpcXml),
            ["DescribeSubnets"] = (request, _) => Set(request, "subnetSet", NetworkTypes.Subnet, "SubnetId", SubnetXml),
            ["DescribeSecurityGroups"] = (request, _) => Set(request, "securityGroupInfo", NetworkTypes.SecurityGroup, "GroupId", SecurityGroupXml),
            ["AuthorizeSecurityGroupIngress"] = (request, _) => Task.FromResult<object?>(rules.Authorize(request)),
            ["RevokeSecurityGroupIngress"] = (request, _) => Task.FromResult<object?>(rules.Revoke(request)),
        };
    }

    public override string SigningName => "ec2";

    protected override XNamespace Namespace => "http://ec2.amazonaws.com/doc/2016-11-15/";

    protected override IReadOnlyDictionary<string, Func<QueryRequest, CancellationToken, Task<object?>>> Actions { get; }

    protected override XElement Success(string action, object? result, string requestId) =>
        InNamespace(new XElement(action + "Response", new XElement("requestId", requestId), result));

    protected override XElement Failure(QueryException refusal, string requestId) => new("Response",
        new XElement("Errors", new XElement("Error", new XElement("Code", refusal.Code), new XElement("Message", refusal.Message))),
        new XElement("RequestID", requestId));

    private Task<object?> Set(QueryRequest request, string set, string type, string idName, Func<RecordedResource, object> describe)
    {
        var ids = request.List(idName);
        var unknown = ids?.FirstOrDefault(id => _records.Find(type, id) is null);
        if (unknown is not null)
        {
            var kind = type[(type.LastIndexOf(':') + 1)..];
            throw new QueryException(type == NetworkTypes.SecurityGroup ? "InvalidGroup.NotFound" : $"Invalid{(kind == "VPC" ? "Vpc" : kind)}ID.NotFound", $"The ID '{unknown}' does not exist");
        }

        var filters = (request.Structures("Filter") ?? []).Select(filter => (Name: filter.Required("Name"), Values: filter.List("Value") ?? [])).ToList();
        var found = _records.All(type).Where(record => ids is null || ids.Contains(record.Id)).Where(record => filters.TrueForAll(filter => Matches(record, filter.Name, filter.Values)));
        return Task.FromResult<object?>(Members(set, found.Select(describe), "item"));
    }

    private static bool Matches(RecordedResource record, string filter, IReadOnlyList<string> values)
    {
        var actual = filter switch
        {
            _ when filter.StartsWith("tag:", StringComparison.Ordinal) => record.Properties.Objects("Tags").FirstOrDefault(tag => tag.Text("Key") == filter[4..])?.Text("Value"),
            "vpc-id" => record.Properties.Text("VpcId") ?? record.Id,
            "group-name" => record.Attributes.GetValueOrDefault("GroupName"),
            "subnet-id" or "group-id" => record.Id,
            "cidr" or "cidr-block" => record.Properties.Text("CidrBlock"),
            "availability-zone" => record.Attributes.GetValueOrDefault("AvailabilityZone"),
            _ => throw new QueryException("InvalidParameterValue", $"The filter '{filter}' is invalid"),
        };
        return actual is not null && values.Contains(actual);
    }

    private static object VpcXml(RecordedResource vpc) => new object?[]
    {
        Element("vpcId", vpc.Id),
        Element("state", "available"),
        Element("cidrBlock", vpc.Properties.Text("CidrBlock")),
        Element("instanceTenancy", vpc.Properties.Text("InstanceTenancy") ?? "default"),
        Element("isDefault", false),
        Element("ownerId", LocalCloudSettings.AccountId),
        Tags(vpc),
    };

    private static object SubnetXml(RecordedResource subnet) => new object?[]
    {
        Element("subnetId", subnet.Id),
        Element("state", "available"),
        Element("vpcId", subnet.Properties.Text("VpcId")),
        Element("cidrBlock", subnet.Properties.Text("CidrBlock")),
        Element("availabilityZone", subnet.Attributes["AvailabilityZone"]),
        Element("mapPublicIpOnLaunch", subnet.Properties.Flag("MapPublicIpOnLaunch")),
        Element("ownerId", LocalCloudSettings.AccountId),
        Tags(subnet),
    };

    private object SecurityGroupXml(RecordedResource group) => new object?[]
    {
        Element("groupId", group.Id),
        Element("groupName", group.Attributes["GroupName"]),
        Element("groupDescription", group.Properties.Text("GroupDescription")),
        Element("vpcId", group.Properties.Text("VpcId")),
        Element("ownerId", LocalCloudSettings.AccountId),
        Rules("ipPermissions", group, "SecurityGroupIngress", "Source"),
        Rules("ipPermissionsEgress", group, "SecurityGroupEgress", "Destination"),
        Tags(group),
    };

    private XElement Rules(string name, RecordedResource group, string property, string peer)
    {
        var alone = _records.All("AWS::EC2::" + property).Select(rule => rule.Properties).Where(rule => rule.Text("GroupId") == group.Id);
        return Members(name, group.Properties.Objects(property).Concat(alone).Select(rule => Rule(rule, peer)), "item");
    }

    private static object Rule(JsonObject rule, string peer) => new object?[]
    {
        Element("ipProtocol", rule.Text("IpProtocol")),
        Optional("fromPort", rule.Text("FromPort")),
        Optional("toPort", rule.Text("ToPort")),
        Members("ipRanges", rule.Text("CidrIp") is { } block ? [new object?[] { Element("cidrIp", block), Optional("description", rule.Text("Description")) }] : [], "item"),
        Members("groups", rule.Text(peer + "SecurityGroupId") is { } id ? [new object?[] { Element("groupId", id), Optional("description", rule.Text("Description")) }] : [], "item"),
    };

    private static XElement Tags(RecordedResource resource) =>
        Members("tagSet", resource.Properties.Objects("Tags").Select(tag => (object)new[] { Element("key", tag.Text("Key")), Element("value", tag.Text("Value")) }), "item");
}
