using Amazon.Runtime;

namespace Amazon.CloudFormation.Model;

/// <summary>What <see cref="IAmazonCloudFormation.DescribeStackEventsAsync(Model.DescribeStackEventsRequest, CancellationToken)"/> is asked.</summary>
public class DescribeStackEventsRequest : AmazonCloudFormationRequest
{
    public string StackName { get; set; }

    public string NextToken { get; set; }
}

/// <summary>What <see cref="IAmazonCloudFormation.DescribeStackEventsAsync(Model.DescribeStackEventsRequest, CancellationToken)"/> answers.</summary>
public class DescribeStackEventsResponse : AmazonWebServiceResponse
{
    public List<StackEvent> StackEvents { get; set; }

    public string NextToken { get; set; }
}

public class StackEvent
{
    public string StackId { get; set; }

    public string EventId { get; set; }

    public string StackName { get; set; }

    public string OperationId { get; set; }

    public string LogicalResourceId { get; set; }

    public string PhysicalResourceId { get; set; }

    public string ResourceType { get; set; }

    public DateTime? Timestamp { get; set; }

    public ResourceStatus ResourceStatus { get; set; }

    public string ResourceStatusReason { get; set; }

    public string ResourceProperties { get; set; }

    public string ClientRequestToken { get; set; }

    public DetailedStatus DetailedStatus { get; set; }
}

/// <summary>What <see cref="IAmazonCloudFormation.DescribeStackResourcesAsync(Model.DescribeStackResourcesRequest, CancellationToken)"/> is asked.</summary>
public class DescribeStackResourcesRequest : AmazonCloudFormationRequest
{
    public string StackName { get; set; }

    public string LogicalResourceId { get; set; }

    public string PhysicalResourceId { get; set; }
}

/// <summary>What <see cref="IAmazonCloudFormation.DescribeStackResourcesAsync(Model.DescribeStackResourcesRequest, CancellationToken)"/> answers.</summary>
public class DescribeStackResourcesResponse : AmazonWebServiceResponse
{
    public List<StackResource> StackResources { get; set; }
}

public class StackResource
{
    public string StackName { get; set; }

    public string StackId { get; set; }

    public string LogicalResourceId { get; set; }

    public string PhysicalResourceId { get; set; }

    public string ResourceType { get; set; }

    public DateTime? Timestamp { get; set; }

    public ResourceStatus ResourceStatus { get; set; }

    public string ResourceStatusReason { get; set; }

    public string Description { get; set; }
}
