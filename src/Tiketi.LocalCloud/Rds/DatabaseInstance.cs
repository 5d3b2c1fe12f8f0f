using System.Text.Json.Nodes;

namespace Tiketi.LocalCloud.Rds;

/// <summary>One database instance as stored; its password is nowhere in it.</summary>
internal sealed record DatabaseInstance
{
    public required string Identifier { get; init; }

    public required string ResourceId { get; init; }

    public required string MasterUser { get; init; }

    public string? DatabaseName { get; init; }

    public required int Port { get; init; }

    /// <summary>The Docker volume with the data.</summary>
    public required string Volume { get; init; }

    public required string Status { get; init; }

    public DateTimeOffset CreatedTime { get; init; }

    /// <summary>What the template said, without the password: what DescribeDBInstances shows of class, storage and windows.</summary>
    public JsonObject Properties { get; init; } = [];
}

/// <summary>Data kept after its instance was deleted.</summary>
internal sealed record DatabaseSnapshot(string Identifier, string InstanceIdentifier, string Volume, string MasterUser, DateTimeOffset CreatedTime);

/// <summary>All instances and snapshots of the local cloud.</summary>
internal sealed class DatabaseDocument
{
    public List<DatabaseInstance> Instances { get; set; } = [];

    public List<DatabaseSnapshot> Snapshots { get; set; } = [];
}
