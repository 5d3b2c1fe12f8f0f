using Amazon.Runtime;

namespace Amazon.ElastiCache;

/// <summary>Base of every request to Amazon ElastiCache.</summary>
public class AmazonElastiCacheRequest : AmazonWebServiceRequest
{
}
