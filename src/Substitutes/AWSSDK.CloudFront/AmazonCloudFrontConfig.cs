using Aws.Protocol;

namespace Amazon.CloudFront;

/// <summary>How to reach Amazon CloudFront; endpoint variable <c>AWS_ENDPOINT_URL_CLOUDFRONT</c>.</summary>
public class AmazonCloudFrontConfig : ServiceConfig
{
    private static readonly HostRule Endpoints = new("cloudfront", "cloudfront-fips", global: true);

    public AmazonCloudFrontConfig() : base("CloudFront", "cloudfront", "2020-05-31", Endpoints) { }
}
