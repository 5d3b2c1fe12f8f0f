using Amazon.EKS.Model;
using Amazon.Runtime;
using Endpoint = Amazon.Runtime.Endpoints.Endpoint;

namespace Amazon.EKS;

/// <summary>Amazon Elastic Kubernetes Service: the operations this project uses, as the published package declares them.</summary>
public interface IAmazonEKS : IAmazonService, IDisposable
{
    Task<DescribeClusterResponse> DescribeClusterAsync(DescribeClusterRequest request, CancellationToken cancellationToken = default);

    Task<ListNodegroupsResponse> ListNodegroupsAsync(ListNodegroupsRequest request, CancellationToken cancellationToken = default);

    Task<DescribeNodegroupResponse> DescribeNodegroupAsync(DescribeNodegroupRequest request, CancellationToken cancellationToken = default);

    Endpoint DetermineServiceOperationEndpoint(AmazonWebServiceRequest request);

    static ClientConfig IAmazonService.CreateDefaultClientConfig() => new AmazonEKSConfig();

    static IAmazonService IAmazonService.CreateDefaultServiceClient(AWSCredentials awsCredentials, ClientConfig clientConfig) =>
        awsCredentials is null
            ? new AmazonEKSClient((AmazonEKSConfig)clientConfig)
            : new AmazonEKSClient(awsCredentials, (AmazonEKSConfig)clientConfig);
}
