using System.Text.Json.Nodes;
using Tiketi.LocalCloud.CloudFormation;
using Tiketi.LocalCloud.CloudFormation.Records;
using Tiketi.LocalCloud.Hosting;

namespace Tiketi.LocalCloud.Network;

/// <summary>EC2's network types: recorded, and checked where a wrong template would fail on AWS.</summary>
internal static class NetworkTypes
{
    public const string Vpc = "AWS::EC2::VPC";
    public const string Subnet = "AWS::EC2::Subnet";
    public const string InternetGateway = "AWS::EC2::InternetGateway";
    public const string Attachment = "AWS::EC2::VPCGatewayAttachment";
    public const string Address = "AWS::EC2::EIP";
    public const string NatGateway = "AWS::EC2::NatGateway";
    public const string RouteTable = "AWS::EC2::RouteTable";
    public const string SecurityGroup = "AWS::EC2::SecurityGroup";

    public static IEnumerable<RecordedType> All(LocalCloudSettings settings) =>
    [
        new(Vpc, ["CidrBlock"], _ => ResourceNames.Id("vpc"), (id, properties) => Attributes(
            ("VpcId", id), ("CidrBlock", properties.Text("CidrBlock") ?? ""), ("DefaultSecurityGroup", ResourceNames.Id("sg")), ("DefaultNetworkAcl", ResourceNames.Id("acl"))))
        {
            Check = (request, _, _) => NetworkChecks.Block(request.Properties.RequiredText("CidrBlock")),
            CheckDelete = NetworkChecks.VpcUnused,
        },
        new(Subnet, ["CidrBlock", "VpcId", "AvailabilityZone"], _ => ResourceNames.Id("subnet"), (id, properties) => Attributes(
            ("SubnetId", id), ("VpcId", properties.Text("VpcId") ?? ""), ("CidrBlock", properties.Text("CidrBlock") ?? ""),
            ("AvailabilityZone", properties.Text("AvailabilityZone") ?? settings.Region + "a"), ("NetworkAclAssociationId", ResourceNames.Id("aclassoc"))))
        {
            Check = NetworkChecks.Subnet,
        },
        new(InternetGateway, [], _ => ResourceNames.Id("igw"), (id, _) => Attributes(("InternetGatewayId", id))),
        new(Attachment, ["VpcId"], request => $"IGW|{request.Properties.RequiredText("VpcId")}", (_, _) => Attributes(("AttachmentType", "IGW")))
        {
            Check = (request, records, _) =>
            {
                NetworkChecks.Exists(records, Vpc, request.Properties.RequiredText("VpcId"), "vpc ID");
                NetworkChecks.Exists(records, InternetGateway, request.Properties.RequiredText("InternetGatewayId"), "internetGateway ID");
            },
        },
        new(Address, ["Domain"], _ => NetworkChecks.PublicAddress(), (id, _) => Attributes(("PublicIp", id), ("AllocationId", ResourceNames.Id("eipalloc")))),
        new(NatGateway, ["SubnetId", "AllocationId"], _ => ResourceNames.Id("nat"), (id, _) => Attributes(("NatGatewayId", id)))
        {
            Check = (request, records, _) =>
            {
                NetworkChecks.Exists(records, Subnet, request.Properties.RequiredText("SubnetId"), "subnet ID");
                NetworkChecks.Allocated(records, request.Properties.Text("AllocationId"));
            },
        },
        new(RouteTable, ["VpcId"], _ => ResourceNames.Id("rtb"), (id, _) => Attributes(("RouteTableId", id)))
        {
            Check = (request, records, _) => NetworkChecks.Exists(records, Vpc, request.Properties.RequiredText("VpcId"), "vpc ID"),
        },
        new("AWS::EC2::Route", ["RouteTableId", "DestinationCidrBlock"], request => $"{request.Properties.RequiredText("RouteTableId")}|{request.Properties.Text("DestinationCidrBlock")}",
            (_, properties) => Attributes(("CidrBlock", properties.Text("DestinationCidrBlock") ?? "")))
        {
            Check = NetworkChecks.Route,
        },
        new("AWS::EC2::SubnetRouteTableAssociation", ["SubnetId"], _ => ResourceNames.Id("rtbassoc"), (id, _) => Attributes(("Id", id)))
        {
            Check = (request, records, _) =>
            {
                NetworkChecks.Exists(records, Subnet, request.Properties.RequiredText("SubnetId"), "subnet ID");
                NetworkChecks.Exists(records, RouteTable, request.Properties.RequiredText("RouteTableId"), "routeTable ID");
            },
        },
        new(SecurityGroup, ["GroupName", "GroupDescription", "VpcId"], _ => ResourceNames.Id("sg"), (id, properties) => Attributes(
            ("GroupId", id), ("Id", id), ("VpcId", properties.Text("VpcId") ?? ""), ("GroupName", properties.Text("GroupName") ?? id)))
        {
            Check = NetworkChecks.SecurityGroup,
        },
        Rule("AWS::EC2::SecurityGroupIngress"),
        Rule("AWS::EC2::SecurityGroupEgress"),
        new("AWS::EC2::VPCEndpoint", ["VpcId", "ServiceName", "VpcEndpointType"], _ => ResourceNames.Id("vpce"), (id, _) => Attributes(("Id", id)))
        {
            Check = (request, records, _) =>
            {
                NetworkChecks.Exists(records, Vpc, request.Properties.RequiredText("VpcId"), "vpc ID");
                foreach (var table in request.Properties.Texts("RouteTableIds"))
                {
                    NetworkChecks.Exists(records, RouteTable, table, "routeTable ID");
                }
            },
        },
        new("AWS::EC2::LaunchTemplate", ["LaunchTemplateName"], _ => ResourceNames.Id("lt"), (id, _) => Attributes(("LaunchTemplateId", id), ("LatestVersionNumber", "1"), ("DefaultVersionNumber", "1")))
        {
            Carry = (before, _) => new(before, StringComparer.Ordinal) { ["LatestVersionNumber"] = (int.Parse(before["LatestVersionNumber"]) + 1).ToString() },
        },
    ];

    private static RecordedType Rule(string type) => new(
        type,
        ["GroupId", "IpProtocol", "FromPort", "ToPort", "CidrIp", "CidrIpv6", "SourceSecurityGroupId", "DestinationSecurityGroupId", "SourcePrefixListId"],
        _ => ResourceNames.Id("sgr"),
        (id, _) => Attributes(("Id", id)))
    {
        Check = (request, _, _) => NetworkChecks.RuleOf(request.Properties),
    };

    private static Dictionary<string, string> Attributes(params (string Name, string Value)[] attributes) =>
        attributes.ToDictionary(attribute => attribute.Name, attribute => attribute.Value, StringComparer.Ordinal);
}
