using System.Xml.Linq;
using Tiketi.LocalCloud.S3.Storage;

namespace Tiketi.LocalCloud.S3;

/// <summary>The configuration documents of a bucket that this S3 keeps: which there are, their root element, their defaults, what an absent one answers.</summary>
internal static class BucketConfiguration
{
    /// <summary>By subresource name as in the query: <c>?encryption</c>.</summary>
    public static readonly IReadOnlyDictionary<string, Kind> Kinds = new Dictionary<string, Kind>(StringComparer.Ordinal)
    {
        ["encryption"] = new("BucketEncryption", "ServerSideEncryptionConfiguration", "ServerSideEncryptionConfigurationNotFoundError", "The server side encryption configuration was not found"),
        ["publicAccessBlock"] = new("PublicAccessBlock", "PublicAccessBlockConfiguration", "NoSuchPublicAccessBlockConfiguration", "The public access block configuration was not found"),
        ["ownershipControls"] = new("BucketOwnershipControls", "OwnershipControls", "OwnershipControlsNotFoundError", "The bucket ownership controls were not found"),
        ["versioning"] = new("BucketVersioning", "VersioningConfiguration", null, ""),
        ["lifecycle"] = new("BucketLifecycleConfiguration", "LifecycleConfiguration", "NoSuchLifecycleConfiguration", "The lifecycle configuration does not exist") { Delete = "DeleteBucketLifecycle" },
        ["tagging"] = new("BucketTagging", "Tagging", "NoSuchTagSet", "The TagSet does not exist"),
        ["cors"] = new("BucketCors", "CORSConfiguration", "NoSuchCORSConfiguration", "The CORS configuration does not exist"),
    };

    /// <summary>What a new bucket has in AWS since April 2023: all public access blocked, ACLs off, SSE-S3.</summary>
    public static IReadOnlyDictionary<string, string> Defaults => new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["encryption"] = Document("encryption", Rule(new XElement("ApplyServerSideEncryptionByDefault", new XElement("SSEAlgorithm", "AES256")), new XElement("BucketKeyEnabled", "false"))),
        ["publicAccessBlock"] = Document("publicAccessBlock", PublicAccessNames.Select(name => (object)new XElement(name, "true")).ToArray()),
        ["ownershipControls"] = Document("ownershipControls", Rule(new XElement("ObjectOwnership", "BucketOwnerEnforced"))),
    };

    public static IReadOnlyList<string> PublicAccessNames { get; } = ["BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"];

    public static string Document(string kind, params object[] content) => new XElement(Kinds[kind].Root, content).ToString(SaveOptions.DisableFormatting);

    /// <summary>Whether the bucket's public access block has this of its four switches on.</summary>
    public static bool BlocksPublic(Bucket bucket, string name) =>
        bucket.Document.Configuration.TryGetValue("publicAccessBlock", out var document)
        && string.Equals(XElement.Parse(document).Element(name)?.Value, "true", StringComparison.OrdinalIgnoreCase);

    /// <summary>Stores a policy after the checks that PutBucketPolicy makes.</summary>
    /// <exception cref="S3Exception">MalformedPolicy; AccessDenied for a public policy that the public access block refuses.</exception>
    public static void PutPolicy(Bucket bucket, string json)
    {
        var policy = BucketPolicy.Parse(json);
        if (policy.IsPublic && BlocksPublic(bucket, "BlockPublicPolicy"))
        {
            throw S3Errors.AccessDenied(
                $"User: {PolicyRequest.Account} is not authorized to perform: s3:PutBucketPolicy on resource: \"{bucket.Arn}\" because public policies are prevented by the BlockPublicPolicy setting in S3 Block Public Access.");
        }

        Put(bucket, "policy", json);
    }

    public static void Put(Bucket bucket, string kind, string document) =>
        bucket.Configure(present => present with { Configuration = new(present.Configuration, StringComparer.Ordinal) { [kind] = document } });

    public static void Remove(Bucket bucket, string kind) =>
        bucket.Configure(present =>
        {
            var configuration = new Dictionary<string, string>(present.Configuration, StringComparer.Ordinal);
            configuration.Remove(kind);
            return present with { Configuration = configuration };
        });

    private static XElement Rule(params object[] content) => new("Rule", content);

    /// <summary>One kind of document. <paramref name="AbsentCode"/> null: an absent one answers an empty document.</summary>
    internal sealed record Kind(string Name, string Root, string? AbsentCode, string AbsentMessage)
    {
        public string Get => "Get" + Name;

        public string Put => "Put" + Name;

        public string Delete { get; init; } = "Delete" + Name;
    }
}
