using Aws.Protocol;

namespace Amazon.ElasticLoadBalancingV2;

/// <summary>How to reach Elastic Load Balancing; endpoint variable <c>AWS_ENDPOINT_URL_ELASTIC_LOAD_BALANCING_V2</c>.</summary>
public class AmazonElasticLoadBalancingV2Config : ServiceConfig
{
    private static readonly HostRule Endpoints = new("elasticloadbalancing", "elasticloadbalancing-fips");

    public AmazonElasticLoadBalancingV2Config() : base("Elastic Load Balancing v2", "elasticloadbalancing", "2015-12-01", Endpoints) { }
}
