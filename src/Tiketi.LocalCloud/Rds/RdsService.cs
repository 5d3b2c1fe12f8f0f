using System.Xml.Linq;
using Microsoft.AspNetCore.Http;
using Tiketi.LocalCloud.CloudFormation;
using Tiketi.LocalCloud.CloudFormation.Records;
using Tiketi.LocalCloud.Hosting;
using Tiketi.LocalCloud.Query;
using static Tiketi.LocalCloud.Query.QueryXml;

namespace Tiketi.LocalCloud.Rds;

/// <summary>The RDS API, version 2014-10-31, as far as it reads, stops and starts.</summary>
internal sealed class RdsService : QueryService
{
    private readonly DatabaseStore _store;
    private readonly RecordStore _records;
    private readonly DatabaseServers _servers;

    public RdsService(DatabaseStore store, RecordStore records, DatabaseServers servers)
    {
        (_store, _records, _servers) = (store, records, servers);
        Actions = new Dictionary<string, Func<QueryRequest, CancellationToken, Task<object?>>>(StringComparer.Ordinal)
        {
            ["DescribeDBInstances"] = (request, _) => Task.FromResult<object?>(Members("DBInstances", Wanted(request).Select(InstanceXml), "DBInstance")),
            ["StopDBInstance"] = StopAsync,
            ["StartDBInstance"] = StartAsync,
            ["DescribeDBSnapshots"] = (request, _) => Task.FromResult<object?>(Members("DBSnapshots", Snapshots(request).Select(SnapshotXml), "DBSnapshot")),
            ["DescribeDBSubnetGroups"] = (_, _) => Task.FromResult<object?>(Members("DBSubnetGroups", _records.All(DatabaseTypes.SubnetGroup).Select(SubnetGroupXml), "DBSubnetGroup")),
        };
    }

    public override string SigningName => "rds";

    protected override XNamespace Namespace => "http://rds.amazonaws.com/doc/2014-10-31/";

    protected override IReadOnlyDictionary<string, Func<QueryRequest, CancellationToken, Task<object?>>> Actions { get; }

    private static object SubnetGroupXml(RecordedResource group) => new object?[]
    {
        Element("DBSubnetGroupName", group.Id),
        Element("DBSubnetGroupDescription", group.Properties.Text("DBSubnetGroupDescription")),
        Element("SubnetGroupStatus", "Complete"),
        Members("Subnets", group.Properties.Texts("SubnetIds").Select(id => (object)new[] { Element("SubnetIdentifier", id), Element("SubnetStatus", "Active") }), "Subnet"),
    };

    private static object SnapshotXml(DatabaseSnapshot snapshot) => new object?[]
    {
        Element("DBSnapshotIdentifier", snapshot.Identifier),
        Element("DBInstanceIdentifier", snapshot.InstanceIdentifier),
        Element("SnapshotCreateTime", Timestamp(snapshot.CreatedTime)),
        Element("Engine", "postgres"),
        Element("Status", "available"),
        Element("SnapshotType", "manual"),
        Element("MasterUsername", snapshot.MasterUser),
    };

    private IEnumerable<DatabaseInstance> Wanted(QueryRequest request) => request["DBInstanceIdentifier"] is not { } identifier ? _store.Instances
        : [_store.Find(identifier) ?? throw new QueryException("DBInstanceNotFound", $"DBInstance {identifier} not found.", StatusCodes.Status404NotFound)];

    private IEnumerable<DatabaseSnapshot> Snapshots(QueryRequest request) =>
        _store.Snapshots.Where(snapshot => request["DBInstanceIdentifier"] is not { } instance || snapshot.InstanceIdentifier == instance);

    private async Task<object?> StopAsync(QueryRequest request, CancellationToken cancellationToken)
    {
        var instance = Named(request);
        if (instance.Status != "available")
        {
            throw new QueryException("InvalidDBInstanceState", $"Instance {instance.Identifier} is not in available state.");
        }

        _store.Put(instance with { Status = "stopping" });
        await _servers.StopAsync(instance, cancellationToken);
        return Changed(instance with { Status = "stopped" });
    }

    private async Task<object?> StartAsync(QueryRequest request, CancellationToken cancellationToken)
    {
        var instance = Named(request);
        if (instance.Status != "stopped")
        {
            throw new QueryException("InvalidDBInstanceState", $"Instance {instance.Identifier} is not stopped, cannot start.");
        }

        _store.Put(instance with { Status = "starting" });
        await _servers.StartAsync(instance, cancellationToken);
        return Changed(instance with { Status = "available" });
    }

    private XElement Changed(DatabaseInstance instance)
    {
        _store.Put(instance);
        return new XElement("DBInstance", InstanceXml(instance));
    }

    private DatabaseInstance Named(QueryRequest request) => _store.Find(request.Required("DBInstanceIdentifier"))
        ?? throw new QueryException("DBInstanceNotFound", $"DBInstance {request["DBInstanceIdentifier"]} not found.", StatusCodes.Status404NotFound);

    private object InstanceXml(DatabaseInstance instance) => new object?[]
    {
        Element("DBInstanceIdentifier", instance.Identifier),
        Element("DBInstanceArn", _store.ArnOf(instance.Identifier)),
        Element("DbiResourceId", instance.ResourceId),
        Element("DBInstanceClass", instance.Properties.Text("DBInstanceClass")),
        Element("DBInstanceStatus", instance.Status),
        Element("Engine", "postgres"),
        Optional("EngineVersion", instance.Properties.Text("EngineVersion")),
        Optional("DBName", instance.DatabaseName),
        Element("MasterUsername", instance.MasterUser),
        instance.Status is "creating" ? null : new XElement("Endpoint", Element("Address", _store.AddressOf(instance.Identifier)), Element("Port", instance.Port)),
        Optional("AllocatedStorage", instance.Properties.Text("AllocatedStorage")),
        Optional("MaxAllocatedStorage", instance.Properties.Text("MaxAllocatedStorage")),
        Optional("StorageType", instance.Properties.Text("StorageType")),
        Element("StorageEncrypted", instance.Properties.Flag("StorageEncrypted")),
        Element("MultiAZ", instance.Properties.Flag("MultiAZ")),
        Element("PubliclyAccessible", instance.Properties.Flag("PubliclyAccessible")),
        Element("DeletionProtection", instance.Properties.Flag("DeletionProtection")),
        Element("AutoMinorVersionUpgrade", instance.Properties.Flag("AutoMinorVersionUpgrade", otherwise: true)),
        Optional("BackupRetentionPeriod", instance.Properties.Text("BackupRetentionPeriod")),
        Optional("PreferredBackupWindow", instance.Properties.Text("PreferredBackupWindow")),
        Optional("PreferredMaintenanceWindow", instance.Properties.Text("PreferredMaintenanceWindow")),
        Element("InstanceCreateTime", Timestamp(instance.CreatedTime)),
        Members("VpcSecurityGroups", instance.Properties.Texts("VPCSecurityGroups").Select(id => (object)new[] { Element("VpcSecurityGroupId", id), Element("Status", "active") }), "VpcSecurityGroupMembership"),
        instance.Properties.Text("DBSubnetGroupName") is { } group ? new XElement("DBSubnetGroup", Element("DBSubnetGroupName", group)) : null,
    };
}
