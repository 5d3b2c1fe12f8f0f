using Amazon.Runtime;

namespace Amazon.RDS;

/// <summary>Base of every request to Amazon RDS.</summary>
public class AmazonRDSRequest : AmazonWebServiceRequest
{
}
