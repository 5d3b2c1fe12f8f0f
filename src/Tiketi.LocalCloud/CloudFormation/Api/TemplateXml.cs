using System.Xml.Linq;
using Tiketi.LocalCloud.CloudFormation.Stacks;
using Tiketi.LocalCloud.CloudFormation.Templates;
using static Tiketi.LocalCloud.Query.QueryXml;

namespace Tiketi.LocalCloud.CloudFormation.Api;

/// <summary>What ValidateTemplate and GetTemplateSummary tell of a template.</summary>
internal static class TemplateXml
{
    public static object Validation(Template template) => (object?[])
    [
        Members("Parameters", template.Parameters.Select(parameter => (object)new object?[]
        {
            Element("ParameterKey", parameter.Name),
            Optional("DefaultValue", parameter.Default),
            Element("NoEcho", parameter.NoEcho),
            Optional("Description", parameter.Description),
        })),
        Optional("Description", template.Description),
        .. Capabilities(template),
    ];

    public static object Summary(Template template, ProviderCatalog providers) => (object?[])
    [
        Members("Parameters", template.Parameters.Select(parameter => (object)new object?[]
        {
            Element("ParameterKey", parameter.Name),
            Optional("DefaultValue", parameter.Default),
            Element("ParameterType", parameter.Type),
            Element("NoEcho", parameter.NoEcho),
            Optional("Description", parameter.Description),
            new XElement("ParameterConstraints", parameter.AllowedValues is { } allowed ? Members("AllowedValues", allowed) : null),
        })),
        Optional("Description", template.Description),
        Members("ResourceTypes", template.Resources.Values.Select(resource => resource.Type).Distinct(StringComparer.Ordinal)),
        Element("Version", "2010-09-09"),
        Optional("Metadata", template.Metadata?.ToJsonString()),
        Members("ResourceIdentifierSummaries", Identifiers(template, providers)),
        .. Capabilities(template),
    ];

    /// <summary>What an import of each type must name.</summary>
    private static IEnumerable<object> Identifiers(Template template, ProviderCatalog providers) =>
        from type in template.Resources.Values.GroupBy(resource => resource.Type, StringComparer.Ordinal)
        where providers.Of(type.Key) is ILiveProvider
        select new[]
        {
            Element("ResourceType", type.Key),
            Members("LogicalResourceIds", type.Select(resource => resource.LogicalId)),
            Members("ResourceIdentifiers", ((ILiveProvider)providers.Of(type.Key)).PrimaryIdentifier),
        };

    private static IEnumerable<XElement?> Capabilities(Template template) =>
    [
        Members("Capabilities", StackInputs.RequiredCapability(template) is { } capability ? [capability] : []),
        Optional("CapabilitiesReason", StackInputs.CapabilityReason(template)),
    ];
}
