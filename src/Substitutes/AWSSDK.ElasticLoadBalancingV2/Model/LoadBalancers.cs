using Amazon.Runtime;

namespace Amazon.ElasticLoadBalancingV2.Model;

/// <summary>What <see cref="IAmazonElasticLoadBalancingV2.DescribeLoadBalancersAsync(Model.DescribeLoadBalancersRequest, CancellationToken)"/> is asked.</summary>
public class DescribeLoadBalancersRequest : AmazonElasticLoadBalancingV2Request
{
    public List<string> LoadBalancerArns { get; set; }

    public List<string> Names { get; set; }

    public string Marker { get; set; }

    public int? PageSize { get; set; }
}

/// <summary>What <see cref="IAmazonElasticLoadBalancingV2.DescribeLoadBalancersAsync(Model.DescribeLoadBalancersRequest, CancellationToken)"/> answers.</summary>
public class DescribeLoadBalancersResponse : AmazonWebServiceResponse
{
    public List<LoadBalancer> LoadBalancers { get; set; }

    public string NextMarker { get; set; }
}

public class LoadBalancer
{
    public string LoadBalancerArn { get; set; }

    public string DNSName { get; set; }

    public string CanonicalHostedZoneId { get; set; }

    public DateTime? CreatedTime { get; set; }

    public string LoadBalancerName { get; set; }

    public LoadBalancerSchemeEnum Scheme { get; set; }

    public string VpcId { get; set; }

    public LoadBalancerState State { get; set; }

    public LoadBalancerTypeEnum Type { get; set; }

    public List<AvailabilityZone> AvailabilityZones { get; set; }

    public List<string> SecurityGroups { get; set; }

    public IpAddressType IpAddressType { get; set; }

    public string CustomerOwnedIpv4Pool { get; set; }

    public string EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic { get; set; }

    public EnablePrefixForIpv6SourceNatEnum EnablePrefixForIpv6SourceNat { get; set; }

    public IpamPools IpamPools { get; set; }
}

public class LoadBalancerState
{
    public LoadBalancerStateEnum Code { get; set; }

    public string Reason { get; set; }
}

public class AvailabilityZone
{
    public string ZoneName { get; set; }

    public string SubnetId { get; set; }

    public string OutpostId { get; set; }

    public List<LoadBalancerAddress> LoadBalancerAddresses { get; set; }

    public List<string> SourceNatIpv6Prefixes { get; set; }
}

public class LoadBalancerAddress
{
    public string IpAddress { get; set; }

    public string AllocationId { get; set; }

    public string PrivateIPv4Address { get; set; }

    public string IPv6Address { get; set; }
}

public class IpamPools
{
    public string Ipv4IpamPoolId { get; set; }
}
