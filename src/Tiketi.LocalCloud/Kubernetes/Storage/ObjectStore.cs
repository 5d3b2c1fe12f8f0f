using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Tiketi.LocalCloud.Hosting;
using Tiketi.LocalCloud.Kubernetes.Api;
using Tiketi.LocalCloud.Kubernetes.Resources;

namespace Tiketi.LocalCloud.Kubernetes.Storage;

/// <summary>
/// What etcd is to the API server: every object at its latest version under one growing version number, with the recent
/// history that watches resume from. Reads see immutable snapshots and never wait; writes are serialised.
/// </summary>
internal sealed class ObjectStore : IDisposable
{
    private const int HistoryLimit = 2000;
    private const int JournalSlack = 20_000;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Collection> _collections = new(StringComparer.Ordinal);
    private readonly List<Channel<Change>> _observers = [];
    private readonly Journal _journal;
    private long _version;

    public ObjectStore(StateStore state, ResourceRegistry registry)
    {
        _journal = new Journal(state.Directory("kubernetes"));
        var latest = new Dictionary<(string, string), JournalEntry>();
        foreach (var entry in _journal.Read())
        {
            _version = Math.Max(_version, entry.Version);
            latest[(entry.Resource, StoredObject.KeyOf(entry.Namespace, entry.Name))] = entry;
        }

        var live = latest.Values.Where(entry => entry.Body is not null).ToList();
        foreach (var crd in live.Where(entry => entry.Resource == "customresourcedefinitions.apiextensions.k8s.io"))
        {
            registry.AddCustom(crd.Body!);
        }

        var definitions = registry.All.ToDictionary(definition => definition.QualifiedName, StringComparer.Ordinal);
        foreach (var entry in live.Where(entry => definitions.ContainsKey(entry.Resource)))
        {
            var item = new StoredObject(definitions[entry.Resource], entry.Namespace, entry.Name, entry.Version, entry.Body!);
            CollectionOf(item.Resource).Set(item);
        }

        foreach (var collection in _collections.Values)
        {
            collection.Horizon = _version;
        }

        Compact();
    }

    /// <summary>The version of the latest write, or more: dry runs and deletions count too.</summary>
    public long Version => Volatile.Read(ref _version);

    public StoredObject? Find(ResourceDefinition resource, string ns, string name) => Snapshot(resource).GetValueOrDefault(StoredObject.KeyOf(ns, name));

    /// <summary>The objects of a kind in key order, of one namespace or of all (null).</summary>
    public IEnumerable<StoredObject> List(ResourceDefinition resource, string? ns = null) =>
        ns is null ? Snapshot(resource).Values : Snapshot(resource).Values.Where(item => item.Namespace == ns);

    /// <summary>A snapshot and a version that a watch can start from without missing or repeating anything.</summary>
    public (IReadOnlyList<StoredObject> Items, long Version) ListAt(ResourceDefinition resource, string? ns)
    {
        lock (_lock)
        {
            return ([.. List(resource, ns)], _version);
        }
    }

    /// <summary>Stores a new object, or a new version of the one that was read at <paramref name="expected"/>.</summary>
    /// <param name="resource">The kind.</param>
    /// <param name="ns">Its namespace, or empty.</param>
    /// <param name="name">Its name.</param>
    /// <param name="body">The object; it is the store's from now on.</param>
    /// <param name="expected">Null: must not exist yet; else the version that it must still have.</param>
    /// <returns>Null when the object exists or changed meanwhile.</returns>
    public StoredObject? TryWrite(ResourceDefinition resource, string ns, string name, JsonObject body, long? expected)
    {
        lock (_lock)
        {
            var collection = CollectionOf(resource);
            var previous = collection.Items.GetValueOrDefault(StoredObject.KeyOf(ns, name));
            if (previous?.Version != expected)
            {
                return null;
            }

            var version = ++_version;
            body.Ensure("metadata")["resourceVersion"] = version.ToString(CultureInfo.InvariantCulture);
            var item = new StoredObject(resource, ns, name, version, body);
            collection.Set(item);
            _journal.Append(new JournalEntry(version, resource.QualifiedName, ns, name, body));
            Publish(collection, new Change(previous is null ? ChangeKind.Added : ChangeKind.Modified, item, previous));
            return item;
        }
    }

