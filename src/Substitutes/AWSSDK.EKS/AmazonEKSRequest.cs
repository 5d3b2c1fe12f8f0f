using Amazon.Runtime;

namespace Amazon.EKS;

/// <summary>Base of every request to Amazon Elastic Kubernetes Service.</summary>
public class AmazonEKSRequest : AmazonWebServiceRequest
{
}
