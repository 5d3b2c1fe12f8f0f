using Aws.Protocol;

namespace Amazon.RDS;

/// <summary>How to reach Amazon RDS; endpoint variable <c>AWS_ENDPOINT_URL_RDS</c>.</summary>
public class AmazonRDSConfig : ServiceConfig
{
    private static readonly HostRule Endpoints = new("rds", "rds-fips");

    public AmazonRDSConfig() : base("RDS", "rds", "2014-10-31", Endpoints) { }
}
