using Amazon.Runtime;

namespace Amazon.ElasticLoadBalancingV2.Model;

/// <summary>What <see cref="IAmazonElasticLoadBalancingV2.DescribeTargetGroupsAsync(Model.DescribeTargetGroupsRequest, CancellationToken)"/> is asked.</summary>
public class DescribeTargetGroupsRequest : AmazonElasticLoadBalancingV2Request
{
    public string LoadBalancerArn { get; set; }

    public List<string> TargetGroupArns { get; set; }

    public List<string> Names { get; set; }

    public string Marker { get; set; }

    public int? PageSize { get; set; }
}

/// <summary>What <see cref="IAmazonElasticLoadBalancingV2.DescribeTargetGroupsAsync(Model.DescribeTargetGroupsRequest, CancellationToken)"/> answers.</summary>
public class DescribeTargetGroupsResponse : AmazonWebServiceResponse
{
    public List<TargetGroup> TargetGroups { get; set; }

    public string NextMarker { get; set; }
}

public class TargetGroup
{
    public string TargetGroupArn { get; set; }

    public string TargetGroupName { get; set; }

    public ProtocolEnum Protocol { get; set; }

    public int? Port { get; set; }

    public string VpcId { get; set; }

    public ProtocolEnum HealthCheckProtocol { get; set; }

    public string HealthCheckPort { get; set; }

    public bool? HealthCheckEnabled { get; set; }

    public int? HealthCheckIntervalSeconds { get; set; }

    public int? HealthCheckTimeoutSeconds { get; set; }

    public int? HealthyThresholdCount { get; set; }

    public int? UnhealthyThresholdCount { get; set; }

    public string HealthCheckPath { get; set; }

    public Matcher Matcher { get; set; }

    public List<string> LoadBalancerArns { get; set; }

    public TargetTypeEnum TargetType { get; set; }

    public string ProtocolVersion { get; set; }

    public TargetGroupIpAddressTypeEnum IpAddressType { get; set; }

    public int? TargetControlPort { get; set; }
}

public class Matcher
{
    public string HttpCode { get; set; }

    public string GrpcCode { get; set; }
}
