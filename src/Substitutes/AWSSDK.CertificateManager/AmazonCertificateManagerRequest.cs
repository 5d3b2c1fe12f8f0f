using Amazon.Runtime;

namespace Amazon.CertificateManager;

/// <summary>Base of every request to AWS Certificate Manager.</summary>
public class AmazonCertificateManagerRequest : AmazonWebServiceRequest
{
}
