using Amazon.Runtime;

namespace Amazon.CloudFormation.Model;

/// <summary>What <see cref="IAmazonCloudFormation.ValidateTemplateAsync(Model.ValidateTemplateRequest, CancellationToken)"/> is asked.</summary>
public class ValidateTemplateRequest : AmazonCloudFormationRequest
{
    public string TemplateBody { get; set; }

    public string TemplateURL { get; set; }
}

/// <summary>What <see cref="IAmazonCloudFormation.ValidateTemplateAsync(Model.ValidateTemplateRequest, CancellationToken)"/> answers.</summary>
public class ValidateTemplateResponse : AmazonWebServiceResponse
{
    public List<TemplateParameter> Parameters { get; set; }

    public string Description { get; set; }

    public List<string> Capabilities { get; set; }

    public string CapabilitiesReason { get; set; }

    public List<string> DeclaredTransforms { get; set; }
}

public class TemplateParameter
{
    public string ParameterKey { get; set; }

    public string DefaultValue { get; set; }

    public bool? NoEcho { get; set; }

    public string Description { get; set; }
}

/// <summary>What <see cref="IAmazonCloudFormation.GetTemplateAsync(Model.GetTemplateRequest, CancellationToken)"/> is asked.</summary>
public class GetTemplateRequest : AmazonCloudFormationRequest
{
    public string StackName { get; set; }

    public string ChangeSetName { get; set; }

    public TemplateStage TemplateStage { get; set; }
}

/// <summary>What <see cref="IAmazonCloudFormation.GetTemplateAsync(Model.GetTemplateRequest, CancellationToken)"/> answers.</summary>
public class GetTemplateResponse : AmazonWebServiceResponse
{
    public string TemplateBody { get; set; }

    public List<string> StagesAvailable { get; set; }
}
