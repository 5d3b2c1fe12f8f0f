using Amazon.CloudFront.Model;
using Amazon.Runtime;
using Aws.Protocol;

namespace Amazon.CloudFront;

/// <summary>The client of Amazon CloudFront.</summary>
public class AmazonCloudFrontClient : ServiceClient, IAmazonCloudFront
{
    private static readonly RestXml Wire = new(Internal.CloudFrontShapes.All, "cloudfront", "http://cloudfront.amazonaws.com/doc/2020-05-31/");

    private static readonly Operation CreateInvalidation = Wire.Op<CreateInvalidationRequest, CreateInvalidationResponse>(
        "POST /2020-05-31/distribution/{DistributionId}/invalidation", input: "InvalidationBatch", output: "Invalidation", headers: "Location");
    private static readonly Operation GetInvalidation = Wire.Op<GetInvalidationRequest, GetInvalidationResponse>(
        "GET /2020-05-31/distribution/{DistributionId}/invalidation/{Id}", input: null, output: "Invalidation");
    private static readonly Operation ListDistributions = Wire.Op<ListDistributionsRequest, ListDistributionsResponse>(
        "GET /2020-05-31/distribution?Marker&MaxItems", input: null, output: "DistributionList");
    private static readonly Operation GetDistribution = Wire.Op<GetDistributionRequest, GetDistributionResponse>(
        "GET /2020-05-31/distribution/{Id}", input: null, output: "Distribution", headers: "ETag");

    public AmazonCloudFrontClient() : base(new AmazonCloudFrontConfig()) { }

    public AmazonCloudFrontClient(RegionEndpoint region) : base(new AmazonCloudFrontConfig { RegionEndpoint = region }) { }

    public AmazonCloudFrontClient(AmazonCloudFrontConfig config) : base(config) { }

    public AmazonCloudFrontClient(AWSCredentials credentials) : this(credentials, new AmazonCloudFrontConfig()) { }

    public AmazonCloudFrontClient(AWSCredentials credentials, RegionEndpoint region)
        : this(credentials, new AmazonCloudFrontConfig { RegionEndpoint = region }) { }

    public AmazonCloudFrontClient(AWSCredentials credentials, AmazonCloudFrontConfig clientConfig) : base(credentials, clientConfig) { }

    public AmazonCloudFrontClient(string awsAccessKeyId, string awsSecretAccessKey)
        : this(new BasicAWSCredentials(awsAccessKeyId, awsSecretAccessKey)) { }

    public AmazonCloudFrontClient(string awsAccessKeyId, string awsSecretAccessKey, RegionEndpoint region)
        : this(new BasicAWSCredentials(awsAccessKeyId, awsSecretAccessKey), region) { }

    public AmazonCloudFrontClient(string awsAccessKeyId, string awsSecretAccessKey, AmazonCloudFrontConfig clientConfig)
        : this(new BasicAWSCredentials(awsAccessKeyId, awsSecretAccessKey), clientConfig) { }

    public AmazonCloudFrontClient(string awsAccessKeyId, string awsSecretAccessKey, string awsSessionToken)
        : this(new SessionAWSCredentials(awsAccessKeyId, awsSecretAccessKey, awsSessionToken)) { }

    public AmazonCloudFrontClient(string awsAccessKeyId, string awsSecretAccessKey, string awsSessionToken, RegionEndpoint region)
        : this(new SessionAWSCredentials(awsAccessKeyId, awsSecretAccessKey, awsSessionToken), region) { }

    public AmazonCloudFrontClient(string awsAccessKeyId, string awsSecretAccessKey, string awsSessionToken, AmazonCloudFrontConfig clientConfig)
        : this(new SessionAWSCredentials(awsAccessKeyId, awsSecretAccessKey, awsSessionToken), clientConfig) { }

    public virtual Task<CreateInvalidationResponse> CreateInvalidationAsync(CreateInvalidationRequest request, CancellationToken cancellationToken = default) =>
        InvokeAsync<CreateInvalidationResponse>(request, CreateInvalidation, cancellationToken);

    public virtual Task<GetInvalidationResponse> GetInvalidationAsync(GetInvalidationRequest request, CancellationToken cancellationToken = default) =>
        InvokeAsync<GetInvalidationResponse>(request, GetInvalidation, cancellationToken);

    public virtual Task<ListDistributionsResponse> ListDistributionsAsync(CancellationToken cancellationToken = default) =>
        ListDistributionsAsync(new ListDistributionsRequest(), cancellationToken);

    public virtual Task<ListDistributionsResponse> ListDistributionsAsync(ListDistributionsRequest request, CancellationToken cancellationToken = default) =>
        InvokeAsync<ListDistributionsResponse>(request, ListDistributions, cancellationToken);

    public virtual Task<GetDistributionResponse> GetDistributionAsync(CancellationToken cancellationToken = default) =>
        GetDistributionAsync(new GetDistributionRequest(), cancellationToken);

    public virtual Task<GetDistributionResponse> GetDistributionAsync(GetDistributionRequest request, CancellationToken cancellationToken = default) =>
        InvokeAsync<GetDistributionResponse>(request, GetDistribution, cancellationToken);
}
