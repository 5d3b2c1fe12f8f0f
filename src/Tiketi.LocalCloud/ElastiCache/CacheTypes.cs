using Tiketi.LocalCloud.CloudFormation;
using Tiketi.LocalCloud.CloudFormation.Records;
using Tiketi.LocalCloud.Hosting;
using Tiketi.LocalCloud.Network;

namespace Tiketi.LocalCloud.ElastiCache;

/// <summary>ElastiCache's types that are only recorded.</summary>
internal static class CacheTypes
{
    public const string SubnetGroup = "AWS::ElastiCache::SubnetGroup";

    public static IEnumerable<RecordedType> All(LocalCloudSettings settings) =>
    [
        new(SubnetGroup, ["CacheSubnetGroupName"], request => (request.Properties.Text("CacheSubnetGroupName") ?? ResourceNames.Generated(request, 255)).ToLowerInvariant(), (_, _) => [])
        {
            Check = (request, records, id) =>
            {
                var name = request.Properties.Text("CacheSubnetGroupName")?.ToLowerInvariant();
                PlainTypes.RefuseTaken(records, SubnetGroup, id, name, $"Cache subnet group {name} already exists.");
                foreach (var subnet in request.Properties.Texts("SubnetIds"))
                {
                    NetworkChecks.Exists(records, NetworkTypes.Subnet, subnet, "subnet ID");
                }
            },
        },
    ];
}
