using Amazon.Runtime;

namespace Amazon.CostExplorer.Model;

/// <summary>What <see cref="IAmazonCostExplorer.GetCostAndUsageAsync(Model.GetCostAndUsageRequest, CancellationToken)"/> is asked.</summary>
public class GetCostAndUsageRequest : AmazonCostExplorerRequest
{
    public DateInterval TimePeriod { get; set; }

    public Granularity Granularity { get; set; }

    public Expression Filter { get; set; }

    public List<string> Metrics { get; set; }

    public List<GroupDefinition> GroupBy { get; set; }

    public string NextPageToken { get; set; }
}

public class DateInterval
{
    public string Start { get; set; }

    public string End { get; set; }
}

public class Expression
{
    public TagValues Tags { get; set; }
}

public class TagValues
{
    public string Key { get; set; }

    public List<string> Values { get; set; }
}

public class GroupDefinition
{
    public GroupDefinitionType Type { get; set; }

    public string Key { get; set; }
}

/// <summary>What <see cref="IAmazonCostExplorer.GetCostAndUsageAsync(Model.GetCostAndUsageRequest, CancellationToken)"/> answers.</summary>
public class GetCostAndUsageResponse : AmazonWebServiceResponse
{
    public string NextPageToken { get; set; }

    public List<GroupDefinition> GroupDefinitions { get; set; }

    public List<ResultByTime> ResultsByTime { get; set; }
}

public class ResultByTime
{
    public DateInterval TimePeriod { get; set; }

    public Dictionary<string, MetricValue> Total { get; set; }

    public List<Group> Groups { get; set; }

    public bool? Estimated { get; set; }
}

public class MetricValue
{
    public string Amount { get; set; }

    public string Unit { get; set; }
}

public class Group
{
    public List<string> Keys { get; set; }

    public Dictionary<string, MetricValue> Metrics { get; set; }
}
