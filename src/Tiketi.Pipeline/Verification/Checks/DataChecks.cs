using System.Globalization;
using Amazon.ElastiCache;
using Amazon.ElastiCache.Model;
using Amazon.RDS;
using Amazon.RDS.Model;

namespace Tiketi.Pipeline.Verification.Checks;

/// <summary>What AWS says about the databases and their backups.</summary>
internal static class DataChecks
{
    private const string Database = "AWS::RDS::DBInstance";
    private const string Cache = "AWS::ElastiCache::ReplicationGroup";

    // RDS names what it does at the side instead of "available"; the database serves meanwhile.
    private static readonly HashSet<string> Serving = new(StringComparer.Ordinal)
    {
        "available", "backing-up", "configuring-enhanced-monitoring", "configuring-log-exports", "storage-optimization", "snapshotting",
    };

    public static IEnumerable<ICheck> For(SmokeTestTarget target, StackInventory inventory, TimeProvider time)
    {
        yield return new Check("rds", "the database server is available", token => target.Rds is { } rds
            ? EachAsync(inventory, Database, id => InstanceAsync(rds, id, token), token)
            : Task.FromResult(CheckOutcome.Skipped("no RDS was given")));
        yield return new Check("elasticache", "the Redis servers are available", token => target.ElastiCache is { } elastiCache
            ? EachAsync(inventory, Cache, id => GroupAsync(elastiCache, id, token), token)
            : Task.FromResult(CheckOutcome.Skipped("no ElastiCache was given")));
        yield return new Check("redis-auth", "Redis lets nobody in without the token, and encrypts", token => target.ElastiCache is { } elastiCache
            ? EachAsync(inventory, Cache, id => AuthAsync(elastiCache, id, token), token)
            : Task.FromResult(CheckOutcome.Skipped("no ElastiCache was given")));
        yield return new Check("backups", "the database and Redis are backed up every day", async token =>
        {
            if (target is not { Rds: { } rds, ElastiCache: { } elastiCache })
            {
                return CheckOutcome.Skipped("no RDS and ElastiCache were given");
            }

            var database = await EachAsync(inventory, Database, id => DatabaseBackupAsync(rds, id, time, token), token);
            var redis = await EachAsync(inventory, Cache, id => CacheBackupAsync(elastiCache, id, token), token);
            return database.Status == CheckStatus.Failed ? database : redis.Status == CheckStatus.Failed ? redis
                : CheckOutcome.Passed($"{database.Evidence}; {redis.Evidence}");
        });
    }

    /// <summary>Passes when each of a type's resources does; the evidence is all of theirs, or the first failure.</summary>
    internal static async Task<CheckOutcome> EachAsync(StackInventory inventory, string type, Func<string, Task<CheckOutcome>> look, CancellationToken cancellationToken)
    {
        var ids = await inventory.IdsAsync(type, cancellationToken);
        var outcomes = await Task.WhenAll(ids.Select(look));
        return ids.Count == 0 ? CheckOutcome.Skipped($"the stacks have no {type}")
            : outcomes.FirstOrDefault(outcome => outcome.Status == CheckStatus.Failed) ?? CheckOutcome.Passed(string.Join(", ", outcomes.Select(outcome => outcome.Evidence)));
    }

    private static async Task<CheckOutcome> InstanceAsync(IAmazonRDS rds, string id, CancellationToken cancellationToken) =>
        await FindAsync(rds, id, cancellationToken) is not { } instance ? Missing(id)
            : Serving.Contains(instance.DBInstanceStatus) ? CheckOutcome.Passed($"{id} is {instance.DBInstanceStatus} (PostgreSQL {instance.EngineVersion}, {instance.DBInstanceClass})")
            : CheckOutcome.Failed($"{id} is {instance.DBInstanceStatus}", instance.DBInstanceStatus switch
            {
                "stopped" or "stopping" => $"Start it: aws rds start-db-instance --db-instance-identifier {id}. Where infra/schedule.yaml stops it at night, that is why.",
                "storage-full" => "Raise MaxAllocatedStorage in infra/data.yaml, and run ./build.sh ApplyInfra.",
                _ => $"Wait, or see what happens to it: aws rds describe-events --source-type db-instance --source-identifier {id}.",
            });

