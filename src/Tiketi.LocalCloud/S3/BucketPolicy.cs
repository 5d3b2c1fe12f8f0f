using System.Text.Json;
using System.Text.Json.Nodes;
using Tiketi.LocalCloud.Hosting;

namespace Tiketi.LocalCloud.S3;

internal enum PolicyDecision
{
    /// <summary>No statement speaks of the request.</summary>
    None,
    Allow,
    Deny,
}

/// <summary>Who asks for what. <paramref name="Principal"/> is an ARN, a service ("cloudfront.amazonaws.com") or null for an anonymous caller.</summary>
internal sealed record PolicyRequest(string? Principal, string Action, string Resource, IReadOnlyDictionary<string, string> Context)
{
    /// <summary>The principal of every signed request but a pod's: the account itself.</summary>
    public const string Account = $"arn:aws:iam::{LocalCloudSettings.AccountId}:root";
}

/// <summary>A bucket's policy, or a role's, evaluated: principals, actions and resources with wildcards, NotAction/NotResource/NotPrincipal, and the condition operators on strings, ARNs and Booleans.</summary>
internal sealed class BucketPolicy
{
    private readonly List<JsonObject> _statements;

    private BucketPolicy(List<JsonObject> statements) => _statements = statements;

    /// <summary>A policy of a role: it says what, and not who.</summary>
    public static BucketPolicy OfRole(JsonObject document) => new([.. Many(document["Statement"]).OfType<JsonObject>()]);

    /// <exception cref="S3Exception">MalformedPolicy.</exception>
    public static BucketPolicy Parse(string json)
    {
        try
        {
            var root = JsonNode.Parse(json) as JsonObject ?? throw Malformed("This policy contains invalid Json");
            var statements = Many(root["Statement"]).Select(node => node as JsonObject ?? throw Malformed("Statement is not an object")).ToList();
            foreach (var statement in statements)
            {
                Check(statement);
            }

            return statements.Count > 0 ? new BucketPolicy(statements) : throw Malformed("Missing required field Statement");
        }
        catch (JsonException)
        {
            throw Malformed("This policy contains invalid Json");
        }
    }

    /// <summary>An explicit Deny wins over any Allow.</summary>
    public PolicyDecision Evaluate(PolicyRequest request)
    {
        var decision = PolicyDecision.None;
        foreach (var statement in _statements.Where(statement => Applies(statement, request)))
        {
            if (Text(statement["Effect"]) == "Deny")
            {
                return PolicyDecision.Deny;
            }

            decision = PolicyDecision.Allow;
        }

        return decision;
    }

    /// <summary>Whether a statement lets anybody in without a condition: what BlockPublicPolicy refuses and RestrictPublicBuckets ignores.</summary>
    public bool IsPublic => _statements.Any(statement =>
        Text(statement["Effect"]) == "Allow" && statement["Condition"] is null && PrincipalMatches(statement["Principal"], principal: null));

    private static void Check(JsonObject statement)
    {
        if (Text(statement["Effect"]) is not ("Allow" or "Deny"))
        {
            throw Malformed("Missing required field Effect");
        }

        foreach (var (name, negated) in (ReadOnlySpan<(string, string)>)[("Principal", "NotPrincipal"), ("Action", "NotAction"), ("Resource", "NotResource")])
        {
            if (statement[name] is null && statement[negated] is null)
            {
                throw Malformed($"Missing required field {name}");
            }
        }

        foreach (var name in (statement["Condition"] as JsonObject)?.Select(pair => pair.Key) ?? [])
        {
            Comparison(name);
        }
    }

    private static bool Applies(JsonObject statement, PolicyRequest request) =>
        (statement["Principal"] is { } principal ? PrincipalMatches(principal, request.Principal) : statement["NotPrincipal"] is not { } others || !PrincipalMatches(others, request.Principal))
        && (statement["Action"] is { } action ? AnyLike(action, request.Action, ignoreCase: true) : !AnyLike(statement["NotAction"], request.Action, ignoreCase: true))
        && (statement["Resource"] is { } resource ? AnyLike(resource, request.Resource) : !AnyLike(statement["NotResource"], request.Resource))
        && ConditionsHold(statement["Condition"] as JsonObject, request.Context);

    private static bool PrincipalMatches(JsonNode? node, string? principal)
    {
        if (node is not JsonObject kinds)
        {
            return Text(node) == "*";
        }

        return kinds.Any(kind => Many(kind.Value).Select(Text).Any(value => kind.Key switch
        {
            "AWS" => value == "*" || (principal is not null && (value == principal || value == LocalCloudSettings.AccountId || (value == PolicyRequest.Account && principal.StartsWith("arn:", StringComparison.Ordinal)))),
            "Service" => value == principal,
            _ => false,
        }));
    }

    private static bool ConditionsHold(JsonObject? conditions, IReadOnlyDictionary<string, string> context) =>
        conditions is null || conditions.All(condition => (condition.Value as JsonObject ?? []).All(key =>
        {
            var (matches, negated, ifExists) = Comparison(condition.Key);
            var actual = context.FirstOrDefault(entry => entry.Key.Equals(key.Key, StringComparison.OrdinalIgnoreCase)).Value;
            return actual is null
                ? ifExists || negated
                : Many(key.Value).Select(Text).Any(wanted => matches(wanted, actual)) != negated;
        }));

    private static (Func<string, string, bool> Matches, bool Negated, bool IfExists) Comparison(string name)
    {
        var ifExists = name.EndsWith("IfExists", StringComparison.Ordinal);
        var plain = ifExists ? name[..^"IfExists".Length] : name;
        var negated = plain.Contains("Not", StringComparison.Ordinal);
        Func<string, string, bool> matches = plain.Replace("Not", "", StringComparison.Ordinal) switch
        {
            "StringEquals" => (wanted, actual) => wanted == actual,
            "StringEqualsIgnoreCase" or "Bool" => (wanted, actual) => wanted.Equals(actual, StringComparison.OrdinalIgnoreCase),
            "StringLike" or "ArnLike" or "ArnEquals" => (wanted, actual) => Wildcard.IsMatch(wanted, actual),
            _ => throw Malformed($"Invalid Condition type : {name}"),
        };
        return (matches, negated, ifExists);
    }

    private static bool AnyLike(JsonNode? patterns, string value, bool ignoreCase = false) =>
        Many(patterns).Select(Text).Any(pattern => ignoreCase
            ? Wildcard.IsMatch(pattern.ToUpperInvariant(), value.ToUpperInvariant())
            : Wildcard.IsMatch(pattern, value));

    private static IEnumerable<JsonNode?> Many(JsonNode? node)
    {
        if (node is JsonArray array)
        {
            return array;
        }

        return node is null ? Enumerable.Empty<JsonNode?>() : Enumerable.Repeat<JsonNode?>(node, 1);
    }

    private static string Text(JsonNode? node) => node switch
    {
        JsonValue value when value.GetValueKind() == JsonValueKind.String => value.GetValue<string>(),
        null => "",
        _ => node.ToJsonString(),
    };

    private static S3Exception Malformed(string message) => new(400, "MalformedPolicy", message);
}
