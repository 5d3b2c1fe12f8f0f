using Amazon.Runtime;
using Amazon.ElastiCache.Model;
using Endpoint = Amazon.Runtime.Endpoints.Endpoint;

namespace Amazon.ElastiCache;

/// <summary>Amazon ElastiCache: the operations this project uses, as the published package declares them.</summary>
public interface IAmazonElastiCache : IAmazonService, IDisposable
{
    Task<DescribeReplicationGroupsResponse> DescribeReplicationGroupsAsync(DescribeReplicationGroupsRequest request, CancellationToken cancellationToken = default);

    Endpoint DetermineServiceOperationEndpoint(AmazonWebServiceRequest request);

    static ClientConfig IAmazonService.CreateDefaultClientConfig() => new AmazonElastiCacheConfig();

    static IAmazonService IAmazonService.CreateDefaultServiceClient(AWSCredentials awsCredentials, ClientConfig clientConfig) =>
        awsCredentials is null
            ? new AmazonElastiCacheClient((AmazonElastiCacheConfig)clientConfig)
            : new AmazonElastiCacheClient(awsCredentials, (AmazonElastiCacheConfig)clientConfig);
}
