using System.Text.Json.Nodes;
using Tiketi.LocalCloud.Hosting;

namespace Tiketi.LocalCloud.Eks;

/// <summary>What EKS keeps: documents shaped as its API returns them.</summary>
internal sealed record EksState
{
    /// <summary>Clusters by name.</summary>
    public SortedDictionary<string, JsonObject> Clusters { get; init; } = new(StringComparer.Ordinal);

    /// <summary>Node groups, add-ons, access entries and pod identity associations by CLUSTER/KIND/NAME.</summary>
    public SortedDictionary<string, JsonObject> Parts { get; init; } = new(StringComparer.Ordinal);
}

/// <summary>The clusters and their parts; every change is stored before it is visible.</summary>
internal sealed class EksClusters(StateStore store)
{
    private const string Document = "eks";
    private readonly Lock _lock = new();
    private EksState? _state;

    public IReadOnlyList<string> Names
    {
        get
        {
            lock (_lock)
            {
                return [.. State.Clusters.Keys];
            }
        }
    }

    private EksState State => _state ??= store.Load<EksState>(Document);

    public JsonObject? Find(string cluster)
    {
        lock (_lock)
        {
            return State.Clusters.GetValueOrDefault(cluster);
        }
    }

    public JsonObject? FindPart(string cluster, string kind, string name)
    {
        lock (_lock)
        {
            return State.Parts.GetValueOrDefault($"{cluster}/{kind}/{name}");
        }
    }

    public IReadOnlyList<string> PartNames(string cluster, string kind)
    {
        lock (_lock)
        {
            var prefix = $"{cluster}/{kind}/";
            return [.. State.Parts.Keys.Where(key => key.StartsWith(prefix, StringComparison.Ordinal)).Select(key => key[prefix.Length..])];
        }
    }

    public void Put(string cluster, JsonObject document) => Change(state => state.Clusters[cluster] = document);

    public void Remove(string cluster) => Change(state => state.Clusters.Remove(cluster));

    public void PutPart(string cluster, string kind, string name, JsonObject document) => Change(state => state.Parts[$"{cluster}/{kind}/{name}"] = document);

    public void RemovePart(string cluster, string kind, string name) => Change(state => state.Parts.Remove($"{cluster}/{kind}/{name}"));

    private void Change(Action<EksState> change)
    {
        lock (_lock)
        {
            change(State);
            store.Save(Document, State);
        }
    }
}
