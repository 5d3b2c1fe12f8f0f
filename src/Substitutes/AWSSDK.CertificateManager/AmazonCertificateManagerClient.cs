using Amazon.Runtime;
using Amazon.CertificateManager.Model;
using Aws.Protocol;

namespace Amazon.CertificateManager;

/// <summary>The client of AWS Certificate Manager.</summary>
public class AmazonCertificateManagerClient : ServiceClient, IAmazonCertificateManager
{
    private static readonly JsonRpc Wire = new(Internal.CertificateManagerShapes.All, "acm", "CertificateManager");

    private static readonly Operation DescribeCertificate = Wire.Op<DescribeCertificateRequest, DescribeCertificateResponse>();

    public AmazonCertificateManagerClient() : base(new AmazonCertificateManagerConfig()) { }

    public AmazonCertificateManagerClient(RegionEndpoint region) : base(new AmazonCertificateManagerConfig { RegionEndpoint = region }) { }

    public AmazonCertificateManagerClient(AmazonCertificateManagerConfig config) : base(config) { }

    public AmazonCertificateManagerClient(AWSCredentials credentials) : this(credentials, new AmazonCertificateManagerConfig()) { }

    public AmazonCertificateManagerClient(AWSCredentials credentials, RegionEndpoint region)
        : this(credentials, new AmazonCertificateManagerConfig { RegionEndpoint = region }) { }

    public AmazonCertificateManagerClient(AWSCredentials credentials, AmazonCertificateManagerConfig clientConfig) : base(credentials, clientConfig) { }

    public AmazonCertificateManagerClient(string awsAccessKeyId, string awsSecretAccessKey)
        : this(new BasicAWSCredentials(awsAccessKeyId, awsSecretAccessKey)) { }

    public AmazonCertificateManagerClient(string awsAccessKeyId, string awsSecretAccessKey, RegionEndpoint region)
        : this(new BasicAWSCredentials(awsAccessKeyId, awsSecretAccessKey), region) { }

    public AmazonCertificateManagerClient(string awsAccessKeyId, string awsSecretAccessKey, AmazonCertificateManagerConfig clientConfig)
        : this(new BasicAWSCredentials(awsAccessKeyId, awsSecretAccessKey), clientConfig) { }

    public AmazonCertificateManagerClient(string awsAccessKeyId, string awsSecretAccessKey, string awsSessionToken)
        : this(new SessionAWSCredentials(awsAccessKeyId, awsSecretAccessKey, awsSessionToken)) { }

    public AmazonCertificateManagerClient(string awsAccessKeyId, string awsSecretAccessKey, string awsSessionToken, RegionEndpoint region)
        : this(new SessionAWSCredentials(awsAccessKeyId, awsSecretAccessKey, awsSessionToken), region) { }

    public AmazonCertificateManagerClient(string awsAccessKeyId, string awsSecretAccessKey, string awsSessionToken, AmazonCertificateManagerConfig clientConfig)
        : this(new SessionAWSCredentials(awsAccessKeyId, awsSecretAccessKey, awsSessionToken), clientConfig) { }

    public virtual Task<DescribeCertificateResponse> DescribeCertificateAsync(DescribeCertificateRequest request, CancellationToken cancellationToken = default) =>
        InvokeAsync<DescribeCertificateResponse>(request, DescribeCertificate, cancellationToken);
}
