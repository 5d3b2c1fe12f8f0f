using Amazon.Runtime;

namespace Amazon.EKS.Model;

/// <summary>What <see cref="IAmazonEKS.ListNodegroupsAsync(Model.ListNodegroupsRequest, CancellationToken)"/> is asked.</summary>
public class ListNodegroupsRequest : AmazonEKSRequest
{
    public string ClusterName { get; set; }

    public int? MaxResults { get; set; }

    public string NextToken { get; set; }
}

/// <summary>What <see cref="IAmazonEKS.ListNodegroupsAsync(Model.ListNodegroupsRequest, CancellationToken)"/> answers.</summary>
public class ListNodegroupsResponse : AmazonWebServiceResponse
{
    public List<string> Nodegroups { get; set; }

    public string NextToken { get; set; }
}

/// <summary>What <see cref="IAmazonEKS.DescribeNodegroupAsync(Model.DescribeNodegroupRequest, CancellationToken)"/> is asked.</summary>
public class DescribeNodegroupRequest : AmazonEKSRequest
{
    public string ClusterName { get; set; }

    public string NodegroupName { get; set; }
}

/// <summary>What <see cref="IAmazonEKS.DescribeNodegroupAsync(Model.DescribeNodegroupRequest, CancellationToken)"/> answers.</summary>
public class DescribeNodegroupResponse : AmazonWebServiceResponse
{
    public Nodegroup Nodegroup { get; set; }
}

public class Nodegroup
{
    public string NodegroupName { get; set; }

    public string NodegroupArn { get; set; }

    public string ClusterName { get; set; }

    public string Version { get; set; }

    public string ReleaseVersion { get; set; }

    public DateTime? CreatedAt { get; set; }

    public DateTime? ModifiedAt { get; set; }

    public NodegroupStatus Status { get; set; }

    public CapacityTypes CapacityType { get; set; }

    public NodegroupScalingConfig ScalingConfig { get; set; }

    public List<string> InstanceTypes { get; set; }

    public List<string> Subnets { get; set; }

    public AMITypes AmiType { get; set; }

    public string NodeRole { get; set; }

    public Dictionary<string, string> Labels { get; set; }

    public List<Taint> Taints { get; set; }

    public NodegroupResources Resources { get; set; }

    public int? DiskSize { get; set; }

    public NodegroupHealth Health { get; set; }

    public Dictionary<string, string> Tags { get; set; }
}

public class NodegroupScalingConfig
{
    public int? MinSize { get; set; }

    public int? MaxSize { get; set; }

    public int? DesiredSize { get; set; }
}

public class Taint
{
    public string Key { get; set; }

    public string Value { get; set; }

    public TaintEffect Effect { get; set; }
}

public class NodegroupResources
{
    public List<AutoScalingGroup> AutoScalingGroups { get; set; }

    public string RemoteAccessSecurityGroup { get; set; }
}

public class AutoScalingGroup
{
    public string Name { get; set; }
}

public class NodegroupHealth
{
    public List<Issue> Issues { get; set; }
}

public class Issue
{
    public NodegroupIssueCode Code { get; set; }

    public string Message { get; set; }

    public List<string> ResourceIds { get; set; }
}
