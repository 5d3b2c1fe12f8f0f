using System.Xml.Linq;
using Tiketi.LocalCloud.CloudFormation.Stacks;
using static Tiketi.LocalCloud.Query.QueryXml;

namespace Tiketi.LocalCloud.CloudFormation.Api;

/// <summary>Change sets as the API shows them.</summary>
internal static class ChangeSetXml
{
    public static object Describe(StackRecord stack, ChangeSetRecord changeSet, bool includeValues) => new object?[]
    {
        Element("ChangeSetName", changeSet.Name),
        Element("ChangeSetId", changeSet.Id),
        Element("StackId", stack.StackId),
        Element("StackName", stack.StackName),
        Optional("Description", changeSet.Description),
        Members("Parameters", StackXml.Parameters(changeSet.Input)),
        Element("CreationTime", Timestamp(changeSet.CreationTime)),
        Element("ExecutionStatus", changeSet.ExecutionStatus),
        Element("Status", changeSet.Status),
        Optional("StatusReason", changeSet.StatusReason),
        Members("NotificationARNs", changeSet.Input.NotificationArns),
        new XElement("RollbackConfiguration"),
        Members("Capabilities", changeSet.Input.Capabilities),
        Members("Tags", changeSet.Input.Tags.Select(StackXml.Tag)),
        Members("Changes", changeSet.Changes.Select(change => (object)new[] { Element("Type", "Resource"), new XElement("ResourceChange", Change(change, includeValues)) })),
        Element("IncludeNestedStacks", false),
    };

    public static object Summary(StackRecord stack, ChangeSetRecord changeSet) => new object?[]
    {
        Element("StackId", stack.StackId),
        Element("StackName", stack.StackName),
        Element("ChangeSetId", changeSet.Id),
        Element("ChangeSetName", changeSet.Name),
        Element("ExecutionStatus", changeSet.ExecutionStatus),
        Element("Status", changeSet.Status),
        Optional("StatusReason", changeSet.StatusReason),
        Element("CreationTime", Timestamp(changeSet.CreationTime)),
        Optional("Description", changeSet.Description),
        Element("IncludeNestedStacks", false),
    };

    private static object?[] Change(ResourceChange change, bool includeValues) =>
    [
        Optional("PolicyAction", change.PolicyAction),
        Element("Action", change.Action),
        Element("LogicalResourceId", change.LogicalId),
        Optional("PhysicalResourceId", change.PhysicalId),
        Element("ResourceType", change.Type),
        Optional("Replacement", change.Replacement),
        Members("Scope", change.Details.Select(detail => detail.Attribute).Distinct(StringComparer.Ordinal)),
        Members("Details", change.Details.Select(detail => (object)new object?[]
        {
            new XElement("Target", Target(detail, includeValues)),
            Element("Evaluation", detail.Evaluation),
            Element("ChangeSource", detail.Source),
            Optional("CausingEntity", detail.CausingEntity),
        })),
        includeValues ? Optional("BeforeContext", change.BeforeContext) : null,
        includeValues ? Optional("AfterContext", change.AfterContext) : null,
    ];

    private static object?[] Target(PropertyChange detail, bool includeValues) =>
    [
        Element("Attribute", detail.Attribute),
        Optional("Name", detail.Name),
        Element("RequiresRecreation", detail.RequiresRecreation),
        .. includeValues
            ? new[]
            {
                Element("Path", $"/{detail.Attribute}{(detail.Name is null ? "" : "/" + detail.Name)}"),
                Optional("BeforeValue", detail.Before),
                Optional("AfterValue", detail.After),
                Element("AttributeChangeType", detail.ChangeType),
            }
            : [],
    ];
}
