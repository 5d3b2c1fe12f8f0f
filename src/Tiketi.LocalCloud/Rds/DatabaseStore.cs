using Tiketi.LocalCloud.Containers;
using Tiketi.LocalCloud.Hosting;

namespace Tiketi.LocalCloud.Rds;

/// <summary>The database instances and snapshots that survive a restart.</summary>
internal sealed class DatabaseStore(StateStore state, CloudIdentity identity, LocalCloudSettings settings)
{
    private const string Document = "rds";

    private readonly Lock _sync = new();
    private readonly DatabaseDocument _document = state.Load<DatabaseDocument>(Document);

    public IReadOnlyList<DatabaseInstance> Instances => _document.Instances;

    public IReadOnlyList<DatabaseSnapshot> Snapshots => _document.Snapshots;

    public DatabaseInstance? Find(string identifier) => _document.Instances.Find(instance => string.Equals(instance.Identifier, identifier, StringComparison.OrdinalIgnoreCase));

    public void Put(DatabaseInstance instance) => Change(document =>
        document.Instances = [.. document.Instances.Where(other => other.Identifier != instance.Identifier), instance]);

    public void Remove(string identifier) => Change(document => document.Instances = [.. document.Instances.Where(other => other.Identifier != identifier)]);

    public void Add(DatabaseSnapshot snapshot) => Change(document => document.Snapshots = [.. document.Snapshots, snapshot]);

    /// <summary>The name under which pods reach the instance.</summary>
    public string AddressOf(string identifier) => $"{identifier}.{identity.Name}.{settings.Region}.rds.internal";

    public string ArnOf(string identifier) => $"arn:aws:rds:{settings.Region}:{LocalCloudSettings.AccountId}:db:{identifier}";

    private void Change(Action<DatabaseDocument> change)
    {
        lock (_sync)
        {
            change(_document);
            state.Save(Document, _document);
        }
    }
}