    private static async Task<CheckOutcome> GroupAsync(IAmazonElastiCache elastiCache, string id, CancellationToken cancellationToken) =>
        await FindAsync(elastiCache, id, cancellationToken) is not { } group ? Missing(id)
            : Serving.Contains(group.Status) ? CheckOutcome.Passed($"{id} is {group.Status} ({group.MemberClusters?.Count ?? 0} nodes, {group.CacheNodeType})")
            : CheckOutcome.Failed($"{id} is {group.Status}", $"Wait, or see what happens to it: aws elasticache describe-events --source-type replication-group --source-identifier {id}.");

    private static async Task<CheckOutcome> DatabaseBackupAsync(IAmazonRDS rds, string id, TimeProvider time, CancellationToken cancellationToken)
    {
        if (await FindAsync(rds, id, cancellationToken) is not { } instance)
        {
            return Missing(id);
        }

        // Point-in-time recovery lags five minutes; a database that was just made has no point yet.
        var latest = instance.LatestRestorableTime?.ToUniversalTime();
        return instance.BackupRetentionPeriod is not > 0 ? CheckOutcome.Failed($"{id} keeps no automated backups", "Set DatabaseBackupDays to 7 under parameters in environments/NAME.yaml, and run ./build.sh ApplyInfra.")
            : latest is { } point && time.GetUtcNow().UtcDateTime - point > TimeSpan.FromDays(1)
                ? CheckOutcome.Failed(string.Create(CultureInfo.InvariantCulture, $"{id} can be restored only to {point:u}"), $"See why backups stopped: aws rds describe-events --source-type db-instance --source-identifier {id} --duration 2880.")
            : CheckOutcome.Passed(string.Create(CultureInfo.InvariantCulture, $"{id} keeps {instance.BackupRetentionPeriod} day{(instance.BackupRetentionPeriod == 1 ? "" : "s")}{(latest is { } last ? $", restorable until {last:u}" : "")}"));
    }

    private static async Task<CheckOutcome> CacheBackupAsync(IAmazonElastiCache elastiCache, string id, CancellationToken cancellationToken) =>
        await FindAsync(elastiCache, id, cancellationToken) is not { } group ? Missing(id)
            : group.SnapshotRetentionLimit is > 0 ? CheckOutcome.Passed($"{id} keeps {group.SnapshotRetentionLimit} day{(group.SnapshotRetentionLimit == 1 ? "" : "s")}")
            : CheckOutcome.Failed($"{id} keeps no snapshots", "Restore SnapshotRetentionLimit: it is 1 in infra/data.yaml, so ./build.sh DriftInfra shows who changed it.");

    private static async Task<CheckOutcome> AuthAsync(IAmazonElastiCache elastiCache, string id, CancellationToken cancellationToken) =>
        await FindAsync(elastiCache, id, cancellationToken) is not { } group ? Missing(id)
            : group.AuthTokenEnabled != true ? CheckOutcome.Failed($"{id} asks for no AUTH token", "Somebody took it away: ./build.sh DriftInfra shows it. Give it the one of the secret tiketi/NAME/redis again: aws elasticache modify-replication-group --auth-token-update-strategy SET.")
            : group.TransitEncryptionEnabled != true ? CheckOutcome.Failed($"{id} does not encrypt what is sent", "Set TransitEncryptionEnabled in infra/data.yaml: it is decided when the group is made, so the group is replaced.")
            : CheckOutcome.Passed($"{id} asks for its token and encrypts");

    private static CheckOutcome Missing(string id) => CheckOutcome.Failed($"there is no {id} any more", "It was deleted past its stack. ./build.sh DriftInfra shows what else is gone; restore it from its last snapshot.");

    private static async Task<DBInstance?> FindAsync(IAmazonRDS rds, string id, CancellationToken cancellationToken)
    {
        try
        {
            return (await rds.DescribeDBInstancesAsync(new DescribeDBInstancesRequest { DBInstanceIdentifier = id }, cancellationToken)).DBInstances?.SingleOrDefault();
        }
        catch (DBInstanceNotFoundException)
        {
            return null;
        }
    }

    private static async Task<ReplicationGroup?> FindAsync(IAmazonElastiCache elastiCache, string id, CancellationToken cancellationToken)
    {
        try
        {
            return (await elastiCache.DescribeReplicationGroupsAsync(new DescribeReplicationGroupsRequest { ReplicationGroupId = id }, cancellationToken)).ReplicationGroups?.SingleOrDefault();
        }
        catch (ReplicationGroupNotFoundException)
        {
            return null;
        }
    }
}
