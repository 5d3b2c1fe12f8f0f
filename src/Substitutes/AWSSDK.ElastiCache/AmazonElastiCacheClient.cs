using Amazon.Runtime;
using Amazon.ElastiCache.Model;
using Aws.Protocol;

namespace Amazon.ElastiCache;

/// <summary>The client of Amazon ElastiCache.</summary>
public class AmazonElastiCacheClient : ServiceClient, IAmazonElastiCache
{
    private static readonly Query Wire = new(Internal.ElastiCacheShapes.All, "elasticache", "2015-02-02");

    private static readonly Operation DescribeReplicationGroups = Wire.Op<DescribeReplicationGroupsRequest, DescribeReplicationGroupsResponse>();

    public AmazonElastiCacheClient() : base(new AmazonElastiCacheConfig()) { }

    public AmazonElastiCacheClient(RegionEndpoint region) : base(new AmazonElastiCacheConfig { RegionEndpoint = region }) { }

    public AmazonElastiCacheClient(AmazonElastiCacheConfig config) : base(config) { }

    public AmazonElastiCacheClient(AWSCredentials credentials) : this(credentials, new AmazonElastiCacheConfig()) { }

    public AmazonElastiCacheClient(AWSCredentials credentials, RegionEndpoint region)
        : this(credentials, new AmazonElastiCacheConfig { RegionEndpoint = region }) { }

    public AmazonElastiCacheClient(AWSCredentials credentials, AmazonElastiCacheConfig clientConfig) : base(credentials, clientConfig) { }

    public AmazonElastiCacheClient(string awsAccessKeyId, string awsSecretAccessKey)
        : this(new BasicAWSCredentials(awsAccessKeyId, awsSecretAccessKey)) { }

    public AmazonElastiCacheClient(string awsAccessKeyId, string awsSecretAccessKey, RegionEndpoint region)
        : this(new BasicAWSCredentials(awsAccessKeyId, awsSecretAccessKey), region) { }

    public AmazonElastiCacheClient(string awsAccessKeyId, string awsSecretAccessKey, AmazonElastiCacheConfig clientConfig)
        : this(new BasicAWSCredentials(awsAccessKeyId, awsSecretAccessKey), clientConfig) { }

    public AmazonElastiCacheClient(string awsAccessKeyId, string awsSecretAccessKey, string awsSessionToken)
        : this(new SessionAWSCredentials(awsAccessKeyId, awsSecretAccessKey, awsSessionToken)) { }

    public AmazonElastiCacheClient(string awsAccessKeyId, string awsSecretAccessKey, string awsSessionToken, RegionEndpoint region)
        : this(new SessionAWSCredentials(awsAccessKeyId, awsSecretAccessKey, awsSessionToken), region) { }

    public AmazonElastiCacheClient(string awsAccessKeyId, string awsSecretAccessKey, string awsSessionToken, AmazonElastiCacheConfig clientConfig)
        : this(new SessionAWSCredentials(awsAccessKeyId, awsSecretAccessKey, awsSessionToken), clientConfig) { }

    public virtual Task<DescribeReplicationGroupsResponse> DescribeReplicationGroupsAsync(DescribeReplicationGroupsRequest request, CancellationToken cancellationToken = default) =>
        InvokeAsync<DescribeReplicationGroupsResponse>(request, DescribeReplicationGroups, cancellationToken);
}
