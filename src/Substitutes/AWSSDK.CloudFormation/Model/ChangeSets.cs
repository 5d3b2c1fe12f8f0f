using Amazon.Runtime;

namespace Amazon.CloudFormation.Model;

/// <summary>What <see cref="IAmazonCloudFormation.CreateChangeSetAsync(Model.CreateChangeSetRequest, CancellationToken)"/> is asked.</summary>
public class CreateChangeSetRequest : AmazonCloudFormationRequest
{
    public string StackName { get; set; }

    public string TemplateBody { get; set; }

    public string TemplateURL { get; set; }

    public bool? UsePreviousTemplate { get; set; }

    public List<Parameter> Parameters { get; set; }

    public List<string> Capabilities { get; set; }

    public List<string> ResourceTypes { get; set; }

    public string RoleARN { get; set; }

    public RollbackConfiguration RollbackConfiguration { get; set; }

    public List<string> NotificationARNs { get; set; }

    public List<Tag> Tags { get; set; }

    public string ChangeSetName { get; set; }

    public string ClientToken { get; set; }

    public string Description { get; set; }

    public ChangeSetType ChangeSetType { get; set; }

    public List<ResourceToImport> ResourcesToImport { get; set; }

    public bool? IncludeNestedStacks { get; set; }

    public OnStackFailure OnStackFailure { get; set; }

    public bool? ImportExistingResources { get; set; }

    public DeploymentMode DeploymentMode { get; set; }
}

public class ResourceToImport
{
    public string ResourceType { get; set; }

    public string LogicalResourceId { get; set; }

    public Dictionary<string, string> ResourceIdentifier { get; set; }
}

/// <summary>What <see cref="IAmazonCloudFormation.CreateChangeSetAsync(Model.CreateChangeSetRequest, CancellationToken)"/> answers.</summary>
public class CreateChangeSetResponse : AmazonWebServiceResponse
{
    public string Id { get; set; }

    public string StackId { get; set; }
}

/// <summary>What <see cref="IAmazonCloudFormation.DescribeChangeSetAsync(Model.DescribeChangeSetRequest, CancellationToken)"/> is asked.</summary>
public class DescribeChangeSetRequest : AmazonCloudFormationRequest
{
    public string ChangeSetName { get; set; }

    public string StackName { get; set; }

    public string NextToken { get; set; }

    public bool? IncludePropertyValues { get; set; }
}

/// <summary>What <see cref="IAmazonCloudFormation.DescribeChangeSetAsync(Model.DescribeChangeSetRequest, CancellationToken)"/> answers.</summary>
public class DescribeChangeSetResponse : AmazonWebServiceResponse
{
    public string ChangeSetName { get; set; }

    public string ChangeSetId { get; set; }

    public string StackId { get; set; }

    public string StackName { get; set; }

    public string Description { get; set; }

    public List<Parameter> Parameters { get; set; }

    public DateTime? CreationTime { get; set; }

    public ExecutionStatus ExecutionStatus { get; set; }

    public ChangeSetStatus Status { get; set; }

    public string StatusReason { get; set; }

    public List<string> NotificationARNs { get; set; }

    public RollbackConfiguration RollbackConfiguration { get; set; }

    public List<string> Capabilities { get; set; }

    public List<Tag> Tags { get; set; }

    public List<Change> Changes { get; set; }

    public string NextToken { get; set; }

    public bool? IncludeNestedStacks { get; set; }

    public string ParentChangeSetId { get; set; }

    public string RootChangeSetId { get; set; }

    public OnStackFailure OnStackFailure { get; set; }

    public bool? ImportExistingResources { get; set; }

    public DeploymentMode DeploymentMode { get; set; }
}

public class Change
{
    public ChangeType Type { get; set; }

    public int? HookInvocationCount { get; set; }

    public ResourceChange ResourceChange { get; set; }
}

public class ResourceChange
{
    public PolicyAction PolicyAction { get; set; }

    public ChangeAction Action { get; set; }

    public string LogicalResourceId { get; set; }

    public string PhysicalResourceId { get; set; }

    public string ResourceType { get; set; }

    public Replacement Replacement { get; set; }

    public List<string> Scope { get; set; }

    public List<ResourceChangeDetail> Details { get; set; }

    public string ChangeSetId { get; set; }

    public string BeforeContext { get; set; }

    public string AfterContext { get; set; }
}

public class ResourceChangeDetail
{
    public ResourceTargetDefinition Target { get; set; }

    public EvaluationType Evaluation { get; set; }

    public ChangeSource ChangeSource { get; set; }

    public string CausingEntity { get; set; }
}

public class ResourceTargetDefinition
{
    public ResourceAttribute Attribute { get; set; }

    public string Name { get; set; }

    public RequiresRecreation RequiresRecreation { get; set; }

    public string Path { get; set; }

    public string BeforeValue { get; set; }

    public string AfterValue { get; set; }

    public AttributeChangeType AttributeChangeType { get; set; }
}

/// <summary>What <see cref="IAmazonCloudFormation.ExecuteChangeSetAsync(Model.ExecuteChangeSetRequest, CancellationToken)"/> is asked.</summary>
public class ExecuteChangeSetRequest : AmazonCloudFormationRequest
{
    public string ChangeSetName { get; set; }

    public string StackName { get; set; }

    public string ClientRequestToken { get; set; }

    public bool? DisableRollback { get; set; }

    public bool? RetainExceptOnCreate { get; set; }
}

/// <summary>What <see cref="IAmazonCloudFormation.ExecuteChangeSetAsync(Model.ExecuteChangeSetRequest, CancellationToken)"/> answers.</summary>
public class ExecuteChangeSetResponse : AmazonWebServiceResponse
{
}

/// <summary>What <see cref="IAmazonCloudFormation.DeleteChangeSetAsync(Model.DeleteChangeSetRequest, CancellationToken)"/> is asked.</summary>
public class DeleteChangeSetRequest : AmazonCloudFormationRequest
{
    public string ChangeSetName { get; set; }

    public string StackName { get; set; }
}

/// <summary>What <see cref="IAmazonCloudFormation.DeleteChangeSetAsync(Model.DeleteChangeSetRequest, CancellationToken)"/> answers.</summary>
public class DeleteChangeSetResponse : AmazonWebServiceResponse
{
}
