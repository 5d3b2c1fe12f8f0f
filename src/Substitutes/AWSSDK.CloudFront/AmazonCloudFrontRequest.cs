using Amazon.Runtime;

namespace Amazon.CloudFront;

/// <summary>Base of every request to Amazon CloudFront.</summary>
public class AmazonCloudFrontRequest : AmazonWebServiceRequest
{
}
