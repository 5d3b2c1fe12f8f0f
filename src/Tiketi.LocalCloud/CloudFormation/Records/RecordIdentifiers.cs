namespace Tiketi.LocalCloud.CloudFormation.Records;

/// <summary>What identifies a recorded resource to an import: the primaryIdentifier of its type's published schema.</summary>
internal static class RecordIdentifiers
{
    private static readonly IReadOnlyDictionary<string, string[]> Named = new Dictionary<string, string[]>(StringComparer.Ordinal)
    {
        ["AWS::EC2::VPC"] = ["VpcId"],
        ["AWS::EC2::Subnet"] = ["SubnetId"],
        ["AWS::EC2::InternetGateway"] = ["InternetGatewayId"],
        ["AWS::EC2::NatGateway"] = ["NatGatewayId"],
        ["AWS::EC2::RouteTable"] = ["RouteTableId"],
        ["AWS::EC2::EIP"] = ["PublicIp", "AllocationId"],
        ["AWS::EC2::Route"] = ["RouteTableId", "CidrBlock"],
        ["AWS::EC2::LaunchTemplate"] = ["LaunchTemplateId"],
        ["AWS::IAM::Role"] = ["RoleName"],
        ["AWS::IAM::OIDCProvider"] = ["Arn"],
        ["AWS::Logs::LogGroup"] = ["LogGroupName"],
        ["AWS::RDS::DBSubnetGroup"] = ["DBSubnetGroupName"],
        ["AWS::ElastiCache::SubnetGroup"] = ["CacheSubnetGroupName"],
        ["AWS::SNS::Topic"] = ["TopicArn"],
        ["AWS::CloudWatch::Alarm"] = ["AlarmName"],
        ["AWS::CloudWatch::Dashboard"] = ["DashboardName"],
    };

    public static IReadOnlyList<string> Of(string type) => Named.GetValueOrDefault(type, ["Id"]);
}
