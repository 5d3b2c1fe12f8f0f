using Amazon.SecretsManager.Model;
using Amazon.Runtime;
using Endpoint = Amazon.Runtime.Endpoints.Endpoint;

namespace Amazon.SecretsManager;

/// <summary>AWS Secrets Manager: the operations this project uses, as the published package declares them.</summary>
public interface IAmazonSecretsManager : IAmazonService, IDisposable
{
    Task<GetSecretValueResponse> GetSecretValueAsync(GetSecretValueRequest request, CancellationToken cancellationToken = default);

    Task<DescribeSecretResponse> DescribeSecretAsync(DescribeSecretRequest request, CancellationToken cancellationToken = default);

    Task<ListSecretsResponse> ListSecretsAsync(ListSecretsRequest request, CancellationToken cancellationToken = default);

    Endpoint DetermineServiceOperationEndpoint(AmazonWebServiceRequest request);

    static ClientConfig IAmazonService.CreateDefaultClientConfig() => new AmazonSecretsManagerConfig();

    static IAmazonService IAmazonService.CreateDefaultServiceClient(AWSCredentials awsCredentials, ClientConfig clientConfig) =>
        awsCredentials is null
            ? new AmazonSecretsManagerClient((AmazonSecretsManagerConfig)clientConfig)
            : new AmazonSecretsManagerClient(awsCredentials, (AmazonSecretsManagerConfig)clientConfig);
}
