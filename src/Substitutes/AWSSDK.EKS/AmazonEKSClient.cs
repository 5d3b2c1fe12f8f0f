using Amazon.EKS.Model;
using Amazon.Runtime;
using Aws.Protocol;

namespace Amazon.EKS;

/// <summary>The client of Amazon Elastic Kubernetes Service.</summary>
public class AmazonEKSClient : ServiceClient, IAmazonEKS
{
    private static readonly RestJson Wire = new(Internal.EKSShapes.All, "eks");

    private static readonly Operation DescribeCluster = Wire.Op<DescribeClusterRequest, DescribeClusterResponse>("GET /clusters/{Name}");
    private static readonly Operation ListNodegroups = Wire.Op<ListNodegroupsRequest, ListNodegroupsResponse>("GET /clusters/{ClusterName}/node-groups?MaxResults=maxResults&NextToken=nextToken");
    private static readonly Operation DescribeNodegroup = Wire.Op<DescribeNodegroupRequest, DescribeNodegroupResponse>("GET /clusters/{ClusterName}/node-groups/{NodegroupName}");

    public AmazonEKSClient() : base(new AmazonEKSConfig()) { }

    public AmazonEKSClient(RegionEndpoint region) : base(new AmazonEKSConfig { RegionEndpoint = region }) { }

    public AmazonEKSClient(AmazonEKSConfig config) : base(config) { }

    public AmazonEKSClient(AWSCredentials credentials) : this(credentials, new AmazonEKSConfig()) { }

    public AmazonEKSClient(AWSCredentials credentials, RegionEndpoint region)
        : this(credentials, new AmazonEKSConfig { RegionEndpoint = region }) { }

    public AmazonEKSClient(AWSCredentials credentials, AmazonEKSConfig clientConfig) : base(credentials, clientConfig) { }

    public AmazonEKSClient(string awsAccessKeyId, string awsSecretAccessKey)
        : this(new BasicAWSCredentials(awsAccessKeyId, awsSecretAccessKey)) { }

    public AmazonEKSClient(string awsAccessKeyId, string awsSecretAccessKey, RegionEndpoint region)
        : this(new BasicAWSCredentials(awsAccessKeyId, awsSecretAccessKey), region) { }

    public AmazonEKSClient(string awsAccessKeyId, string awsSecretAccessKey, AmazonEKSConfig clientConfig)
        : this(new BasicAWSCredentials(awsAccessKeyId, awsSecretAccessKey), clientConfig) { }

    public AmazonEKSClient(string awsAccessKeyId, string awsSecretAccessKey, string awsSessionToken)
        : this(new SessionAWSCredentials(awsAccessKeyId, awsSecretAccessKey, awsSessionToken)) { }

    public AmazonEKSClient(string awsAccessKeyId, string awsSecretAccessKey, string awsSessionToken, RegionEndpoint region)
        : this(new SessionAWSCredentials(awsAccessKeyId, awsSecretAccessKey, awsSessionToken), region) { }

    public AmazonEKSClient(string awsAccessKeyId, string awsSecretAccessKey, string awsSessionToken, AmazonEKSConfig clientConfig)
        : this(new SessionAWSCredentials(awsAccessKeyId, awsSecretAccessKey, awsSessionToken), clientConfig) { }

    public virtual Task<DescribeClusterResponse> DescribeClusterAsync(DescribeClusterRequest request, CancellationToken cancellationToken = default) =>
        InvokeAsync<DescribeClusterResponse>(request, DescribeCluster, cancellationToken);

    public virtual Task<ListNodegroupsResponse> ListNodegroupsAsync(ListNodegroupsRequest request, CancellationToken cancellationToken = default) =>
        InvokeAsync<ListNodegroupsResponse>(request, ListNodegroups, cancellationToken);

    public virtual Task<DescribeNodegroupResponse> DescribeNodegroupAsync(DescribeNodegroupRequest request, CancellationToken cancellationToken = default) =>
        InvokeAsync<DescribeNodegroupResponse>(request, DescribeNodegroup, cancellationToken);
}
