using System.Text.Json.Nodes;
using Tiketi.LocalCloud.CloudFormation;
using Tiketi.LocalCloud.CloudFormation.Records;
using Tiketi.LocalCloud.Hosting;

namespace Tiketi.LocalCloud.Waf;

/// <summary>AWS::WAFv2::WebACL, recorded: no request is ever held against its rules.</summary>
internal static class WafTypes
{
    public const string WebAcl = "AWS::WAFv2::WebACL";

    /// <summary>The one region in which a web ACL for CloudFront can be.</summary>
    private const string GlobalRegion = "us-east-1";

    public static IEnumerable<RecordedType> All(LocalCloudSettings settings) =>
    [
        new(WebAcl, ["Name", "Scope"], request => $"{request.Properties.Text("Name") ?? ResourceNames.Generated(request, 128)}|{Guid.NewGuid()}|{request.Properties.RequiredText("Scope")}",
            (id, _) => Attributes(settings, id.Split('|')))
        {
            Names = new("DefaultAction Scope VisibilityConfig", "ApplicationConfig AssociationConfig CaptchaConfig ChallengeConfig CustomResponseBodies DataProtectionConfig Description Name OnSourceDDoSProtectionConfig Rules Tags TokenDomains"),
            Check = Check,
        },
    ];

    private static Dictionary<string, string> Attributes(LocalCloudSettings settings, string[] id) => new(StringComparer.Ordinal)
    {
        ["Id"] = id[1],
        ["Arn"] = id[2] == "CLOUDFRONT"
            ? $"arn:aws:wafv2:{GlobalRegion}:{LocalCloudSettings.AccountId}:global/webacl/{id[0]}/{id[1]}"
            : $"arn:aws:wafv2:{settings.Region}:{LocalCloudSettings.AccountId}:regional/webacl/{id[0]}/{id[1]}",
        ["LabelNamespace"] = $"awswaf:{LocalCloudSettings.AccountId}:webacl:{id[0]}:",
    };

    private static void Check(ResourceRequest request, RecordStore records, string? id)
    {
        var (scope, name) = (request.Properties.RequiredText("Scope"), request.Properties.Text("Name"));
        if (scope is not ("CLOUDFRONT" or "REGIONAL") || (scope == "CLOUDFRONT" && request.Region != GlobalRegion))
        {
            throw new ResourceException($"Error reason: The scope is not valid., field: SCOPE_VALUE, parameter: {scope} (Service: Wafv2, Status Code: 400)");
        }

        if (id is null && name is not null && records.All(WebAcl).Any(other => other.Properties.Text("Name") == name && other.Properties.Text("Scope") == scope))
        {
            throw new ResourceException("AWS WAF couldn't perform the operation because some resource in your request is a duplicate of an existing one. (Service: Wafv2, Status Code: 400)");
        }

        var rules = request.Properties.Objects("Rules");
        if (rules.Select(rule => rule.RequiredText("Priority")).Distinct(StringComparer.Ordinal).Count() < rules.Count)
        {
            throw new ResourceException("Error reason: You have used none or multiple values for a field that requires exactly one value., field: RULE, parameter: Priority");
        }

        foreach (var rule in rules)
        {
            CheckRule(rule);
        }
    }

    /// <summary>A rule group's own actions can be overridden, every other rule has an action.</summary>
    private static void CheckRule(JsonObject rule)
    {
        var name = rule.RequiredText("Name");
        var statement = rule["Statement"] as JsonObject;
        if (statement is not { Count: 1 } || rule["VisibilityConfig"] is not JsonObject)
        {
            throw new ResourceException($"Error reason: You have used none or multiple values for a field that requires exactly one value., field: STATEMENT, parameter: {name}");
        }

        var isGroup = statement.ContainsKey("ManagedRuleGroupStatement") || statement.ContainsKey("RuleGroupReferenceStatement");
        if (rule.ContainsKey("OverrideAction") != isGroup || rule.ContainsKey("Action") == isGroup)
        {
            throw new ResourceException($"Error reason: You have used none or multiple values for a field that requires exactly one value., field: RULE, parameter: {name}");
        }
    }
}
