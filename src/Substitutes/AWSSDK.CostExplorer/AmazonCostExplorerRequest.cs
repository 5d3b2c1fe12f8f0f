using Amazon.Runtime;

namespace Amazon.CostExplorer;

/// <summary>Base of every request to AWS Cost Explorer.</summary>
public class AmazonCostExplorerRequest : AmazonWebServiceRequest
{
}
