using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Tiketi.LocalCloud.Tests.CloudFormation.Infra;

/// <summary>What no resource of infra/ may be. Each rule answers what is wrong with a resource, nothing for one that it does not concern.</summary>
internal static partial class SecurityRules
{
    private static readonly string[] PublicAccessBlocks = ["BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"];

    public static IReadOnlyDictionary<string, Func<RenderedResource, IEnumerable<string>>> All { get; } = new Dictionary<string, Func<RenderedResource, IEnumerable<string>>>(StringComparer.Ordinal)
    {
        ["no public database"] = resource => resource.Type == "AWS::RDS::DBInstance" && Text(resource, "PubliclyAccessible") != "false" ? ["it may get a public address"] : [],
        ["encrypted at rest"] = Unencrypted,
        ["encrypted in transit"] = Plain,
        ["no open door"] = OpenDoors,
        ["no public bucket"] = PublicBucket,
        ["no wildcard without a reason"] = resource => Policies(resource).SelectMany(Statements).SelectMany(statement => Wildcard(resource, statement)),
        ["no reason without a wildcard"] = Excuses,
        ["nobody unnamed is trusted"] = resource => Policies(resource).SelectMany(Statements).Where(TrustsAnybody).Select(statement => $"anybody may {statement["Action"]}"),
        ["federated trust names audience and subject"] = resource => Policies(resource).SelectMany(Statements).SelectMany(Federated),
        ["no password in a template"] = Passwords,
        ["instance metadata needs a session"] = resource => resource.Type == "AWS::EC2::LaunchTemplate"
            && Find(resource, "LaunchTemplateData", "MetadataOptions", "HttpTokens") != "required" ? ["HttpTokens is not required"] : [],
    };

    private static string? Text(RenderedResource resource, string name) => Find(resource, name);

    private static string? Find(RenderedResource resource, params string[] steps) => GuideTests.Find(resource.Properties, steps)?.ToLowerInvariant();

    private static IEnumerable<string> Unencrypted(RenderedResource resource) => resource.Type switch
    {
        "AWS::RDS::DBInstance" when Text(resource, "StorageEncrypted") != "true" => ["StorageEncrypted is not set"],
        "AWS::ElastiCache::ReplicationGroup" when Text(resource, "AtRestEncryptionEnabled") != "true" => ["AtRestEncryptionEnabled is not set"],
        "AWS::S3::Bucket" when resource.Properties["BucketEncryption"] is null => ["there is no BucketEncryption"],
        "AWS::ECR::Repository" when resource.Properties["EncryptionConfiguration"] is null => ["there is no EncryptionConfiguration"],
        "AWS::SNS::Topic" when Text(resource, "KmsMasterKeyId") is null => ["there is no KmsMasterKeyId"],
        "AWS::EC2::LaunchTemplate" when (resource.Properties["LaunchTemplateData"]?["BlockDeviceMappings"] as JsonArray ?? []).Any(disk => disk?["Ebs"]?["Encrypted"]?.ToString() != "true") => ["a disk is not encrypted"],
        _ => [],
    };

    private static IEnumerable<string> Plain(RenderedResource resource) => resource.Type switch
    {
        "AWS::ElastiCache::ReplicationGroup" when Text(resource, "TransitEncryptionEnabled") != "true" => ["TransitEncryptionEnabled is not set"],
        "AWS::CloudFront::Distribution" when Find(resource, "DistributionConfig", "DefaultCacheBehavior", "ViewerProtocolPolicy") == "allow-all" => ["it serves without TLS"],
        "AWS::CloudFront::Distribution" when Find(resource, "DistributionConfig", "ViewerCertificate", "AcmCertificateArn") is not null
            && Find(resource, "DistributionConfig", "ViewerCertificate", "MinimumProtocolVersion")?.StartsWith("tlsv1.2_", StringComparison.Ordinal) != true => ["it takes TLS older than 1.2"],
        _ => [],
    };

    /// <summary>The whole world may come in at one place, the load balancer, on two ports.</summary>
    private static IEnumerable<string> OpenDoors(RenderedResource resource)
    {
        var rules = resource.Type switch
        {
            "AWS::EC2::SecurityGroup" => (resource.Properties["SecurityGroupIngress"] as JsonArray ?? []).OfType<JsonObject>(),
            "AWS::EC2::SecurityGroupIngress" => [resource.Properties],
            _ => [],
        };
        foreach (var rule in rules.Where(rule => rule["CidrIp"]?.ToString() == "0.0.0.0/0" || rule["CidrIpv6"]?.ToString() == "::/0"))
        {
            var ports = $"{rule["IpProtocol"]} {rule["FromPort"]}-{rule["ToPort"]}";
            if (Text(resource, "GroupName") != "tiketi-alb-sg" || ports is not ("tcp 80-80" or "tcp 443-443"))
            {
                yield return $"the world may come in: {ports}";
            }
        }
    }

