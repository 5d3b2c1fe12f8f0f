using Amazon.Runtime;
using Amazon.RDS.Model;
using Aws.Protocol;

namespace Amazon.RDS;

/// <summary>The client of Amazon RDS.</summary>
public class AmazonRDSClient : ServiceClient, IAmazonRDS
{
    private static readonly Query Wire = new(Internal.RDSShapes.All, "rds", "2014-10-31");

    private static readonly Operation DescribeDBInstances = Wire.Op<DescribeDBInstancesRequest, DescribeDBInstancesResponse>();

    public AmazonRDSClient() : base(new AmazonRDSConfig()) { }

    public AmazonRDSClient(RegionEndpoint region) : base(new AmazonRDSConfig { RegionEndpoint = region }) { }

    public AmazonRDSClient(AmazonRDSConfig config) : base(config) { }

    public AmazonRDSClient(AWSCredentials credentials) : this(credentials, new AmazonRDSConfig()) { }

    public AmazonRDSClient(AWSCredentials credentials, RegionEndpoint region)
        : this(credentials, new AmazonRDSConfig { RegionEndpoint = region }) { }

    public AmazonRDSClient(AWSCredentials credentials, AmazonRDSConfig clientConfig) : base(credentials, clientConfig) { }

    public AmazonRDSClient(string awsAccessKeyId, string awsSecretAccessKey)
        : this(new BasicAWSCredentials(awsAccessKeyId, awsSecretAccessKey)) { }

    public AmazonRDSClient(string awsAccessKeyId, string awsSecretAccessKey, RegionEndpoint region)
        : this(new BasicAWSCredentials(awsAccessKeyId, awsSecretAccessKey), region) { }

    public AmazonRDSClient(string awsAccessKeyId, string awsSecretAccessKey, AmazonRDSConfig clientConfig)
        : this(new BasicAWSCredentials(awsAccessKeyId, awsSecretAccessKey), clientConfig) { }

    public AmazonRDSClient(string awsAccessKeyId, string awsSecretAccessKey, string awsSessionToken)
        : this(new SessionAWSCredentials(awsAccessKeyId, awsSecretAccessKey, awsSessionToken)) { }

    public AmazonRDSClient(string awsAccessKeyId, string awsSecretAccessKey, string awsSessionToken, RegionEndpoint region)
        : this(new SessionAWSCredentials(awsAccessKeyId, awsSecretAccessKey, awsSessionToken), region) { }

    public AmazonRDSClient(string awsAccessKeyId, string awsSecretAccessKey, string awsSessionToken, AmazonRDSConfig clientConfig)
        : this(new SessionAWSCredentials(awsAccessKeyId, awsSecretAccessKey, awsSessionToken), clientConfig) { }

    public virtual Task<DescribeDBInstancesResponse> DescribeDBInstancesAsync(DescribeDBInstancesRequest request, CancellationToken cancellationToken = default) =>
        InvokeAsync<DescribeDBInstancesResponse>(request, DescribeDBInstances, cancellationToken);
}
