using Amazon.CloudFormation;
using Amazon.CloudFormation.Model;
using Tiketi.Pipeline.Infrastructure.Rendering;

namespace Tiketi.Pipeline.Infrastructure.Destruction;

/// <summary>Looks at the stacks that are there, as they are deployed: their templates in infra/ may have changed since.</summary>
internal sealed class EnvironmentSurvey(Func<string?, IAmazonCloudFormation> cloudFormationIn)
{
    public const string Bucket = "AWS::S3::Bucket";
    private const string Repository = "AWS::ECR::Repository";

    /// <summary>Null: there is no such stack.</summary>
    public async Task<DoomedStack?> OfAsync(string environment, StackTemplate template, CancellationToken cancellationToken)
    {
        var cloudFormation = cloudFormationIn(template.Metadata.Region);
        var stackName = StackNames.Of(environment, template.Name);
        if (await StackQueries.FindAsync(cloudFormation, stackName, cancellationToken).ConfigureAwait(false) is not { } stack)
        {
            return null;
        }

        if (stack.StackStatus == StackStatus.REVIEW_IN_PROGRESS)
        {
            return new DoomedStack(template.Name, stackName, stack.StackStatus.Value, stack.EnableTerminationProtection == true, 0, [], []);
        }

        var answer = await cloudFormation.DescribeStackResourcesAsync(new DescribeStackResourcesRequest { StackName = stack.StackId }, cancellationToken).ConfigureAwait(false);
        var living = (answer.StackResources ?? []).Where(resource => resource.ResourceStatus != ResourceStatus.DELETE_COMPLETE && resource.ResourceStatus != ResourceStatus.DELETE_SKIPPED)
            .ToDictionary(resource => resource.LogicalResourceId, StringComparer.Ordinal);
        var deployed = await cloudFormation.GetTemplateAsync(new GetTemplateRequest { StackName = stack.StackId }, cancellationToken).ConfigureAwait(false);
        var rendered = RenderedTemplate.Render(
            stackName, TemplateJson.Read(stackName, deployed.TemplateBody),
            (stack.Parameters ?? []).ToDictionary(parameter => parameter.ParameterKey, parameter => parameter.ResolvedValue ?? parameter.ParameterValue ?? "", StringComparer.Ordinal),
            stackName, template.Metadata.Region ?? "");
        return new DoomedStack(
            template.Name, stackName, stack.StackStatus.Value, stack.EnableTerminationProtection == true, living.Count,
            [.. rendered.Resources.Where(resource => living.ContainsKey(resource.LogicalId)).Select(resource => Doom(resource, living[resource.LogicalId])).Where(resource => resource is not null).Select(resource => resource!)],
            [.. living.Values.Where(resource => resource.ResourceStatus == ResourceStatus.DELETE_FAILED).Select(resource => resource.LogicalResourceId)]);
    }

    private static DoomedResource? Doom(RenderedResource resource, StackResource deployed)
    {
        var isProtected = resource.Flag(ProtectionSwitch.Property);
        return isProtected || DataResources.Holds(new TemplateResource(resource.LogicalId, resource.Type, resource.DeletionPolicy))
            ? new DoomedResource(resource.LogicalId, resource.Type, deployed.PhysicalResourceId ?? "", FateOf(resource), isProtected)
            : null;
    }

    private static ResourceFate FateOf(RenderedResource resource) => resource.DeletionPolicy switch
    {
        "Retain" or "RetainExceptOnCreate" => ResourceFate.Kept,
        "Snapshot" => ResourceFate.Snapshot,

        // CloudFormation's own default, where a database says nothing.
        null when resource.Type == "AWS::RDS::DBCluster" || (resource.Type == "AWS::RDS::DBInstance" && resource.Text("DBClusterIdentifier") is null) => ResourceFate.Snapshot,
        _ => resource.Type is Bucket or Repository ? ResourceFate.Emptied : ResourceFate.Deleted,
    };
}