    private static IEnumerable<string> PublicBucket(RenderedResource resource) => resource.Type == "AWS::S3::Bucket"
        ? PublicAccessBlocks.Where(name => resource.Properties["PublicAccessBlockConfiguration"]?[name]?.ToString() is not ("true" or "True")).Select(name => name + " is not set")
        : [];

    /// <summary>Every policy document in a resource, whatever property holds it.</summary>
    private static IEnumerable<JsonObject> Policies(RenderedResource resource) => Documents(resource.Properties);

    private static IEnumerable<JsonObject> Documents(JsonNode? node) => node switch
    {
        JsonObject document when document.ContainsKey("Statement") && document.ContainsKey("Version") => [document],
        JsonObject mapping => mapping.SelectMany(pair => Documents(pair.Value)),
        JsonArray list => list.SelectMany(Documents),
        _ => [],
    };

    private static IEnumerable<JsonObject> Statements(JsonObject document) => document["Statement"] is JsonArray list ? list.OfType<JsonObject>() : [(JsonObject)document["Statement"]!];

    private static IEnumerable<string> Texts(JsonNode? node) => node is JsonArray list ? list.Select(item => item!.ToString()) : node is null ? [] : [node.ToString()];

    private static IEnumerable<string> Wild(JsonObject statement) =>
        Texts(statement["Action"]).Where(action => action.Contains('*')).Concat(Texts(statement["Resource"]).Where(IsWild))
            .Concat(statement.ContainsKey("NotAction") || statement.ContainsKey("NotResource") ? ["all but a few"] : []);

    /// <summary>"*", or an ARN that names nothing but a type: ":certificate/*". In a deep path, a bucket or behind a name's beginning a star is a bound.</summary>
    private static bool IsWild(string resource) => resource == "*" || NamesOnlyAType().IsMatch(resource);

    [GeneratedRegex("^arn:[^:]*:(?!s3:|sns:)[^:]*:[^:]*:[^:]*:([a-z-]+[:/])?(app/)?\\*(/\\*)*$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex NamesOnlyAType();

    private static IEnumerable<string> Wildcard(RenderedResource resource, JsonObject statement)
    {
        var sid = statement["Sid"]?.ToString();
        var reason = sid is null ? null : (resource.Metadata?["Wildcards"] as JsonObject)?[sid]?.ToString();
        return Wild(statement).Where(_ => string.IsNullOrWhiteSpace(reason)).Select(wild => $"{sid}: {wild}, and Metadata.Wildcards gives no reason");
    }

    /// <summary>Reasons that nothing needs any more.</summary>
    private static IEnumerable<string> Excuses(RenderedResource resource)
    {
        var wild = Policies(resource).SelectMany(Statements).Where(statement => Wild(statement).Any()).Select(statement => statement["Sid"]?.ToString()).ToHashSet();
        return (resource.Metadata?["Wildcards"] as JsonObject ?? []).Select(pair => pair.Key).Where(sid => !wild.Contains(sid));
    }

    private static bool TrustsAnybody(JsonObject statement) => statement["Effect"]?.ToString() == "Allow"
        && (Texts(statement["Principal"] is JsonObject ? null : statement["Principal"]).Contains("*") || Texts(statement["Principal"]?["AWS"]).Contains("*"));

    private static IEnumerable<string> Federated(JsonObject statement)
    {
        if (!Texts(statement["Action"]).Contains("sts:AssumeRoleWithWebIdentity"))
        {
            yield break;
        }

        var exact = statement["Condition"]?["StringEquals"] as JsonObject ?? [];
        foreach (var claim in (string[])[":aud", ":sub"])
        {
            var values = exact.Where(pair => pair.Key.EndsWith(claim, StringComparison.Ordinal)).SelectMany(pair => Texts(pair.Value)).ToList();
            if (values.Count == 0 || values.Exists(value => value.Contains('*')))
            {
                yield return $"{claim} is not held against exact values";
            }
        }
    }

    private static IEnumerable<string> Passwords(RenderedResource resource) => resource.Properties
        .Where(pair => pair.Key is "MasterUserPassword" or "AuthToken" or "SecretString" && !pair.Value!.ToString().StartsWith("{{resolve:secretsmanager:", StringComparison.Ordinal))
        .Select(pair => $"{pair.Key} is written down");
}
