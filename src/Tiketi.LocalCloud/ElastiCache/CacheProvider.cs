using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Tiketi.LocalCloud.CloudFormation;
using Tiketi.LocalCloud.CloudFormation.Records;
using Tiketi.LocalCloud.Containers;

namespace Tiketi.LocalCloud.ElastiCache;

/// <summary>AWS::ElastiCache::ReplicationGroup: a real Redis server.</summary>
internal sealed partial class CacheProvider(CacheStore store, CacheServers servers, RecordStore records, CloudIdentity identity, TimeProvider time)
    : ILiveProvider, ISnapshotProvider
{
    private const int StandardPort = 6379;

    private static readonly HashSet<string> ReplacedBy = new(StringComparer.Ordinal)
    {
        "ReplicationGroupId", "AtRestEncryptionEnabled", "CacheSubnetGroupName", "KmsKeyId", "Port", "SnapshotArns", "SnapshotName", "DataTieringEnabled", "NetworkType",
    };

    public string ResourceType => "AWS::ElastiCache::ReplicationGroup";

    public IReadOnlyList<string> PrimaryIdentifier => ["ReplicationGroupId"];

    public bool RequiresReplacement(string propertyName) => ReplacedBy.Contains(propertyName);

    public async Task<PhysicalResource> CreateAsync(ResourceRequest request, CancellationToken cancellationToken)
    {
        var properties = request.Properties;
        var identifier = (properties.Text("ReplicationGroupId") ?? ResourceNames.Generated(request, 40)).ToLowerInvariant();
        Check(identifier, properties);
        if (store.Find(identifier) is { Status: not "creating" })
        {
            throw new ResourceException($"Replication group {identifier} already exists.");
        }

        // One of the same name that is still "creating" was left by a run that was killed: it is made anew, on a volume of its own.
        await servers.RemoveAsync(identifier, cancellationToken);
        var group = new CacheGroup
        {
            Identifier = identifier,
            Port = properties.Number("Port") ?? StandardPort,
            Volume = $"tiketi-{identity.Name}-redis-{identifier}-{RandomNumberGenerator.GetHexString(6, lowercase: true)}",
            TokenHash = Hash(properties),
            Status = "creating",
            CreatedTime = time.GetUtcNow(),
            Properties = WithoutToken(properties),
        };
        store.Put(group);
        try
        {
            await servers.StartAsync(group, cancellationToken);
        }
        catch (ResourceException)
        {
            store.Remove(identifier);
            await servers.RemoveAsync(identifier, CancellationToken.None);
            await servers.RemoveVolumeAsync(group.Volume, CancellationToken.None);
            throw;
        }

        return Available(group);
    }

    public async Task<PhysicalResource> UpdateAsync(ResourceRequest request, PhysicalResource current, CancellationToken cancellationToken)
    {
        Check(current.Id, request.Properties);
        var group = Get(current.Id) with { TokenHash = Hash(request.Properties), Properties = WithoutToken(request.Properties), Status = "modifying" };
        store.Put(group);
        await servers.StartAsync(group, cancellationToken);
        return Available(group);
    }

    public async Task DeleteAsync(ResourceRequest request, PhysicalResource current, CancellationToken cancellationToken)
    {
        if (store.Find(current.Id) is not { } group)
        {
            return;
        }

        await servers.RemoveAsync(group.Identifier, cancellationToken);
        if (store.Snapshots.All(snapshot => snapshot.Volume != group.Volume))
        {
            await servers.RemoveVolumeAsync(group.Volume, cancellationToken);
        }

        store.Remove(group.Identifier);
    }

    /// <summary>The snapshot is the group's volume itself: the deletion that follows leaves it.</summary>
    public Task<string> SnapshotAsync(ResourceRequest request, PhysicalResource current, CancellationToken cancellationToken)
    {
        var group = Get(current.Id);
        var name = $"{request.StackName}-snapshot-{request.LogicalId}-{RandomNumberGenerator.GetHexString(12, lowercase: true)}".ToLowerInvariant();
        store.Add(new CacheSnapshot(name, group.Identifier, group.Volume, time.GetUtcNow()));
        return Task.FromResult(name);
    }

    public PhysicalResource? Find(IReadOnlyList<string> identifier) => store.Find(identifier[0]) is { } group ? Physical(group) : null;

    public JsonObject? Read(PhysicalResource resource, JsonObject stated) => (JsonObject?)store.Find(resource.Id)?.Properties.DeepClone();

    private static string? Hash(JsonObject properties) =>
        properties.Text("AuthToken") is { } token ? Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token))) : null;

    private static JsonObject WithoutToken(JsonObject properties)
    {
        var copy = (JsonObject)properties.DeepClone();
        copy.Remove("AuthToken");
        return copy;
    }

    [GeneratedRegex("^[a-z](?:-?[a-z0-9])*$", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex IdentifierPattern();

    private void Check(string identifier, JsonObject properties)
    {
        if (properties.Text("Engine") is not (null or "redis"))
        {
            throw new ResourceException($"The local cloud runs no cache engine '{properties.Text("Engine")}': it runs redis.");
        }

        if (identifier.Length > 40 || !IdentifierPattern().IsMatch(identifier))
        {
            throw new ResourceException("The parameter ReplicationGroupIdentifier is not a valid identifier. Identifiers must begin with a letter; must contain only ASCII letters, digits, and hyphens; and must not end with a hyphen or contain two consecutive hyphens.");
        }

        if (properties.Text("CacheSubnetGroupName") is { } group && records.Find(CacheTypes.SubnetGroup, group) is null)
        {
            throw new ResourceException($"Cache Subnet Group {group} does not exist.");
        }

        var replicated = (properties.Number("NumCacheClusters") ?? 1) > 1 || properties.ContainsKey("ReplicasPerNodeGroup");
        if (properties.Flag("AutomaticFailoverEnabled") && !replicated)
        {
            throw new ResourceException("Replication group with automatic failover enabled must have at least one replica.");
        }

        if (properties.Flag("MultiAZEnabled") && !properties.Flag("AutomaticFailoverEnabled"))
        {
            throw new ResourceException("Must enable automatic failover to enable Multi-AZ.");
        }

        if (properties.Text("AuthToken") is { } token)
        {
            if (!properties.Flag("TransitEncryptionEnabled"))
            {
                throw new ResourceException("The AUTH token is only supported when encryption-in-transit is enabled.");
            }

            if (token.Length is < 16 or > 128 || token.Any(letter => letter is < '!' or > '~' or '/' or '@' or '"'))
            {
                throw new ResourceException("Invalid AuthToken provided. It must be 16 to 128 printable characters other than '/', '@', '\"' and space.");
            }
        }
    }

    private CacheGroup Get(string identifier) => store.Find(identifier) ?? throw new ResourceException($"ReplicationGroup {identifier} not found.");

    private PhysicalResource Available(CacheGroup group)
    {
        store.Put(group with { Status = "available" });
        return Physical(group);
    }

    private PhysicalResource Physical(CacheGroup group)
    {
        var (primary, reader, port) = (store.AddressOf(group.Identifier, "master"), store.AddressOf(group.Identifier, "replica"), $"{group.Port}");
        return new PhysicalResource(group.Identifier, new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["PrimaryEndPoint.Address"] = primary,
            ["PrimaryEndPoint.Port"] = port,
            ["ReaderEndPoint.Address"] = reader,
            ["ReaderEndPoint.Port"] = port,
            ["ReadEndPoint.Addresses"] = reader,
            ["ReadEndPoint.Ports"] = port,
        });
    }
}
