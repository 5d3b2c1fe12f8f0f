using Amazon.Runtime;
using Amazon.RDS.Model;
using Endpoint = Amazon.Runtime.Endpoints.Endpoint;

namespace Amazon.RDS;

/// <summary>Amazon RDS: the operations this project uses, as the published package declares them.</summary>
public interface IAmazonRDS : IAmazonService, IDisposable
{
    Task<DescribeDBInstancesResponse> DescribeDBInstancesAsync(DescribeDBInstancesRequest request, CancellationToken cancellationToken = default);

    Endpoint DetermineServiceOperationEndpoint(AmazonWebServiceRequest request);

    static ClientConfig IAmazonService.CreateDefaultClientConfig() => new AmazonRDSConfig();

    static IAmazonService IAmazonService.CreateDefaultServiceClient(AWSCredentials awsCredentials, ClientConfig clientConfig) =>
        awsCredentials is null
            ? new AmazonRDSClient((AmazonRDSConfig)clientConfig)
            : new AmazonRDSClient(awsCredentials, (AmazonRDSConfig)clientConfig);
}
