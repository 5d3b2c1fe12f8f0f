using Tiketi.LocalCloud.Containers;
using Tiketi.LocalCloud.Hosting;

namespace Tiketi.LocalCloud.ElastiCache;

/// <summary>The replication groups and snapshots that survive a restart.</summary>
internal sealed class CacheStore(StateStore state, CloudIdentity identity, LocalCloudSettings settings)
{
    private const string Document = "elasticache";

    private readonly Lock _sync = new();
    private readonly CacheDocument _document = state.Load<CacheDocument>(Document);

    public IReadOnlyList<CacheGroup> Groups => _document.Groups;

    public IReadOnlyList<CacheSnapshot> Snapshots => _document.Snapshots;

    public CacheGroup? Find(string identifier) => _document.Groups.Find(group => string.Equals(group.Identifier, identifier, StringComparison.OrdinalIgnoreCase));

    public void Put(CacheGroup group) => Change(document => document.Groups = [.. document.Groups.Where(other => other.Identifier != group.Identifier), group]);

    public void Remove(string identifier) => Change(document => document.Groups = [.. document.Groups.Where(other => other.Identifier != identifier)]);

    public void Add(CacheSnapshot snapshot) => Change(document => document.Snapshots = [.. document.Snapshots, snapshot]);

    /// <summary>The name under which pods reach the primary ("master") or the readers ("replica").</summary>
    public string AddressOf(string identifier, string role) => $"{role}.{identifier}.{identity.Name}.{settings.Region}.cache.internal";

    public string ArnOf(string identifier) => $"arn:aws:elasticache:{settings.Region}:{LocalCloudSettings.AccountId}:replicationgroup:{identifier}";

    private void Change(Action<CacheDocument> change)
    {
        lock (_sync)
        {
            change(_document);
            state.Save(Document, _document);
        }
    }
}
