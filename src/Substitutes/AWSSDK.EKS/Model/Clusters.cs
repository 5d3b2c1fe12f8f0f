using Amazon.Runtime;

namespace Amazon.EKS.Model;

/// <summary>What <see cref="IAmazonEKS.DescribeClusterAsync(Model.DescribeClusterRequest, CancellationToken)"/> is asked.</summary>
public class DescribeClusterRequest : AmazonEKSRequest
{
    public string Name { get; set; }
}

/// <summary>What <see cref="IAmazonEKS.DescribeClusterAsync(Model.DescribeClusterRequest, CancellationToken)"/> answers.</summary>
public class DescribeClusterResponse : AmazonWebServiceResponse
{
    public Cluster Cluster { get; set; }
}

public class Cluster
{
    public string Name { get; set; }

    public string Arn { get; set; }

    public DateTime? CreatedAt { get; set; }

    public string Version { get; set; }

    public string Endpoint { get; set; }

    public string RoleArn { get; set; }

    public VpcConfigResponse ResourcesVpcConfig { get; set; }

    public KubernetesNetworkConfigResponse KubernetesNetworkConfig { get; set; }

    public Identity Identity { get; set; }

    public ClusterStatus Status { get; set; }

    public Certificate CertificateAuthority { get; set; }

    public string PlatformVersion { get; set; }

    public Dictionary<string, string> Tags { get; set; }

    public string Id { get; set; }

    public ClusterHealth Health { get; set; }

    public AccessConfigResponse AccessConfig { get; set; }

    public bool? DeletionProtection { get; set; }
}

public class VpcConfigResponse
{
    public List<string> SubnetIds { get; set; }

    public List<string> SecurityGroupIds { get; set; }

    public string ClusterSecurityGroupId { get; set; }

    public string VpcId { get; set; }

    public bool? EndpointPublicAccess { get; set; }

    public bool? EndpointPrivateAccess { get; set; }

    public List<string> PublicAccessCidrs { get; set; }
}

public class KubernetesNetworkConfigResponse
{
    public string ServiceIpv4Cidr { get; set; }

    public string ServiceIpv6Cidr { get; set; }

    public IpFamily IpFamily { get; set; }

    public ElasticLoadBalancing ElasticLoadBalancing { get; set; }
}

public class ElasticLoadBalancing
{
    public bool? Enabled { get; set; }
}

public class Identity
{
    public OIDC Oidc { get; set; }
}

public class OIDC
{
    public string Issuer { get; set; }
}

public class Certificate
{
    public string Data { get; set; }
}

public class ClusterHealth
{
    public List<ClusterIssue> Issues { get; set; }
}

public class ClusterIssue
{
    public ClusterIssueCode Code { get; set; }

    public string Message { get; set; }

    public List<string> ResourceIds { get; set; }
}

public class AccessConfigResponse
{
    public bool? BootstrapClusterCreatorAdminPermissions { get; set; }

    public AuthenticationMode AuthenticationMode { get; set; }
}
