using Aws.Protocol;

namespace Amazon.ElastiCache;

/// <summary>How to reach Amazon ElastiCache; endpoint variable <c>AWS_ENDPOINT_URL_ELASTICACHE</c>.</summary>
public class AmazonElastiCacheConfig : ServiceConfig
{
    private static readonly HostRule Endpoints = new("elasticache", "elasticache-fips");

    public AmazonElastiCacheConfig() : base("ElastiCache", "elasticache", "2015-02-02", Endpoints) { }
}
