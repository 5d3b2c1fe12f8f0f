using Amazon.SecretsManager.Model;
using Amazon.Runtime;
using Aws.Protocol;

namespace Amazon.SecretsManager;

/// <summary>The client of AWS Secrets Manager.</summary>
public class AmazonSecretsManagerClient : ServiceClient, IAmazonSecretsManager
{
    private static readonly JsonRpc Wire = new(Internal.SecretsManagerShapes.All, "secretsmanager", "secretsmanager");

    private static readonly Operation GetSecretValue = Wire.Op<GetSecretValueRequest, GetSecretValueResponse>();
    private static readonly Operation DescribeSecret = Wire.Op<DescribeSecretRequest, DescribeSecretResponse>();
    private static readonly Operation ListSecrets = Wire.Op<ListSecretsRequest, ListSecretsResponse>();

    public AmazonSecretsManagerClient() : base(new AmazonSecretsManagerConfig()) { }

    public AmazonSecretsManagerClient(RegionEndpoint region) : base(new AmazonSecretsManagerConfig { RegionEndpoint = region }) { }

    public AmazonSecretsManagerClient(AmazonSecretsManagerConfig config) : base(config) { }

    public AmazonSecretsManagerClient(AWSCredentials credentials) : this(credentials, new AmazonSecretsManagerConfig()) { }

    public AmazonSecretsManagerClient(AWSCredentials credentials, RegionEndpoint region)
        : this(credentials, new AmazonSecretsManagerConfig { RegionEndpoint = region }) { }

    public AmazonSecretsManagerClient(AWSCredentials credentials, AmazonSecretsManagerConfig clientConfig) : base(credentials, clientConfig) { }

    public AmazonSecretsManagerClient(string awsAccessKeyId, string awsSecretAccessKey)
        : this(new BasicAWSCredentials(awsAccessKeyId, awsSecretAccessKey)) { }

    public AmazonSecretsManagerClient(string awsAccessKeyId, string awsSecretAccessKey, RegionEndpoint region)
        : this(new BasicAWSCredentials(awsAccessKeyId, awsSecretAccessKey), region) { }

    public AmazonSecretsManagerClient(string awsAccessKeyId, string awsSecretAccessKey, AmazonSecretsManagerConfig clientConfig)
        : this(new BasicAWSCredentials(awsAccessKeyId, awsSecretAccessKey), clientConfig) { }

    public AmazonSecretsManagerClient(string awsAccessKeyId, string awsSecretAccessKey, string awsSessionToken)
        : this(new SessionAWSCredentials(awsAccessKeyId, awsSecretAccessKey, awsSessionToken)) { }

    public AmazonSecretsManagerClient(string awsAccessKeyId, string awsSecretAccessKey, string awsSessionToken, RegionEndpoint region)
        : this(new SessionAWSCredentials(awsAccessKeyId, awsSecretAccessKey, awsSessionToken), region) { }

    public AmazonSecretsManagerClient(string awsAccessKeyId, string awsSecretAccessKey, string awsSessionToken, AmazonSecretsManagerConfig clientConfig)
        : this(new SessionAWSCredentials(awsAccessKeyId, awsSecretAccessKey, awsSessionToken), clientConfig) { }

    public virtual Task<GetSecretValueResponse> GetSecretValueAsync(GetSecretValueRequest request, CancellationToken cancellationToken = default) =>
        InvokeAsync<GetSecretValueResponse>(request, GetSecretValue, cancellationToken);

    public virtual Task<DescribeSecretResponse> DescribeSecretAsync(DescribeSecretRequest request, CancellationToken cancellationToken = default) =>
        InvokeAsync<DescribeSecretResponse>(request, DescribeSecret, cancellationToken);

    public virtual Task<ListSecretsResponse> ListSecretsAsync(ListSecretsRequest request, CancellationToken cancellationToken = default) =>
        InvokeAsync<ListSecretsResponse>(request, ListSecrets, cancellationToken);
}
