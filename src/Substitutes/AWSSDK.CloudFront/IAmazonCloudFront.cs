using Amazon.CloudFront.Model;
using Amazon.Runtime;
using Endpoint = Amazon.Runtime.Endpoints.Endpoint;

namespace Amazon.CloudFront;

/// <summary>Amazon CloudFront: the operations this project uses, as the published package declares them.</summary>
public interface IAmazonCloudFront : IAmazonService, IDisposable
{
    Task<CreateInvalidationResponse> CreateInvalidationAsync(CreateInvalidationRequest request, CancellationToken cancellationToken = default);

    Task<GetInvalidationResponse> GetInvalidationAsync(GetInvalidationRequest request, CancellationToken cancellationToken = default);

    Task<ListDistributionsResponse> ListDistributionsAsync(CancellationToken cancellationToken = default);

    Task<ListDistributionsResponse> ListDistributionsAsync(ListDistributionsRequest request, CancellationToken cancellationToken = default);

    Task<GetDistributionResponse> GetDistributionAsync(CancellationToken cancellationToken = default);

    Task<GetDistributionResponse> GetDistributionAsync(GetDistributionRequest request, CancellationToken cancellationToken = default);

    Endpoint DetermineServiceOperationEndpoint(AmazonWebServiceRequest request);

    static ClientConfig IAmazonService.CreateDefaultClientConfig() => new AmazonCloudFrontConfig();

    static IAmazonService IAmazonService.CreateDefaultServiceClient(AWSCredentials awsCredentials, ClientConfig clientConfig) =>
        awsCredentials is null
            ? new AmazonCloudFrontClient((AmazonCloudFrontConfig)clientConfig)
            : new AmazonCloudFrontClient(awsCredentials, (AmazonCloudFrontConfig)clientConfig);
}
