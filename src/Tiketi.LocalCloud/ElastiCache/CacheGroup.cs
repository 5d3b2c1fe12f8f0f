using System.Text.Json.Nodes;

namespace Tiketi.LocalCloud.ElastiCache;

/// <summary>One replication group as stored; its token is nowhere in it.</summary>
internal sealed record CacheGroup
{
    public required string Identifier { get; init; }

    public required int Port { get; init; }

    /// <summary>The Docker volume with the data.</summary>
    public required string Volume { get; init; }

    /// <summary>SHA-256 of the AUTH token, as Redis keeps it itself; null where no token is asked.</summary>
    public string? TokenHash { get; init; }

    public required string Status { get; init; }

    public DateTimeOffset CreatedTime { get; init; }

    /// <summary>What the template said, without the token.</summary>
    public JsonObject Properties { get; init; } = [];
}

/// <summary>Data kept after its group was deleted.</summary>
internal sealed record CacheSnapshot(string Name, string GroupIdentifier, string Volume, DateTimeOffset CreatedTime);

/// <summary>All groups and snapshots of the local cloud.</summary>
internal sealed class CacheDocument
{
    public List<CacheGroup> Groups { get; set; } = [];

    public List<CacheSnapshot> Snapshots { get; set; } = [];
}
