using Aws.Protocol;

namespace Amazon.CostExplorer;

/// <summary>How to reach AWS Cost Explorer; endpoint variable <c>AWS_ENDPOINT_URL_COST_EXPLORER</c>.</summary>
public class AmazonCostExplorerConfig : ServiceConfig
{
    private static readonly HostRule Endpoints = new("ce", "ce-fips");

    public AmazonCostExplorerConfig() : base("Cost Explorer", "ce", "2017-10-25", Endpoints) { }
}
