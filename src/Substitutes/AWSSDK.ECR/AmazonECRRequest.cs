using Amazon.Runtime;

namespace Amazon.ECR;

/// <summary>Base of every request to Amazon Elastic Container Registry.</summary>
public class AmazonECRRequest : AmazonWebServiceRequest
{
}
