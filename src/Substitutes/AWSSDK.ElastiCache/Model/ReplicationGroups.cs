using Amazon.Runtime;

namespace Amazon.ElastiCache.Model;

/// <summary>What <see cref="IAmazonElastiCache.DescribeReplicationGroupsAsync(Model.DescribeReplicationGroupsRequest, CancellationToken)"/> is asked.</summary>
public class DescribeReplicationGroupsRequest : AmazonElastiCacheRequest
{
    public string ReplicationGroupId { get; set; }

    public int? MaxRecords { get; set; }

    public string Marker { get; set; }
}

/// <summary>What <see cref="IAmazonElastiCache.DescribeReplicationGroupsAsync(Model.DescribeReplicationGroupsRequest, CancellationToken)"/> answers.</summary>
public class DescribeReplicationGroupsResponse : AmazonWebServiceResponse
{
    public string Marker { get; set; }

    public List<ReplicationGroup> ReplicationGroups { get; set; }
}

public class ReplicationGroup
{
    public string ReplicationGroupId { get; set; }

    public string Description { get; set; }

    public string Status { get; set; }

    public List<string> MemberClusters { get; set; }

    public AutomaticFailoverStatus AutomaticFailover { get; set; }

    public MultiAZStatus MultiAZ { get; set; }

    public int? SnapshotRetentionLimit { get; set; }

    public string SnapshotWindow { get; set; }

    public string CacheNodeType { get; set; }

    public bool? AuthTokenEnabled { get; set; }

    public bool? TransitEncryptionEnabled { get; set; }

    public bool? AtRestEncryptionEnabled { get; set; }

    public string ARN { get; set; }
}
