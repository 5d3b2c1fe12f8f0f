using System.Xml.Linq;
using Microsoft.AspNetCore.Http;
using Tiketi.LocalCloud.CloudFormation;
using Tiketi.LocalCloud.Query;
using static Tiketi.LocalCloud.Query.QueryXml;

namespace Tiketi.LocalCloud.ElastiCache;

/// <summary>The reading part of the ElastiCache API, version 2015-02-02, and what somebody may change past the stack: when snapshots are taken, and how long they are kept.</summary>
internal sealed class ElastiCacheService : QueryService
{
    private readonly CacheStore _store;

    public ElastiCacheService(CacheStore store)
    {
        _store = store;
        Actions = new Dictionary<string, Func<QueryRequest, CancellationToken, Task<object?>>>(StringComparer.Ordinal)
        {
            ["DescribeReplicationGroups"] = (request, _) => Task.FromResult<object?>(Members("ReplicationGroups", Wanted(request).Select(GroupXml), "ReplicationGroup")),
            ["ModifyReplicationGroup"] = (request, _) => Task.FromResult<object?>(new XElement("ReplicationGroup", GroupXml(Modify(request)))),
            ["DescribeSnapshots"] = (request, _) => Task.FromResult<object?>(Members("Snapshots", Snapshots(request), "Snapshot")),
        };
    }

    public override string SigningName => "elasticache";

    protected override XNamespace Namespace => "http://elasticache.amazonaws.com/doc/2015-02-02/";

    protected override IReadOnlyDictionary<string, Func<QueryRequest, CancellationToken, Task<object?>>> Actions { get; }

    private IEnumerable<CacheGroup> Wanted(QueryRequest request) => request["ReplicationGroupId"] is not { } identifier ? _store.Groups
        : [_store.Find(identifier) ?? throw new QueryException("ReplicationGroupNotFoundFault", $"ReplicationGroup {identifier} not found.", StatusCodes.Status404NotFound)];

    private CacheGroup Modify(QueryRequest request)
    {
        request.Required("ReplicationGroupId");
        var group = Wanted(request).Single();
        var properties = group.Properties.DeepClone().AsObject();
        foreach (var name in new[] { "SnapshotRetentionLimit", "SnapshotWindow" })
        {
            properties[name] = request[name] is { } value ? value : properties[name]?.DeepClone();
        }

        var changed = group with { Properties = properties };
        _store.Put(changed);
        return changed;
    }

    private IEnumerable<object> Snapshots(QueryRequest request) => _store.Snapshots
        .Where(snapshot => request["ReplicationGroupId"] is not { } group || snapshot.GroupIdentifier == group)
        .Select(snapshot => (object)new[] { Element("SnapshotName", snapshot.Name), Element("ReplicationGroupId", snapshot.GroupIdentifier), Element("SnapshotStatus", "available") });

    private object GroupXml(CacheGroup group) => new object?[]
    {
        Element("ReplicationGroupId", group.Identifier),
        Element("ARN", _store.ArnOf(group.Identifier)),
        Optional("Description", group.Properties.Text("ReplicationGroupDescription")),
        Element("Status", group.Status),
        Element("ClusterEnabled", false),
        Optional("CacheNodeType", group.Properties.Text("CacheNodeType")),
        Element("AutomaticFailover", group.Properties.Flag("AutomaticFailoverEnabled") ? "enabled" : "disabled"),
        Element("MultiAZ", group.Properties.Flag("MultiAZEnabled") ? "enabled" : "disabled"),
        Element("AuthTokenEnabled", group.TokenHash is not null),
        Element("TransitEncryptionEnabled", group.Properties.Flag("TransitEncryptionEnabled")),
        Element("AtRestEncryptionEnabled", group.Properties.Flag("AtRestEncryptionEnabled")),
        Optional("SnapshotRetentionLimit", group.Properties.Text("SnapshotRetentionLimit")),
        Optional("SnapshotWindow", group.Properties.Text("SnapshotWindow")),
        Element("ReplicationGroupCreateTime", Timestamp(group.CreatedTime)),
        Members("MemberClusters", Enumerable.Range(1, group.Properties.Number("NumCacheClusters") ?? 1).Select(index => (object)$"{group.Identifier}-{index:000}"), "ClusterId"),
        new XElement("NodeGroups", new XElement("NodeGroup",
            Element("NodeGroupId", "0001"),
            Element("Status", group.Status),
            Endpoint("PrimaryEndpoint", group, "master"),
            Endpoint("ReaderEndpoint", group, "replica"))),
    };

    private XElement Endpoint(string name, CacheGroup group, string role) =>
        new(name, Element("Address", _store.AddressOf(group.Identifier, role)), Element("Port", group.Port));
}
