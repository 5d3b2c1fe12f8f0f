using Amazon.Runtime;
using Amazon.CertificateManager.Model;
using Endpoint = Amazon.Runtime.Endpoints.Endpoint;

namespace Amazon.CertificateManager;

/// <summary>AWS Certificate Manager: the operations this project uses, as the published package declares them.</summary>
public interface IAmazonCertificateManager : IAmazonService, IDisposable
{
    Task<DescribeCertificateResponse> DescribeCertificateAsync(DescribeCertificateRequest request, CancellationToken cancellationToken = default);

    Endpoint DetermineServiceOperationEndpoint(AmazonWebServiceRequest request);

    static ClientConfig IAmazonService.CreateDefaultClientConfig() => new AmazonCertificateManagerConfig();

    static IAmazonService IAmazonService.CreateDefaultServiceClient(AWSCredentials awsCredentials, ClientConfig clientConfig) =>
        awsCredentials is null
            ? new AmazonCertificateManagerClient((AmazonCertificateManagerConfig)clientConfig)
            : new AmazonCertificateManagerClient(awsCredentials, (AmazonCertificateManagerConfig)clientConfig);
}
