using System.Text.Json.Nodes;
using Tiketi.LocalCloud.CloudFormation;
using Tiketi.LocalCloud.CloudFormation.Records;
using Tiketi.LocalCloud.Hosting;

namespace Tiketi.LocalCloud.Iam;

/// <summary>IAM's types, recorded: the local cloud admits every key, so no policy is ever asked.</summary>
internal static class IamTypes
{
    public const string Role = "AWS::IAM::Role";
    public const string Policy = "AWS::IAM::Policy";
    public const string ManagedPolicy = "AWS::IAM::ManagedPolicy";
    public const string OidcProvider = "AWS::IAM::OIDCProvider";
    public const string InstanceProfile = "AWS::IAM::InstanceProfile";

    public static IEnumerable<RecordedType> All(LocalCloudSettings settings) =>
    [
        new(Role, ["RoleName", "Path"], request => request.Properties.Text("RoleName") ?? ResourceNames.Generated(request), (id, properties) => new(StringComparer.Ordinal)
        {
            ["Arn"] = Arn("role", Path(properties), id),
            ["RoleId"] = ResourceNames.UniqueId("AROA"),
        })
        {
            Check = (request, records, id) =>
            {
                PlainTypes.RefuseTaken(records, Role, id, request.Properties.Text("RoleName"), $"Role with name {request.Properties.Text("RoleName")} already exists.");
                RequireDocument(request.Properties, "AssumeRolePolicyDocument");
                foreach (var arn in request.Properties.Texts("ManagedPolicyArns").Where(arn => !arn.StartsWith("arn:", StringComparison.Ordinal)))
                {
                    throw new ResourceException($"ARN {arn} is not valid.");
                }
            },
        },
        new(Policy, ["PolicyName"], request => ResourceNames.Generated(request), (id, _) => new(StringComparer.Ordinal) { ["Id"] = id })
        {
            Check = (request, records, _) =>
            {
                RequireDocument(request.Properties, "PolicyDocument");
                foreach (var role in request.Properties.Texts("Roles").Where(role => records.Find(Role, role) is null))
                {
                    throw new ResourceException($"The role with name {role} cannot be found.");
                }
            },
        },
        new(ManagedPolicy, ["ManagedPolicyName", "Path", "Description"], request => Arn("policy", Path(request.Properties), request.Properties.Text("ManagedPolicyName") ?? ResourceNames.Generated(request)),
            (id, _) => new(StringComparer.Ordinal) { ["PolicyArn"] = id, ["PolicyId"] = ResourceNames.UniqueId("ANPA") })
        {
            Check = (request, _, _) => RequireDocument(request.Properties, "PolicyDocument"),
        },
        new(OidcProvider, ["Url"], request => Arn("oidc-provider", "/", Host(request.Properties)), (id, _) => new(StringComparer.Ordinal) { ["Arn"] = id })
        {
            Check = (request, records, id) => PlainTypes.RefuseTaken(records, OidcProvider, id, Arn("oidc-provider", "/", Host(request.Properties)), $"Provider with url {request.Properties.Text("Url")} already exists."),
        },
        new(InstanceProfile, ["InstanceProfileName", "Path"], request => request.Properties.Text("InstanceProfileName") ?? ResourceNames.Generated(request),
            (id, properties) => new(StringComparer.Ordinal) { ["Arn"] = Arn("instance-profile", Path(properties), id) }),
    ];

    private static string Arn(string kind, string path, string name) => $"arn:aws:iam::{LocalCloudSettings.AccountId}:{kind}{path}{name}";

    private static string Path(JsonObject properties) => properties.Text("Path") ?? "/";

    private static string Host(JsonObject properties) => properties.RequiredText("Url").Replace("https://", "", StringComparison.Ordinal);

    private static void RequireDocument(JsonObject properties, string name)
    {
        if (properties[name] is not JsonObject document || document["Statement"] is null)
        {
            throw new ResourceException($"Syntax errors in policy: {name} has no Statement.");
        }
    }
}
