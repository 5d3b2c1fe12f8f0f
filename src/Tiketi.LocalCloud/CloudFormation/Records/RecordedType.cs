using System.Text.Json.Nodes;

namespace Tiketi.LocalCloud.CloudFormation.Records;

/// <summary>What distinguishes one recorded resource type from another.</summary>
/// <param name="ResourceType">"AWS::EC2::Subnet".</param>
/// <param name="ReplacedBy">Properties whose change makes a new resource.</param>
/// <param name="NewId">The Ref of a new resource.</param>
/// <param name="Attributes">What Fn::GetAtt gives, of id and properties.</param>
internal sealed record RecordedType(
    string ResourceType,
    string[] ReplacedBy,
    Func<ResourceRequest, string> NewId,
    Func<string, JsonObject, Dictionary<string, string>> Attributes)
{
    /// <summary>The properties that the type takes; null: whatever is given is kept.</summary>
    public PropertyNames? Names { get; init; }

    /// <summary>Throws <see cref="ResourceException"/> when AWS would refuse the properties; the id is null for a new resource.</summary>
    public Action<ResourceRequest, RecordStore, string?> Check { get; init; } = (_, _, _) => { };

    /// <summary>Throws <see cref="ResourceException"/> when AWS would refuse to delete.</summary>
    public Action<string, RecordStore> CheckDelete { get; init; } = (_, _) => { };

    /// <summary>The attributes after an update, given the former ones.</summary>
    public Func<Dictionary<string, string>, Dictionary<string, string>, Dictionary<string, string>> Carry { get; init; } =
        (before, after) => after.ToDictionary(pair => pair.Key, pair => before.GetValueOrDefault(pair.Key, pair.Value), StringComparer.Ordinal);
}

/// <summary>Makes recorded resources of one type.</summary>
internal sealed class RecordedProvider(RecordedType type, RecordStore records) : ILiveProvider
{
    public string ResourceType => type.ResourceType;

    public IReadOnlyList<string> PrimaryIdentifier => RecordIdentifiers.Of(type.ResourceType);

    public bool RequiresReplacement(string propertyName) => type.ReplacedBy.Contains(propertyName);

    public Task<PhysicalResource> CreateAsync(ResourceRequest request, CancellationToken cancellationToken)
    {
        type.Names?.Check(request.Properties);
        var id = type.NewId(request);
        return Task.FromResult(Put(request, id, type.Attributes(id, request.Properties), existingId: null));
    }

    public Task<PhysicalResource> UpdateAsync(ResourceRequest request, PhysicalResource current, CancellationToken cancellationToken)
    {
        type.Names?.Check(request.Properties);
        var before = current.Attributes.ToDictionary(StringComparer.Ordinal);
        return Task.FromResult(Put(request, current.Id, type.Carry(before, type.Attributes(current.Id, request.Properties)), current.Id));
    }

    public Task DeleteAsync(ResourceRequest request, PhysicalResource current, CancellationToken cancellationToken)
    {
        records.Remove(type.ResourceType, current.Id, () => type.CheckDelete(current.Id, records));
        return Task.CompletedTask;
    }

    public PhysicalResource? Find(IReadOnlyList<string> identifier) =>
        records.Find(type.ResourceType, identifier[0]) is { } record ? new PhysicalResource(record.Id, record.Attributes) : null;

    public JsonObject? Read(PhysicalResource resource, JsonObject stated) => (JsonObject?)records.Find(type.ResourceType, resource.Id)?.Properties.DeepClone();

    private PhysicalResource Put(ResourceRequest request, string id, Dictionary<string, string> attributes, string? existingId)
    {
        records.Put(
            new RecordedResource(type.ResourceType, id, (JsonObject)request.Properties.DeepClone(), attributes),
            () => type.Check(request, records, existingId));
        return new PhysicalResource(id, attributes);
    }
}
