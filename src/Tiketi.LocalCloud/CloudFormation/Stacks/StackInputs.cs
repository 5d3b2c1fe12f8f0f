using System.Text.RegularExpressions;
using Tiketi.LocalCloud.CloudFormation.Templates;
using Tiketi.LocalCloud.Query;

namespace Tiketi.LocalCloud.CloudFormation.Stacks;

/// <summary>Turns a request into a stack's validated input.</summary>
internal static partial class StackInputs
{
    /// <summary>CloudFormation's limit, in bytes, for a template given in the request itself.</summary>
    public const int MaximumTemplateBody = 51_200;

    private static readonly Dictionary<string, string?> IamTypes = new(StringComparer.Ordinal)
    {
        ["AWS::IAM::Role"] = "RoleName",
        ["AWS::IAM::User"] = "UserName",
        ["AWS::IAM::Group"] = "GroupName",
        ["AWS::IAM::ManagedPolicy"] = "ManagedPolicyName",
        ["AWS::IAM::InstanceProfile"] = "InstanceProfileName",
        ["AWS::IAM::Policy"] = null,
        ["AWS::IAM::AccessKey"] = null,
        ["AWS::IAM::UserToGroupAddition"] = null,
    };

    /// <param name="previous">The stack's present input; null for a new stack.</param>
    /// <exception cref="QueryException">ValidationError or InsufficientCapabilitiesException, worded as AWS words it.</exception>
    public static StackInput Build(StackRequest request, StackInput? previous, StackServices services)
    {
        var body = request switch
        {
            { UsePreviousTemplate: true } => previous?.TemplateBody ?? throw QueryException.Validation("There is no previous template to use."),
            { TemplateBody: { } given } => given,
            _ => throw QueryException.Validation("Either Template URL or Template Body must be specified."),
        };
        var template = Template.Parse(body);
        TemplateValidation.Validate(template, services.Providers.Has);
        var input = new StackInput
        {
            TemplateBody = body,
            Parameters = StackParameters.Bind(template, request.Parameters, previous, services.Box),
            Capabilities = [.. request.Capabilities],
            Tags = request.Tags?.ToDictionary(StringComparer.Ordinal) ?? previous?.Tags ?? [],
            NotificationArns = request.NotificationArns?.ToList() ?? previous?.NotificationArns ?? [],
            RoleArn = request.RoleArn ?? previous?.RoleArn,
        };
        var needed = RequiredCapability(template);
        if (needed is not null && !request.Capabilities.Contains("CAPABILITY_NAMED_IAM") && !request.Capabilities.Contains(needed))
        {
            throw new QueryException("InsufficientCapabilitiesException", $"Requires capabilities : [{needed}]");
        }

        return input;
    }

    /// <summary>The capability that the template's IAM resources ask for, or null.</summary>
    public static string? RequiredCapability(Template template)
    {
        var iam = template.Resources.Values.Where(resource => IamTypes.ContainsKey(resource.Type)).ToList();
        return iam.Count == 0 ? null
            : iam.Exists(resource => IamTypes[resource.Type] is { } name && resource.Properties.ContainsKey(name)) ? "CAPABILITY_NAMED_IAM" : "CAPABILITY_IAM";
    }

    /// <summary>Why the capability is needed, as ValidateTemplate words it.</summary>
    public static string? CapabilityReason(Template template)
    {
        var types = template.Resources.Values.Select(resource => resource.Type).Where(IamTypes.ContainsKey).Distinct().ToList();
        return types.Count == 0 ? null : $"The following resource(s) require capabilities: [{string.Join(", ", types)}]";
    }

    public static void CheckName(string name, string member)
    {
        if (name.Length > 128 || !NamePattern().IsMatch(name))
        {
            throw QueryException.Validation($"1 validation error detected: Value '{name}' at '{member}' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z][-a-zA-Z0-9]*");
        }
    }

    [GeneratedRegex("^[a-zA-Z][-a-zA-Z0-9]*$", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex NamePattern();
}
