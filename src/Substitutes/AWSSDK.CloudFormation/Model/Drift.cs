using Amazon.Runtime;

namespace Amazon.CloudFormation.Model;

/// <summary>What <see cref="IAmazonCloudFormation.DetectStackDriftAsync(Model.DetectStackDriftRequest, CancellationToken)"/> is asked.</summary>
public class DetectStackDriftRequest : AmazonCloudFormationRequest
{
    public string StackName { get; set; }

    public List<string> LogicalResourceIds { get; set; }
}

/// <summary>What <see cref="IAmazonCloudFormation.DetectStackDriftAsync(Model.DetectStackDriftRequest, CancellationToken)"/> answers.</summary>
public class DetectStackDriftResponse : AmazonWebServiceResponse
{
    public string StackDriftDetectionId { get; set; }
}

/// <summary>What <see cref="IAmazonCloudFormation.DescribeStackDriftDetectionStatusAsync(Model.DescribeStackDriftDetectionStatusRequest, CancellationToken)"/> is asked.</summary>
public class DescribeStackDriftDetectionStatusRequest : AmazonCloudFormationRequest
{
    public string StackDriftDetectionId { get; set; }
}

/// <summary>What <see cref="IAmazonCloudFormation.DescribeStackDriftDetectionStatusAsync(Model.DescribeStackDriftDetectionStatusRequest, CancellationToken)"/> answers.</summary>
public class DescribeStackDriftDetectionStatusResponse : AmazonWebServiceResponse
{
    public string StackId { get; set; }

    public string StackDriftDetectionId { get; set; }

    public StackDriftStatus StackDriftStatus { get; set; }

    public StackDriftDetectionStatus DetectionStatus { get; set; }

    public string DetectionStatusReason { get; set; }

    public int? DriftedStackResourceCount { get; set; }

    public DateTime? Timestamp { get; set; }
}

/// <summary>What <see cref="IAmazonCloudFormation.DescribeStackResourceDriftsAsync(Model.DescribeStackResourceDriftsRequest, CancellationToken)"/> is asked.</summary>
public class DescribeStackResourceDriftsRequest : AmazonCloudFormationRequest
{
    public string StackName { get; set; }

    public List<string> StackResourceDriftStatusFilters { get; set; }

    public string NextToken { get; set; }

    public int? MaxResults { get; set; }
}

/// <summary>What <see cref="IAmazonCloudFormation.DescribeStackResourceDriftsAsync(Model.DescribeStackResourceDriftsRequest, CancellationToken)"/> answers.</summary>
public class DescribeStackResourceDriftsResponse : AmazonWebServiceResponse
{
    public List<StackResourceDrift> StackResourceDrifts { get; set; }

    public string NextToken { get; set; }
}

public class StackResourceDrift
{
    public string StackId { get; set; }

    public string LogicalResourceId { get; set; }

    public string PhysicalResourceId { get; set; }

    public List<PhysicalResourceIdContextKeyValuePair> PhysicalResourceIdContext { get; set; }

    public string ResourceType { get; set; }

    public string ExpectedProperties { get; set; }

    public string ActualProperties { get; set; }

    public List<PropertyDifference> PropertyDifferences { get; set; }

    public StackResourceDriftStatus StackResourceDriftStatus { get; set; }

    public DateTime? Timestamp { get; set; }
}

public class PhysicalResourceIdContextKeyValuePair
{
    public string Key { get; set; }

    public string Value { get; set; }
}

public class PropertyDifference
{
    public string PropertyPath { get; set; }

    public string ExpectedValue { get; set; }

    public string ActualValue { get; set; }

    public DifferenceType DifferenceType { get; set; }
}
