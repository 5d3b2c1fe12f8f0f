using Amazon.Runtime;

namespace Amazon.ElasticLoadBalancingV2;

/// <summary>Base of every request to Elastic Load Balancing.</summary>
public class AmazonElasticLoadBalancingV2Request : AmazonWebServiceRequest
{
}
