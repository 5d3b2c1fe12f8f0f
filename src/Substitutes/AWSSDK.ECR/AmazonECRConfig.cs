using Aws.Protocol;

namespace Amazon.ECR;

/// <summary>How to reach Amazon Elastic Container Registry; endpoint variable <c>AWS_ENDPOINT_URL_ECR</c>.</summary>
public class AmazonECRConfig : ServiceConfig
{
    private static readonly HostRule Endpoints = new("api.ecr", "ecr-fips");

    public AmazonECRConfig() : base("ECR", "ecr", "2015-09-21", Endpoints) { }
}
