using Amazon.Runtime;
using Amazon.CostExplorer.Model;
using Endpoint = Amazon.Runtime.Endpoints.Endpoint;

namespace Amazon.CostExplorer;

/// <summary>AWS Cost Explorer: the operations this project uses, as the published package declares them.</summary>
public interface IAmazonCostExplorer : IAmazonService, IDisposable
{
    Task<GetCostAndUsageResponse> GetCostAndUsageAsync(GetCostAndUsageRequest request, CancellationToken cancellationToken = default);

    Endpoint DetermineServiceOperationEndpoint(AmazonWebServiceRequest request);

    static ClientConfig IAmazonService.CreateDefaultClientConfig() => new AmazonCostExplorerConfig();

    static IAmazonService IAmazonService.CreateDefaultServiceClient(AWSCredentials awsCredentials, ClientConfig clientConfig) =>
        awsCredentials is null
            ? new AmazonCostExplorerClient((AmazonCostExplorerConfig)clientConfig)
            : new AmazonCostExplorerClient(awsCredentials, (AmazonCostExplorerConfig)clientConfig);
}
