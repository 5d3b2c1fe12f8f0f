using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Tiketi.LocalCloud.CloudFormation;
using Tiketi.LocalCloud.CloudFormation.Records;
using Tiketi.LocalCloud.CloudFormation.Templates;

namespace Tiketi.LocalCloud.Network;

/// <summary>What EC2 refuses, in its own words.</summary>
internal static class NetworkChecks
{
    /// <exception cref="ResourceException">InvalidVpcID.NotFound and its like.</exception>
    public static void Exists(RecordStore records, string type, string id, string kind)
    {
        if (records.Find(type, id) is null)
        {
            throw new ResourceException($"The {kind} '{id}' does not exist");
        }
    }

    /// <summary>A block of /16 to /28, as VPCs and subnets have.</summary>
    public static Cidr Block(string text) => Cidr.TryParse(text, out var block) && block.Prefix is >= 16 and <= 28 ? block
        : throw new ResourceException($"The CIDR '{text}' is invalid.");

    public static void Subnet(ResourceRequest request, RecordStore records, string? id)
    {
        var vpcId = request.Properties.RequiredText("VpcId");
        var vpc = records.Find(NetworkTypes.Vpc, vpcId) ?? throw new ResourceException($"The vpc ID '{vpcId}' does not exist");
        var block = Block(request.Properties.RequiredText("CidrBlock"));
        if (!Block(vpc.Properties.RequiredText("CidrBlock")).Contains(block))
        {
            throw new ResourceException($"The CIDR '{block}' is invalid.");
        }

        if (records.All(NetworkTypes.Subnet).Any(other => other.Id != id && other.Properties.Text("VpcId") == vpcId && Block(other.Properties.RequiredText("CidrBlock")).Overlaps(block)))
        {
            throw new ResourceException($"The CIDR '{block}' conflicts with another subnet");
        }
    }

    public static void Route(ResourceRequest request, RecordStore records, string? id)
    {
        var tableId = request.Properties.RequiredText("RouteTableId");
        var table = records.Find(NetworkTypes.RouteTable, tableId) ?? throw new ResourceException($"The routeTable ID '{tableId}' does not exist");
        if (request.Properties.Text("GatewayId") is { } gateway)
        {
            Exists(records, NetworkTypes.InternetGateway, gateway, "gateway ID");
            var vpc = table.Properties.Text("VpcId");
            if (!records.All(NetworkTypes.Attachment).Any(attachment => attachment.Properties.Text("InternetGatewayId") == gateway && attachment.Properties.Text("VpcId") == vpc))
            {
                throw new ResourceException($"route table {tableId} and network gateway {gateway} belong to different networks");
            }
        }

        if (request.Properties.Text("NatGatewayId") is { } nat)
        {
            Exists(records, NetworkTypes.NatGateway, nat, "natGateway ID");
        }

        var destination = request.Properties.Text("DestinationCidrBlock");
        if (id is null && records.Find("AWS::EC2::Route", $"{tableId}|{destination}") is not null)
        {
            throw new ResourceException($"The route identified by {destination} already exists.");
        }
    }

    public static void SecurityGroup(ResourceRequest request, RecordStore records, string? id)
    {
        var vpcId = request.Properties.Text("VpcId");
        if (vpcId is not null)
        {
            Exists(records, NetworkTypes.Vpc, vpcId, "vpc ID");
        }

        var name = request.Properties.Text("GroupName");
        if (name is not null && records.All(NetworkTypes.SecurityGroup).Any(other => other.Id != id && other.Properties.Text("GroupName") == name && other.Properties.Text("VpcId") == vpcId))
        {
            throw new ResourceException($"The security group '{name}' already exists for VPC '{vpcId}'");
        }

        foreach (var rule in request.Properties.Objects("SecurityGroupIngress").Concat(request.Properties.Objects("SecurityGroupEgress")))
        {
            RuleOf(rule);
        }
    }

    public static void RuleOf(JsonObject rule)
    {
        var protocol = rule.RequiredText("IpProtocol");
        if (rule.Text("CidrIp") is { } block && !Cidr.TryParse(block, out _))
        {
            throw new ResourceException($"CIDR block {block} is malformed");
        }

        if (protocol is "tcp" or "udp" && (rule.Number("FromPort") is not { } first || rule.Number("ToPort") is not { } last || first > last || first < 0 || last > 65535))
        {
            throw new ResourceException($"Invalid value '{rule.Text("FromPort")}-{rule.Text("ToPort")}' for portRange.");
        }
    }

    public static void Allocated(RecordStore records, string? allocationId)
    {
        if (allocationId is not null && !records.All(NetworkTypes.Address).Any(address => address.Attributes["AllocationId"] == allocationId))
        {
            throw new ResourceException($"The allocation ID '{allocationId}' does not exist");
        }
    }

    public static void VpcUnused(string vpcId, RecordStore records)
    {
        string[] inside = [NetworkTypes.Subnet, NetworkTypes.SecurityGroup, NetworkTypes.Attachment];
        if (inside.SelectMany(records.All).Any(resource => resource.Properties.Text("VpcId") == vpcId))
        {
            throw new ResourceException($"The vpc '{vpcId}' has dependencies and cannot be deleted.");
        }
    }

    /// <summary>An address of 198.18.0.0/16, which is set aside for tests: nobody can take it for a real one.</summary>
    public static string PublicAddress() => $"198.18.{RandomNumberGenerator.GetInt32(256)}.{RandomNumberGenerator.GetInt32(1, 255)}";
}
