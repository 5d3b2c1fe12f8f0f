using Amazon.Runtime;

namespace Amazon.SecretsManager;

/// <summary>Base of every request to AWS Secrets Manager.</summary>
public class AmazonSecretsManagerRequest : AmazonWebServiceRequest
{
}
