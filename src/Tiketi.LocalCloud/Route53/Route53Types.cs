using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Tiketi.LocalCloud.CloudFormation;
using Tiketi.LocalCloud.CloudFormation.Records;
using Tiketi.LocalCloud.Hosting;

namespace Tiketi.LocalCloud.Route53;

/// <summary>Hosted zones, recorded: the local cloud answers no DNS query.</summary>
internal static class Route53Types
{
    public const string HostedZone = "AWS::Route53::HostedZone";

    public static IEnumerable<RecordedType> All(LocalCloudSettings settings) =>
    [
        new(HostedZone, ["Name"], _ => "Z0" + RandomNumberGenerator.GetString("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", 19), (id, _) => new(StringComparer.Ordinal)
        {
            ["Id"] = id,
            ["NameServers"] = new JsonArray([.. Enumerable.Range(1, 4).Select(number => (JsonNode)$"ns-{number}.local-cloud.invalid")]).ToJsonString(),
        })
        {
            Names = new("Name", "HostedZoneConfig HostedZoneFeatures HostedZoneTags QueryLoggingConfig VPCs"),
            CheckDelete = (id, records) =>
            {
                if (records.All(RecordSetProvider.Type).Any(record => record.Properties.Text("HostedZoneId") == id))
                {
                    throw new ResourceException("The specified hosted zone contains non-required resource record sets and so cannot be deleted.");
                }
            },
        },
    ];

    /// <summary>The zone's name, without a dot at its end.</summary>
    public static string NameOf(RecordedResource zone) => zone.Properties.RequiredText("Name").TrimEnd('.').ToLowerInvariant();

    /// <summary>Whether a name belongs to the zone.</summary>
    public static bool IsIn(string name, RecordedResource zone)
    {
        var lower = name.TrimEnd('.').ToLowerInvariant();
        return lower == NameOf(zone) || lower.EndsWith("." + NameOf(zone), StringComparison.Ordinal);
    }
}
