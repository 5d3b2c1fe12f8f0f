using Amazon.ECR.Model;
using Amazon.Runtime;
using Aws.Protocol;

namespace Amazon.ECR;

/// <summary>The client of Amazon Elastic Container Registry.</summary>
public class AmazonECRClient : ServiceClient, IAmazonECR
{
    private static readonly JsonRpc Wire = new(Internal.ECRShapes.All, "ecr", "AmazonEC2ContainerRegistry_V20150921");

    private static readonly Operation GetAuthorizationToken = Wire.Op<GetAuthorizationTokenRequest, GetAuthorizationTokenResponse>();
    private static readonly Operation DescribeRepositories = Wire.Op<DescribeRepositoriesRequest, DescribeRepositoriesResponse>();
    private static readonly Operation CreateRepository = Wire.Op<CreateRepositoryRequest, CreateRepositoryResponse>();
    private static readonly Operation DescribeImages = Wire.Op<DescribeImagesRequest, DescribeImagesResponse>();
    private static readonly Operation BatchGetImage = Wire.Op<BatchGetImageRequest, BatchGetImageResponse>();
    private static readonly Operation BatchDeleteImage = Wire.Op<BatchDeleteImageRequest, BatchDeleteImageResponse>();
    private static readonly Operation DescribeImageScanFindings = Wire.Op<DescribeImageScanFindingsRequest, DescribeImageScanFindingsResponse>();

    public AmazonECRClient() : base(new AmazonECRConfig()) { }

    public AmazonECRClient(RegionEndpoint region) : base(new AmazonECRConfig { RegionEndpoint = region }) { }

    public AmazonECRClient(AmazonECRConfig config) : base(config) { }

    public AmazonECRClient(AWSCredentials credentials) : this(credentials, new AmazonECRConfig()) { }

    public AmazonECRClient(AWSCredentials credentials, RegionEndpoint region)
        : this(credentials, new AmazonECRConfig { RegionEndpoint = region }) { }

    public AmazonECRClient(AWSCredentials credentials, AmazonECRConfig clientConfig) : base(credentials, clientConfig) { }

    public AmazonECRClient(string awsAccessKeyId, string awsSecretAccessKey)
        : this(new BasicAWSCredentials(awsAccessKeyId, awsSecretAccessKey)) { }

    public AmazonECRClient(string awsAccessKeyId, string awsSecretAccessKey, RegionEndpoint region)
        : this(new BasicAWSCredentials(awsAccessKeyId, awsSecretAccessKey), region) { }

    public AmazonECRClient(string awsAccessKeyId, string awsSecretAccessKey, AmazonECRConfig clientConfig)
        : this(new BasicAWSCredentials(awsAccessKeyId, awsSecretAccessKey), clientConfig) { }

    public AmazonECRClient(string awsAccessKeyId, string awsSecretAccessKey, string awsSessionToken)
        : this(new SessionAWSCredentials(awsAccessKeyId, awsSecretAccessKey, awsSessionToken)) { }

    public AmazonECRClient(string awsAccessKeyId, string awsSecretAccessKey, string awsSessionToken, RegionEndpoint region)
        : this(new SessionAWSCredentials(awsAccessKeyId, awsSecretAccessKey, awsSessionToken), region) { }

    public AmazonECRClient(string awsAccessKeyId, string awsSecretAccessKey, string awsSessionToken, AmazonECRConfig clientConfig)
        : this(new SessionAWSCredentials(awsAccessKeyId, awsSecretAccessKey, awsSessionToken), clientConfig) { }

    public virtual Task<GetAuthorizationTokenResponse> GetAuthorizationTokenAsync(GetAuthorizationTokenRequest request, CancellationToken cancellationToken = default) =>
        InvokeAsync<GetAuthorizationTokenResponse>(request, GetAuthorizationToken, cancellationToken);

    public virtual Task<DescribeRepositoriesResponse> DescribeRepositoriesAsync(DescribeRepositoriesRequest request, CancellationToken cancellationToken = default) =>
        InvokeAsync<DescribeRepositoriesResponse>(request, DescribeRepositories, cancellationToken);

    public virtual Task<CreateRepositoryResponse> CreateRepositoryAsync(CreateRepositoryRequest request, CancellationToken cancellationToken = default) =>
        InvokeAsync<CreateRepositoryResponse>(request, CreateRepository, cancellationToken);

    public virtual Task<DescribeImagesResponse> DescribeImagesAsync(DescribeImagesRequest request, CancellationToken cancellationToken = default) =>
        InvokeAsync<DescribeImagesResponse>(request, DescribeImages, cancellationToken);

    public virtual Task<BatchGetImageResponse> BatchGetImageAsync(BatchGetImageRequest request, CancellationToken cancellationToken = default) =>
        InvokeAsync<BatchGetImageResponse>(request, BatchGetImage, cancellationToken);

    public virtual Task<BatchDeleteImageResponse> BatchDeleteImageAsync(BatchDeleteImageRequest request, CancellationToken cancellationToken = default) =>
        InvokeAsync<BatchDeleteImageResponse>(request, BatchDeleteImage, cancellationToken);

    public virtual Task<DescribeImageScanFindingsResponse> DescribeImageScanFindingsAsync(DescribeImageScanFindingsRequest request, CancellationToken cancellationToken = default) =>
        InvokeAsync<DescribeImageScanFindingsResponse>(request, DescribeImageScanFindings, cancellationToken);
}
