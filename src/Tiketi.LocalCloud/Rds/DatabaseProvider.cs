using System.Security.Cryptography;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Tiketi.LocalCloud.CloudFormation;
using Tiketi.LocalCloud.CloudFormation.Records;
using Tiketi.LocalCloud.Containers;
using Tiketi.LocalCloud.SecretsManager;

namespace Tiketi.LocalCloud.Rds;

/// <summary>AWS::RDS::DBInstance: a real PostgreSQL server.</summary>
internal sealed partial class DatabaseProvider(DatabaseStore store, DatabaseServers servers, RecordStore records, CloudIdentity identity, TimeProvider time)
    : ILiveProvider, ISnapshotProvider, ISecretTarget
{
    private const int StandardPort = 5432;

    private static readonly HashSet<string> ReplacedBy = new(StringComparer.Ordinal)
    {
        "DBInstanceIdentifier", "DBName", "Engine", "MasterUsername", "StorageEncrypted", "KmsKeyId", "AvailabilityZone", "DBSubnetGroupName", "SourceDBInstanceIdentifier",
    };

    public string ResourceType => "AWS::RDS::DBInstance";

    public string TargetType => ResourceType;

    public IReadOnlyList<string> PrimaryIdentifier => ["DBInstanceIdentifier"];

    public bool RequiresReplacement(string propertyName) => ReplacedBy.Contains(propertyName);

    public async Task<PhysicalResource> CreateAsync(ResourceRequest request, CancellationToken cancellationToken)
    {
        var properties = request.Properties;
        var identifier = (properties.Text("DBInstanceIdentifier") ?? ResourceNames.Generated(request, 63)).ToLowerInvariant();
        var password = Check(identifier, properties);
        if (store.Find(identifier) is { Status: not "creating" })
        {
            throw new ResourceException($"DB instance already exists: {identifier}");
        }

        // One of the same name that is still "creating" was left by a run that was killed: it is made anew, on a volume of its own.
        await servers.RemoveAsync(identifier, cancellationToken);
        var instance = new DatabaseInstance
        {
            Identifier = identifier,
            ResourceId = "db-" + RandomNumberGenerator.GetString("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", 26),
            MasterUser = properties.RequiredText("MasterUsername"),
            DatabaseName = properties.Text("DBName"),
            Port = properties.Number("Port") ?? StandardPort,
            Volume = $"tiketi-{identity.Name}-rds-{identifier}-{RandomNumberGenerator.GetHexString(6, lowercase: true)}",
            Status = "creating",
            CreatedTime = time.GetUtcNow(),
            Properties = WithoutPassword(properties),
        };
        store.Put(instance);
        try
        {
            await servers.StartAsync(instance, cancellationToken);
            await servers.PrepareAsync(instance, password, cancellationToken);
        }
        catch (ResourceException)
        {
            store.Remove(identifier);
            await servers.RemoveAsync(identifier, CancellationToken.None);
            await servers.RemoveVolumeAsync(instance.Volume, CancellationToken.None);
            throw;
        }

        return Available(instance);
    }

    public async Task<PhysicalResource> UpdateAsync(ResourceRequest request, PhysicalResource current, CancellationToken cancellationToken)
    {
        var password = Check(current.Id, request.Properties);
        var instance = Get(current.Id) with { Port = request.Properties.Number("Port") ?? StandardPort, Properties = WithoutPassword(request.Properties), Status = "modifying" };
        store.Put(instance);
        await servers.StartAsync(instance, cancellationToken);
        await servers.PrepareAsync(instance, password, cancellationToken);
        return Available(instance);
    }

    public async Task DeleteAsync(ResourceRequest request, PhysicalResource current, CancellationToken cancellationToken)
    {
        if (store.Find(current.Id) is not { } instance)
        {
            return;
        }

        if (instance.Properties.Flag("DeletionProtection"))
        {
            throw new ResourceException("Cannot delete protected DB Instance, please disable deletion protection and try again.");
        }

        await servers.RemoveAsync(instance.Identifier, cancellationToken);
        if (store.Snapshots.All(snapshot => snapshot.Volume != instance.Volume))
        {
            await servers.RemoveVolumeAsync(instance.Volume, cancellationToken);
        }

        store.Remove(instance.Identifier);
    }

    /// <summary>The snapshot is the instance's volume itself: the deletion that follows leaves it.</summary>
    public Task<string> SnapshotAsync(ResourceRequest request, PhysicalResource current, CancellationToken cancellationToken)
    {
        var instance = Get(current.Id);
        if (instance.Properties.Flag("DeletionProtection"))
        {
            throw new ResourceException("Cannot delete protected DB Instance, please disable deletion protection and try again.");
        }

        var identifier = $"{request.StackName}-snapshot-{request.LogicalId}-{RandomNumberGenerator.GetHexString(12, lowercase: true)}".ToLowerInvariant();
        store.Add(new DatabaseSnapshot(identifier, instance.Identifier, instance.Volume, instance.MasterUser, time.GetUtcNow()));
        return Task.FromResult(identifier);
    }

    public JsonObject? ConnectionOf(string targetId) => store.Find(targetId) is not { } instance ? null : new JsonObject
    {
        ["engine"] = "postgres",
        ["host"] = store.AddressOf(instance.Identifier),
        ["port"] = instance.Port,
        ["dbname"] = instance.DatabaseName,
        ["dbInstanceIdentifier"] = instance.Identifier,
    };

    public PhysicalResource? Find(IReadOnlyList<string> identifier) => store.Find(identifier[0]) is { } instance ? Physical(instance) : null;

    public JsonObject? Read(PhysicalResource resource, JsonObject stated) => (JsonObject?)store.Find(resource.Id)?.Properties.DeepClone();

    private static JsonObject WithoutPassword(JsonObject properties)
    {
        var copy = (JsonObject)properties.DeepClone();
        copy.Remove("MasterUserPassword");
        return copy;
    }

    [GeneratedRegex("^[a-z](?:-?[a-z0-9])*$", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex IdentifierPattern();

    [GeneratedRegex("^[A-Za-z][A-Za-z0-9_]{0,62}$", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex NamePattern();

    /// <summary>Refuses what RDS refuses; answers the password.</summary>
    private string Check(string identifier, JsonObject properties)
    {
        if (properties.Text("Engine") is var engine and not "postgres")
        {
            throw new ResourceException($"The local cloud runs no database engine '{engine}': it runs postgres.");
        }

        if (properties.ContainsKey("DBSnapshotIdentifier"))
        {
            throw new ResourceException("The local cloud does not restore DB snapshots: leave out DBSnapshotIdentifier.");
        }

        if (identifier.Length > 63 || !IdentifierPattern().IsMatch(identifier))
        {
            throw new ResourceException("The parameter DBInstanceIdentifier is not a valid identifier. Identifiers must begin with a letter; must contain only ASCII letters, digits, and hyphens; and must not end with a hyphen or contain two consecutive hyphens.");
        }

        foreach (var name in new[] { "MasterUsername", "DBName" }.Where(name => properties.Text(name) is { } value && !NamePattern().IsMatch(value)))
        {
            throw new ResourceException($"{name} {properties.Text(name)} is invalid: it must begin with a letter and contain only alphanumeric characters and underscores.");
        }

        var group = properties.Text("DBSubnetGroupName");
        if (group is not null && records.Find(DatabaseTypes.SubnetGroup, group) is null)
        {
            throw new ResourceException($"DB subnet group '{group}' does not exist.");
        }

        var password = properties.RequiredText("MasterUserPassword");
        if (password.Length is < 8 or > 128 || password.Any(letter => letter is < '!' or > '~' or '/' or '@' or '"'))
        {
            throw new ResourceException("The parameter MasterUserPassword is not a valid password. Only printable ASCII characters besides '/', '@', '\"', ' ' may be used, 8 to 128 of them.");
        }

        return password;
    }

    private DatabaseInstance Get(string identifier) => store.Find(identifier) ?? throw new ResourceException($"DBInstance {identifier} not found.");

    private PhysicalResource Available(DatabaseInstance instance)
    {
        store.Put(instance with { Status = "available" });
        return Physical(instance);
    }

    private PhysicalResource Physical(DatabaseInstance instance) => new(instance.Identifier, new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["Endpoint.Address"] = store.AddressOf(instance.Identifier),
        ["Endpoint.Port"] = $"{instance.Port}",
        ["Endpoint.HostedZoneId"] = "ZLA2NUCOLGUUR",
        ["DBInstanceArn"] = store.ArnOf(instance.Identifier),
        ["DbiResourceId"] = instance.ResourceId,
    });
}
