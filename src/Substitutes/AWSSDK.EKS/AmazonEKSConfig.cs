using Aws.Protocol;

namespace Amazon.EKS;

/// <summary>How to reach Amazon Elastic Kubernetes Service; endpoint variable <c>AWS_ENDPOINT_URL_EKS</c>.</summary>
public class AmazonEKSConfig : ServiceConfig
{
    private static readonly HostRule Endpoints = new("eks", "fips.eks");

    public AmazonEKSConfig() : base("EKS", "eks", "2017-11-01", Endpoints) { }
}
