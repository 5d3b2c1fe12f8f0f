using Amazon.Runtime;

namespace Amazon.CloudFormation.Model;

/// <summary>What <see cref="IAmazonCloudFormation.DescribeStacksAsync(Model.DescribeStacksRequest, CancellationToken)"/> is asked.</summary>
public class DescribeStacksRequest : AmazonCloudFormationRequest
{
    public string StackName { get; set; }

    public string NextToken { get; set; }
}

/// <summary>What <see cref="IAmazonCloudFormation.DescribeStacksAsync(Model.DescribeStacksRequest, CancellationToken)"/> answers.</summary>
public class DescribeStacksResponse : AmazonWebServiceResponse
{
    public List<Stack> Stacks { get; set; }

    public string NextToken { get; set; }
}

public class Stack
{
    public string StackId { get; set; }

    public string StackName { get; set; }

    public string ChangeSetId { get; set; }

    public string Description { get; set; }

    public List<Parameter> Parameters { get; set; }

    public DateTime? CreationTime { get; set; }

    public DateTime? DeletionTime { get; set; }

    public DateTime? LastUpdatedTime { get; set; }

    public RollbackConfiguration RollbackConfiguration { get; set; }

    public StackStatus StackStatus { get; set; }

    public string StackStatusReason { get; set; }

    public bool? DisableRollback { get; set; }

    public List<string> NotificationARNs { get; set; }

    public int? TimeoutInMinutes { get; set; }

    public List<string> Capabilities { get; set; }

    public List<Output> Outputs { get; set; }

    public string RoleARN { get; set; }

    public List<Tag> Tags { get; set; }

    public bool? EnableTerminationProtection { get; set; }

    public string ParentId { get; set; }

    public string RootId { get; set; }

    public bool? RetainExceptOnCreate { get; set; }

    public DeletionMode DeletionMode { get; set; }

    public DetailedStatus DetailedStatus { get; set; }
}

public class Parameter
{
    public string ParameterKey { get; set; }

    public string ParameterValue { get; set; }

    public bool? UsePreviousValue { get; set; }

    public string ResolvedValue { get; set; }
}

public class RollbackConfiguration
{
    public List<RollbackTrigger> RollbackTriggers { get; set; }

    public int? MonitoringTimeInMinutes { get; set; }
}

public class RollbackTrigger
{
    public string Arn { get; set; }

    public string Type { get; set; }
}

public class Output
{
    public string OutputKey { get; set; }

    public string OutputValue { get; set; }

    public string Description { get; set; }

    public string ExportName { get; set; }
}

public class Tag
{
    public string Key { get; set; }

    public string Value { get; set; }
}

/// <summary>What <see cref="IAmazonCloudFormation.DeleteStackAsync(Model.DeleteStackRequest, CancellationToken)"/> is asked.</summary>
public class DeleteStackRequest : AmazonCloudFormationRequest
{
    public string StackName { get; set; }

    public List<string> RetainResources { get; set; }

    public string RoleARN { get; set; }

    public string ClientRequestToken { get; set; }

    public DeletionMode DeletionMode { get; set; }
}

/// <summary>What <see cref="IAmazonCloudFormation.DeleteStackAsync(Model.DeleteStackRequest, CancellationToken)"/> answers.</summary>
public class DeleteStackResponse : AmazonWebServiceResponse
{
}
