using System.Text.Json.Nodes;
using Tiketi.LocalCloud.CloudFormation;
using Tiketi.LocalCloud.CloudFormation.Records;

namespace Tiketi.LocalCloud.Route53;

/// <summary>AWS::Route53::RecordSet, recorded. Ref is the name, which an A and an AAAA record may share: the record's own key is longer.</summary>
internal sealed class RecordSetProvider(RecordStore records) : IResourceProvider
{
    public const string Type = "AWS::Route53::RecordSet";

    public static PropertyNames Names { get; } = new(
        "Name Type",
        "AliasTarget CidrRoutingConfig Comment Failover GeoLocation GeoProximityLocation HealthCheckId HostedZoneId HostedZoneName MultiValueAnswer Region ResourceRecords SetIdentifier TTL Weight");

    public string ResourceType => Type;

    public bool RequiresReplacement(string propertyName) => propertyName is "Name" or "HostedZoneId" or "HostedZoneName";

    public Task<PhysicalResource> CreateAsync(ResourceRequest request, CancellationToken cancellationToken) => Put(request, isNew: true);

    public async Task<PhysicalResource> UpdateAsync(ResourceRequest request, PhysicalResource current, CancellationToken cancellationToken)
    {
        var updated = await Put(request, isNew: false);
        if (updated.Attributes["Id"] != current.Attributes["Id"])
        {
            records.Remove(Type, current.Attributes["Id"]); // an AAAA record that was an A record
        }

        return updated;
    }

    public Task DeleteAsync(ResourceRequest request, PhysicalResource current, CancellationToken cancellationToken)
    {
        records.Remove(Type, current.Attributes["Id"]);
        return Task.CompletedTask;
    }

    private Task<PhysicalResource> Put(ResourceRequest request, bool isNew)
    {
        var properties = request.Properties;
        Names.Check(properties);
        var name = properties.RequiredText("Name").TrimEnd('.');
        var zoneId = properties.RequiredText("HostedZoneId");
        var id = $"{zoneId}|{name}|{properties.RequiredText("Type")}";
        var attributes = new Dictionary<string, string>(StringComparer.Ordinal) { ["Id"] = id };
        records.Put(new RecordedResource(Type, id, (JsonObject)properties.DeepClone(), attributes), () => Check(properties, name, zoneId, isNew ? id : null));
        return Task.FromResult(new PhysicalResource(name, attributes));
    }

    private void Check(JsonObject properties, string name, string zoneId, string? newId)
    {
        var zone = records.Find(Route53Types.HostedZone, zoneId) ?? throw new ResourceException($"No hosted zone found with ID: {zoneId}");
        if (!Route53Types.IsIn(name, zone))
        {
            throw new ResourceException($"[RRSet with DNS name {name}. is not permitted in zone {Route53Types.NameOf(zone)}.]");
        }

        if (newId is not null && records.Find(Type, newId) is not null)
        {
            throw new ResourceException($"[Tried to create resource record set [name='{name}.', type='{properties.RequiredText("Type")}'] but it already exists]");
        }

        var hasRecords = properties.Texts("ResourceRecords").Count > 0 && properties.Number("TTL") is not null;
        if (properties["AliasTarget"] is JsonObject == hasRecords)
        {
            throw new ResourceException("Invalid request: Expected exactly one of [AliasTarget, all of [TTL, and ResourceRecords], or TrafficPolicyInstanceId], but found none in Change");
        }

        if (properties["AliasTarget"] is JsonObject target && (target.Text("DNSName") is not { Length: > 0 } || target.Text("HostedZoneId") is not { Length: > 0 }))
        {
            throw new ResourceException("Invalid request: AliasTarget needs DNSName and HostedZoneId");
        }
    }
}
