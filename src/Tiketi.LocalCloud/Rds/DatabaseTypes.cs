using Tiketi.LocalCloud.CloudFormation;
using Tiketi.LocalCloud.CloudFormation.Records;
using Tiketi.LocalCloud.Hosting;
using Tiketi.LocalCloud.Network;

namespace Tiketi.LocalCloud.Rds;

/// <summary>RDS's types that are only recorded.</summary>
internal static class DatabaseTypes
{
    public const string SubnetGroup = "AWS::RDS::DBSubnetGroup";
    public const string ParameterGroup = "AWS::RDS::DBParameterGroup";

    public static IEnumerable<RecordedType> All(LocalCloudSettings settings) =>
    [
        new(SubnetGroup, ["DBSubnetGroupName"], request => (request.Properties.Text("DBSubnetGroupName") ?? ResourceNames.Generated(request, 255)).ToLowerInvariant(),
            (_, _) => [])
        {
            Check = (request, records, id) =>
            {
                var name = request.Properties.Text("DBSubnetGroupName")?.ToLowerInvariant();
                PlainTypes.RefuseTaken(records, SubnetGroup, id, name, $"The DB subnet group '{name}' already exists.");
                RequireTwoZones(records, request.Properties.Texts("SubnetIds"));
            },
        },
        new(ParameterGroup, ["Family", "Description", "DBParameterGroupName"], request => (request.Properties.Text("DBParameterGroupName") ?? ResourceNames.Generated(request, 255)).ToLowerInvariant(),
            (id, _) => new(StringComparer.Ordinal) { ["DBParameterGroupName"] = id }),
    ];

    /// <summary>RDS puts a standby into another zone, so it wants subnets in two.</summary>
    public static void RequireTwoZones(RecordStore records, IReadOnlyList<string> subnetIds)
    {
        var zones = subnetIds
            .Select(id => records.Find(NetworkTypes.Subnet, id) ?? throw new ResourceException($"The subnet ID '{id}' does not exist"))
            .Select(subnet => subnet.Attributes["AvailabilityZone"]).Distinct(StringComparer.Ordinal).ToList();
        if (zones.Count < 2)
        {
            throw new ResourceException($"The DB subnet group doesn't meet Availability Zone (AZ) coverage requirement. Current AZ coverage: {string.Join(", ", zones)}. Add subnets to cover at least 2 AZs.");
        }
    }
}
