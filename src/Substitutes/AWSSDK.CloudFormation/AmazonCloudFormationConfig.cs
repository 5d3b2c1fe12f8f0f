using Aws.Protocol;

namespace Amazon.CloudFormation;

/// <summary>How to reach AWS CloudFormation; endpoint variable <c>AWS_ENDPOINT_URL_CLOUDFORMATION</c>.</summary>
public class AmazonCloudFormationConfig : ServiceConfig
{
    private static readonly HostRule Endpoints = new("cloudformation", "cloudformation-fips");

    public AmazonCloudFormationConfig() : base("CloudFormation", "cloudformation", "2010-05-15", Endpoints) { }
}
