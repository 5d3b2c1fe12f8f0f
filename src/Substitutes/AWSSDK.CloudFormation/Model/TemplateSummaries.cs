using Amazon.Runtime;

namespace Amazon.CloudFormation.Model;

/// <summary>What <see cref="IAmazonCloudFormation.GetTemplateSummaryAsync(Model.GetTemplateSummaryRequest, CancellationToken)"/> is asked.</summary>
public class GetTemplateSummaryRequest : AmazonCloudFormationRequest
{
    public string TemplateBody { get; set; }

    public string TemplateURL { get; set; }

    public string StackName { get; set; }

    public string StackSetName { get; set; }
}

/// <summary>What <see cref="IAmazonCloudFormation.GetTemplateSummaryAsync(Model.GetTemplateSummaryRequest, CancellationToken)"/> answers.</summary>
public class GetTemplateSummaryResponse : AmazonWebServiceResponse
{
    public List<ParameterDeclaration> Parameters { get; set; }

    public string Description { get; set; }

    public List<string> Capabilities { get; set; }

    public string CapabilitiesReason { get; set; }

    public List<string> ResourceTypes { get; set; }

    public string Version { get; set; }

    public string Metadata { get; set; }

    public List<string> DeclaredTransforms { get; set; }

    public List<ResourceIdentifierSummary> ResourceIdentifierSummaries { get; set; }
}

public class ParameterDeclaration
{
    public string ParameterKey { get; set; }

    public string DefaultValue { get; set; }

    public string ParameterType { get; set; }

    public bool? NoEcho { get; set; }

    public string Description { get; set; }

    public ParameterConstraints ParameterConstraints { get; set; }
}

public class ParameterConstraints
{
    public List<string> AllowedValues { get; set; }
}

public class ResourceIdentifierSummary
{
    public string ResourceType { get; set; }

    public List<string> LogicalResourceIds { get; set; }

    public List<string> ResourceIdentifiers { get; set; }
}
