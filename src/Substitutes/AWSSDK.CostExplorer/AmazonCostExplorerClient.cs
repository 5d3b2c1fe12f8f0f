using Amazon.Runtime;
using Amazon.CostExplorer.Model;
using Aws.Protocol;

namespace Amazon.CostExplorer;

/// <summary>The client of AWS Cost Explorer.</summary>
public class AmazonCostExplorerClient : ServiceClient, IAmazonCostExplorer
{
    private static readonly JsonRpc Wire = new(Internal.CostExplorerShapes.All, "ce", "AWSInsightsIndexService");

    private static readonly Operation GetCostAndUsage = Wire.Op<GetCostAndUsageRequest, GetCostAndUsageResponse>();

    public AmazonCostExplorerClient() : base(new AmazonCostExplorerConfig()) { }

    public AmazonCostExplorerClient(RegionEndpoint region) : base(new AmazonCostExplorerConfig { RegionEndpoint = region }) { }

    public AmazonCostExplorerClient(AmazonCostExplorerConfig config) : base(config) { }

    public AmazonCostExplorerClient(AWSCredentials credentials) : this(credentials, new AmazonCostExplorerConfig()) { }

    public AmazonCostExplorerClient(AWSCredentials credentials, RegionEndpoint region)
        : this(credentials, new AmazonCostExplorerConfig { RegionEndpoint = region }) { }

    public AmazonCostExplorerClient(AWSCredentials credentials, AmazonCostExplorerConfig clientConfig) : base(credentials, clientConfig) { }

    public AmazonCostExplorerClient(string awsAccessKeyId, string awsSecretAccessKey)
        : this(new BasicAWSCredentials(awsAccessKeyId, awsSecretAccessKey)) { }

    public AmazonCostExplorerClient(string awsAccessKeyId, string awsSecretAccessKey, RegionEndpoint region)
        : this(new BasicAWSCredentials(awsAccessKeyId, awsSecretAccessKey), region) { }

    public AmazonCostExplorerClient(string awsAccessKeyId, string awsSecretAccessKey, AmazonCostExplorerConfig clientConfig)
        : this(new BasicAWSCredentials(awsAccessKeyId, awsSecretAccessKey), clientConfig) { }

    public AmazonCostExplorerClient(string awsAccessKeyId, string awsSecretAccessKey, string awsSessionToken)
        : this(new SessionAWSCredentials(awsAccessKeyId, awsSecretAccessKey, awsSessionToken)) { }

    public AmazonCostExplorerClient(string awsAccessKeyId, string awsSecretAccessKey, string awsSessionToken, RegionEndpoint region)
        : this(new SessionAWSCredentials(awsAccessKeyId, awsSecretAccessKey, awsSessionToken), region) { }

    public AmazonCostExplorerClient(string awsAccessKeyId, string awsSecretAccessKey, string awsSessionToken, AmazonCostExplorerConfig clientConfig)
        : this(new SessionAWSCredentials(awsAccessKeyId, awsSecretAccessKey, awsSessionToken), clientConfig) { }

    public virtual Task<GetCostAndUsageResponse> GetCostAndUsageAsync(GetCostAndUsageRequest request, CancellationToken cancellationToken = default) =>
        InvokeAsync<GetCostAndUsageResponse>(request, GetCostAndUsage, cancellationToken);
}
