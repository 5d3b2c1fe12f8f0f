using System.Text.Json.Nodes;
using Tiketi.LocalCloud.CloudFormation;
using Tiketi.LocalCloud.CloudFormation.Records;
using Tiketi.LocalCloud.Hosting;

namespace Tiketi.LocalCloud.Iam;

/// <summary>IAM's types, recorded: the local cloud admits every key, and asks no policy but, for S3, those of pods' roles.</summary>
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
            Names = new("AssumeRolePolicyDocument", "Description ManagedPolicyArns MaxSessionDuration Path PermissionsBoundary Policies RoleName Tags"),
            Check = (request, records, id) =>
            {
                PlainTypes.RefuseTaken(records, Role, id, request.Properties.Text("RoleName"), $"Role with name {request.Properties.Text("RoleName")} already exists.");
                RequireDocument(request.Properties, "AssumeRolePolicyDocument");
                foreach (var arn in request.Properties.Texts("ManagedPolicyArns").Where(arn => !arn.StartsWith("arn:", StringComparison.Ordinal)))
                {
                    throw new ResourceException($"ARN {arn} is not valid.");
                }

                LimitSize(request.Properties.Objects("Policies").Sum(policy => SizeOf(policy["PolicyDocument"])), 10_240, $"Maximum policy size of 10240 bytes exceeded for role {request.Properties.Text("RoleName")}");
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
            Names = new("PolicyDocument", "Description Groups ManagedPolicyName Path Roles Users"),
            Check = (request, records, id) =>
            {
                RequireDocument(request.Properties, "PolicyDocument");
                LimitSize(SizeOf(request.Properties["PolicyDocument"]), 6_144, "Cannot exceed quota for PolicySize: 6144");
                var arn = Arn("policy", Path(request.Properties), request.Properties.Text("ManagedPolicyName") ?? "");
                PlainTypes.RefuseTaken(records, ManagedPolicy, id, arn, $"A policy called {request.Properties.Text("ManagedPolicyName")} already exists. Duplicate names are not allowed.");
            },
        },
        new(OidcProvider, ["Url"], request => Arn("oidc-provider", "/", Host(request.Properties)), (id, _) => new(StringComparer.Ordinal) { ["Arn"] = id })
        {
            Names = new("Url", "ClientIdList Tags ThumbprintList"),
            Check = (request, records, id) => PlainTypes.RefuseTaken(records, OidcProvider, id, Arn("oidc-provider", "/", Host(request.Properties)), $"Provider with url {request.Properties.Text("Url")} already exists."),
        },
        new(InstanceProfile, ["InstanceProfileName", "Path"], request => request.Properties.Text("InstanceProfileName") ?? ResourceNames.Generated(request),
            (id, properties) => new(StringComparer.Ordinal) { ["Arn"] = Arn("instance-profile", Path(properties), id) }),
    ];

    private static string Arn(string kind, string path, string name) => $"arn:aws:iam::{LocalCloudSettings.AccountId}:{kind}{path}{name}";

    private static string Path(JsonObject properties) => properties.Text("Path") ?? "/";

    private static string Host(JsonObject properties) => properties.RequiredText("Url").Replace("https://", "", StringComparison.Ordinal);

    /// <summary>A policy's size as IAM counts it: characters that are not white space.</summary>
    private static int SizeOf(JsonNode? document) => document?.ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }).Count(character => !char.IsWhiteSpace(character)) ?? 0;

    private static void LimitSize(int size, int limit, string message)
    {
        if (size > limit)
        {
            throw new ResourceException(message);
        }
    }

    private static void RequireDocument(JsonObject properties, string name)
    {
        if (properties[name] is not JsonObject document || document["Statement"] is null)
        {
            throw new ResourceException($"Syntax errors in policy: {name} has no Statement.");
        }
    }
}
