using Amazon.Runtime;

namespace Amazon.CloudFormation.Model;

/// <summary>What <see cref="IAmazonCloudFormation.SetStackPolicyAsync(Model.SetStackPolicyRequest, CancellationToken)"/> is asked.</summary>
public class SetStackPolicyRequest : AmazonCloudFormationRequest
{
    public string StackName { get; set; }

    public string StackPolicyBody { get; set; }

    public string StackPolicyURL { get; set; }
}

/// <summary>What <see cref="IAmazonCloudFormation.SetStackPolicyAsync(Model.SetStackPolicyRequest, CancellationToken)"/> answers.</summary>
public class SetStackPolicyResponse : AmazonWebServiceResponse
{
}

/// <summary>What <see cref="IAmazonCloudFormation.GetStackPolicyAsync(Model.GetStackPolicyRequest, CancellationToken)"/> is asked.</summary>
public class GetStackPolicyRequest : AmazonCloudFormationRequest
{
    public string StackName { get; set; }
}

/// <summary>What <see cref="IAmazonCloudFormation.GetStackPolicyAsync(Model.GetStackPolicyRequest, CancellationToken)"/> answers.</summary>
public class GetStackPolicyResponse : AmazonWebServiceResponse
{
    public string StackPolicyBody { get; set; }
}

/// <summary>What <see cref="IAmazonCloudFormation.UpdateTerminationProtectionAsync(Model.UpdateTerminationProtectionRequest, CancellationToken)"/> is asked.</summary>
public class UpdateTerminationProtectionRequest : AmazonCloudFormationRequest
{
    public bool? EnableTerminationProtection { get; set; }

    public string StackName { get; set; }
}

/// <summary>What <see cref="IAmazonCloudFormation.UpdateTerminationProtectionAsync(Model.UpdateTerminationProtectionRequest, CancellationToken)"/> answers.</summary>
public class UpdateTerminationProtectionResponse : AmazonWebServiceResponse
{
    public string StackId { get; set; }
}

/// <summary>What <see cref="IAmazonCloudFormation.ContinueUpdateRollbackAsync(Model.ContinueUpdateRollbackRequest, CancellationToken)"/> is asked.</summary>
public class ContinueUpdateRollbackRequest : AmazonCloudFormationRequest
{
    public string StackName { get; set; }

    public string RoleARN { get; set; }

    public List<string> ResourcesToSkip { get; set; }

    public string ClientRequestToken { get; set; }
}

/// <summary>What <see cref="IAmazonCloudFormation.ContinueUpdateRollbackAsync(Model.ContinueUpdateRollbackRequest, CancellationToken)"/> answers.</summary>
public class ContinueUpdateRollbackResponse : AmazonWebServiceResponse
{
}