    /// <summary>Removes the object that was read at <paramref name="expected"/>; false when it changed meanwhile.</summary>
    public bool TryRemove(StoredObject expected)
    {
        lock (_lock)
        {
            var collection = CollectionOf(expected.Resource);
            var key = StoredObject.KeyOf(expected.Namespace, expected.Name);
            if (collection.Items.GetValueOrDefault(key)?.Version != expected.Version)
            {
                return false;
            }

            var version = ++_version;
            var body = expected.Body.Copy();
            body.Ensure("metadata")["resourceVersion"] = version.ToString(CultureInfo.InvariantCulture);
            collection.Items = collection.Items.Remove(key);
            _journal.Append(new JournalEntry(version, expected.Resource.QualifiedName, expected.Namespace, expected.Name, Body: null));
            Publish(collection, new Change(ChangeKind.Deleted, new StoredObject(expected.Resource, expected.Namespace, expected.Name, version, body), expected));
            return true;
        }
    }

    /// <summary>Every change of a kind after a version: the recent ones at once, the rest as they come. Complete the channel to end.</summary>
    /// <exception cref="StatusException">410 Expired: the history no longer reaches back that far.</exception>
    public Channel<Change> Watch(ResourceDefinition resource, long since)
    {
        lock (_lock)
        {
            var collection = CollectionOf(resource);
            if (since < collection.Horizon)
            {
                throw StatusException.Expired($"too old resource version: {since} ({collection.Horizon})");
            }

            var channel = Channel.CreateUnbounded<Change>();
            foreach (var change in collection.History.Where(change => change.Object.Version > since))
            {
                channel.Writer.TryWrite(change);
            }

            collection.Watchers.Add(channel);
            return channel;
        }
    }

    public void Unwatch(ResourceDefinition resource, Channel<Change> channel)
    {
        lock (_lock)
        {
            CollectionOf(resource).Watchers.Remove(channel);
        }
    }

    /// <summary>Every change of every kind from now on: for the controllers, which live as long as the store.</summary>
    public ChannelReader<Change> Observe()
    {
        var channel = Channel.CreateUnbounded<Change>();
        lock (_lock)
        {
            _observers.Add(channel);
        }

        return channel.Reader;
    }

    public void Dispose() => _journal.Dispose();

    private ImmutableSortedDictionary<string, StoredObject> Snapshot(ResourceDefinition resource)
    {
        lock (_lock)
        {
            return CollectionOf(resource).Items;
        }
    }

    private Collection CollectionOf(ResourceDefinition resource)
    {
        if (!_collections.TryGetValue(resource.QualifiedName, out var collection))
        {
            _collections[resource.QualifiedName] = collection = new Collection { Horizon = _version };
        }

        return collection;
    }

    private void Publish(Collection collection, Change change)
    {
        collection.History.Enqueue(change);
        if (collection.History.Count > HistoryLimit)
        {
            collection.Horizon = collection.History.Dequeue().Object.Version;
        }

        foreach (var channel in collection.Watchers.Concat(_observers))
        {
            channel.Writer.TryWrite(change);
        }

        if (_journal.Length > JournalSlack)
        {
            Compact();
        }
    }

    private void Compact()
    {
        var marker = new JournalEntry(_version, "versions", string.Empty, string.Empty, Body: null);
        _journal.Rewrite(_collections.Values.SelectMany(collection => collection.Items.Values)
            .Select(item => new JournalEntry(item.Version, item.Resource.QualifiedName, item.Namespace, item.Name, item.Body)).Prepend(marker));
    }

    private sealed class Collection
    {
        public ImmutableSortedDictionary<string, StoredObject> Items { get; set; } = ImmutableSortedDictionary.Create<string, StoredObject>(StringComparer.Ordinal);

        public Queue<Change> History { get; } = new();

        public List<Channel<Change>> Watchers { get; } = [];

        /// <summary>Changes up to this version are no longer in the history.</summary>
        public long Horizon { get; set; }

        public void Set(StoredObject item) => Items = Items.SetItem(StoredObject.KeyOf(item.Namespace, item.Name), item);
    }
}
