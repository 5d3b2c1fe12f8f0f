using Amazon.Runtime;

namespace Amazon.CloudFormation;

/// <summary>Base of every request to AWS CloudFormation.</summary>
public class AmazonCloudFormationRequest : AmazonWebServiceRequest
{
}
