using Amazon.Runtime;

namespace Amazon.CloudWatch.Model;

/// <summary>What <see cref="IAmazonCloudWatch.DescribeAlarmsAsync(Model.DescribeAlarmsRequest, CancellationToken)"/> is asked.</summary>
public class DescribeAlarmsRequest : AmazonCloudWatchRequest
{
    public List<string> AlarmNames { get; set; }

    public string AlarmNamePrefix { get; set; }

    public StateValue StateValue { get; set; }

    public int? MaxRecords { get; set; }

    public string NextToken { get; set; }
}

/// <summary>What <see cref="IAmazonCloudWatch.DescribeAlarmsAsync(Model.DescribeAlarmsRequest, CancellationToken)"/> answers.</summary>
public class DescribeAlarmsResponse : AmazonWebServiceResponse
{
    public List<MetricAlarm> MetricAlarms { get; set; }

    public string NextToken { get; set; }
}

public class MetricAlarm
{
    public string AlarmName { get; set; }

    public string AlarmArn { get; set; }

    public string AlarmDescription { get; set; }

    public bool? ActionsEnabled { get; set; }

    public List<string> OKActions { get; set; }

    public List<string> AlarmActions { get; set; }

    public StateValue StateValue { get; set; }

    public string StateReason { get; set; }

    public DateTime? StateUpdatedTimestamp { get; set; }

    public string MetricName { get; set; }

    public string Namespace { get; set; }

    public double? Threshold { get; set; }
}

/// <summary>What <see cref="IAmazonCloudWatch.GetMetricDataAsync(Model.GetMetricDataRequest, CancellationToken)"/> is asked.</summary>
public class GetMetricDataRequest : AmazonCloudWatchRequest
{
    public List<MetricDataQuery> MetricDataQueries { get; set; }

    public DateTime? StartTime { get; set; }

    public DateTime? EndTime { get; set; }

    public string NextToken { get; set; }
}

public class MetricDataQuery
{
    public string Id { get; set; }

    public MetricStat MetricStat { get; set; }

    public string Expression { get; set; }

    public string Label { get; set; }

    public bool? ReturnData { get; set; }

    public int? Period { get; set; }
}

public class MetricStat
{
    public Metric Metric { get; set; }

    public int? Period { get; set; }

    public string Stat { get; set; }
}

public class Metric
{
    public string Namespace { get; set; }

    public string MetricName { get; set; }

    public List<Dimension> Dimensions { get; set; }
}

public class Dimension
{
    public string Name { get; set; }

    public string Value { get; set; }
}

/// <summary>What <see cref="IAmazonCloudWatch.GetMetricDataAsync(Model.GetMetricDataRequest, CancellationToken)"/> answers.</summary>
public class GetMetricDataResponse : AmazonWebServiceResponse
{
    public List<MetricDataResult> MetricDataResults { get; set; }

    public string NextToken { get; set; }
}

public class MetricDataResult
{
    public string Id { get; set; }

    public string Label { get; set; }

    public List<DateTime> Timestamps { get; set; }

    public List<double> Values { get; set; }

    public StatusCode StatusCode { get; set; }
}
