using Amazon.Runtime;

namespace Amazon.CloudWatch;

/// <summary>Base of every request to Amazon CloudWatch.</summary>
public class AmazonCloudWatchRequest : AmazonWebServiceRequest
{
}
