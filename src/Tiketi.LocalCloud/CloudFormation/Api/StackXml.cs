using System.Xml.Linq;
using Tiketi.LocalCloud.CloudFormation.Stacks;
using Tiketi.LocalCloud.CloudFormation.Templates;
using Tiketi.LocalCloud.Query;
using static Tiketi.LocalCloud.Query.QueryXml;

namespace Tiketi.LocalCloud.CloudFormation.Api;

/// <summary>Stacks, their events and resources as the API shows them.</summary>
internal static class StackXml
{
    public static object Describe(StackRecord stack)
    {
        lock (stack.Sync)
        {
            return new object?[]
            {
                Element("StackId", stack.StackId),
                Element("StackName", stack.StackName),
                Optional("ChangeSetId", stack.ChangeSetId),
                Optional("Description", stack.Input is null ? null : Template.Parse(stack.Input.TemplateBody).Description),
                Members("Parameters", stack.Input is null ? [] : Parameters(stack.Input)),
                Element("CreationTime", Timestamp(stack.CreationTime)),
                Optional("LastUpdatedTime", stack.LastUpdatedTime is { } updated ? Timestamp(updated) : null),
                Optional("DeletionTime", stack.DeletionTime is { } deleted ? Timestamp(deleted) : null),
                new XElement("RollbackConfiguration"),
                Element("StackStatus", stack.Status),
                Optional("StackStatusReason", stack.StatusReason),
                Element("DisableRollback", stack.DisableRollback),
                Members("NotificationARNs", stack.Input?.NotificationArns ?? []),
                Members("Capabilities", stack.Input?.Capabilities ?? []),
                Members("Outputs", stack.Outputs.Select(Output)),
                Optional("RoleARN", stack.Input?.RoleArn),
                Members("Tags", stack.Input is null ? [] : StackEngine.TagsOf(stack.Input).Select(Tag)),
                Element("EnableTerminationProtection", stack.TerminationProtection),
                StackDrift(stack),
            };
        }
    }

    public static object Summarize(StackRecord stack)
    {
        lock (stack.Sync)
        {
            return new object?[]
            {
                Element("StackId", stack.StackId),
                Element("StackName", stack.StackName),
                Optional("TemplateDescription", stack.Input is null ? null : Template.Parse(stack.Input.TemplateBody).Description),
                Element("CreationTime", Timestamp(stack.CreationTime)),
                Optional("LastUpdatedTime", stack.LastUpdatedTime is { } updated ? Timestamp(updated) : null),
                Optional("DeletionTime", stack.DeletionTime is { } deleted ? Timestamp(deleted) : null),
                Element("StackStatus", stack.Status),
                Optional("StackStatusReason", stack.StatusReason),
                StackDrift(stack),
            };
        }
    }

    public static object Event(StackRecord stack, EventRecord happened) => new object?[]
    {
        Element("StackId", stack.StackId),
        Element("EventId", happened.EventId),
        Element("StackName", stack.StackName),
        Element("LogicalResourceId", happened.LogicalId),
        Element("PhysicalResourceId", happened.PhysicalId),
        Element("ResourceType", happened.Type),
        Element("Timestamp", Timestamp(happened.Timestamp)),
        Element("ResourceStatus", happened.Status),
        Optional("ResourceStatusReason", happened.Reason),
        Optional("ClientRequestToken", happened.ClientRequestToken),
    };

    public static object Resource(StackRecord stack, ResourceRecord resource) => new object?[]
    {
        Element("StackName", stack.StackName),
        Element("StackId", stack.StackId),
        Element("LogicalResourceId", resource.LogicalId),
        Optional("PhysicalResourceId", resource.PhysicalId),
        Element("ResourceType", resource.Type),
        Element("Timestamp", Timestamp(resource.Timestamp)),
        Element("ResourceStatus", resource.Status),
        Optional("ResourceStatusReason", resource.StatusReason),
        Drift(stack, resource),
    };

    public static object ResourceDetail(StackRecord stack, ResourceRecord resource) => new object?[]
    {
        Element("StackName", stack.StackName),
        Element("StackId", stack.StackId),
        Element("LogicalResourceId", resource.LogicalId),
        Optional("PhysicalResourceId", resource.PhysicalId),
        Element("ResourceType", resource.Type),
        Element("LastUpdatedTimestamp", Timestamp(resource.Timestamp)),
        Element("ResourceStatus", resource.Status),
        Optional("ResourceStatusReason", resource.StatusReason),
        Element("Metadata", resource.Metadata?.ToJsonString() ?? "{}"),
        Drift(stack, resource),
    };

    public static object ResourceSummary(StackRecord stack, ResourceRecord resource) => new object?[]
    {
        Element("LogicalResourceId", resource.LogicalId),
        Optional("PhysicalResourceId", resource.PhysicalId),
        Element("ResourceType", resource.Type),
        Element("LastUpdatedTimestamp", Timestamp(resource.Timestamp)),
        Element("ResourceStatus", resource.Status),
        Optional("ResourceStatusReason", resource.StatusReason),
        Drift(stack, resource),
    };

    /// <summary>Parameter values as anybody may see them: those of NoEcho parameters masked.</summary>
    public static IEnumerable<object> Parameters(StackInput input) => Template.Parse(input.TemplateBody).Parameters
        .Where(definition => input.Parameters.ContainsKey(definition.Name))
        .Select(definition => (object)new[]
        {
            Element("ParameterKey", definition.Name),
            Element("ParameterValue", definition.NoEcho ? ParameterDefinition.Mask : input.Parameters[definition.Name]),
        });

    public static object Tag(KeyValuePair<string, string> tag) => new[] { Element("Key", tag.Key), Element("Value", tag.Value) };

    private static object Output(OutputRecord output) => new object?[]
    {
        Element("OutputKey", output.Key),
        Element("OutputValue", output.Value),
        Optional("Description", output.Description),
        Optional("ExportName", output.ExportName),
    };

    private static XElement StackDrift(StackRecord stack) => new("DriftInformation",
        Element("StackDriftStatus", stack.Drift?.StackStatus ?? "NOT_CHECKED"),
        stack.Drift is { } drift ? Element("LastCheckTimestamp", Timestamp(drift.Timestamp)) : null);

    private static XElement Drift(StackRecord stack, ResourceRecord resource) =>
        new("DriftInformation", Element("StackResourceDriftStatus", stack.Drift?.StatusOf(resource.LogicalId) ?? "NOT_CHECKED"));
}
