using Aws.Protocol;

namespace Amazon.CloudWatch;

/// <summary>How to reach Amazon CloudWatch; endpoint variable <c>AWS_ENDPOINT_URL_CLOUDWATCH</c>.</summary>
public class AmazonCloudWatchConfig : ServiceConfig
{
    private static readonly HostRule Endpoints = new("monitoring", "monitoring-fips");

    public AmazonCloudWatchConfig() : base("CloudWatch", "monitoring", "2010-08-01", Endpoints) { }
}
