using System.Text.Json;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using Tiketi.LocalCloud.CloudFormation;

namespace Tiketi.LocalCloud.S3;

/// <summary>Turns the properties of AWS::S3::Bucket into the documents that the S3 API would have stored for them.</summary>
internal static class BucketTemplate
{
    /// <summary>CloudFormation's names for lists and their members, where the XML differs: list property -> repeated element.</summary>
    private static readonly IReadOnlyDictionary<string, string> Lists = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["Rules"] = "Rule",
        ["ServerSideEncryptionConfiguration"] = "Rule",
        ["CorsRules"] = "CORSRule",
        ["AllowedHeaders"] = "AllowedHeader",
        ["AllowedMethods"] = "AllowedMethod",
        ["AllowedOrigins"] = "AllowedOrigin",
        ["ExposedHeaders"] = "ExposeHeader",
        ["Transitions"] = "Transition",
        ["NoncurrentVersionTransitions"] = "NoncurrentVersionTransition",
    };

    private static readonly IReadOnlyDictionary<string, string> Names = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["Id"] = "ID",
        ["ServerSideEncryptionByDefault"] = "ApplyServerSideEncryptionByDefault",
        ["MaxAge"] = "MaxAgeSeconds",
        ["TransitionInDays"] = "Days",
    };

    private static readonly IReadOnlyDictionary<string, string> Kinds = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["BucketEncryption"] = "encryption",
        ["PublicAccessBlockConfiguration"] = "publicAccessBlock",
        ["OwnershipControls"] = "ownershipControls",
        ["VersioningConfiguration"] = "versioning",
        ["LifecycleConfiguration"] = "lifecycle",
        ["CorsConfiguration"] = "cors",
    };

    /// <returns>All of a bucket's documents: the template's, S3's defaults for the rest.</returns>
    /// <exception cref="ResourceException">A property that this S3 does not have.</exception>
    public static Dictionary<string, string> Documents(JsonObject properties)
    {
        var documents = new Dictionary<string, string>(BucketConfiguration.Defaults, StringComparer.Ordinal);
        foreach (var (name, value) in properties)
        {
            if (name is "BucketName" || value is null)
            {
                continue;
            }

            if (name == "Tags")
            {
                documents["tagging"] = BucketConfiguration.Document("tagging", new XElement("TagSet", value.AsArray().Select(tag => Element("Tag", tag!))));
            }
            else if (Kinds.TryGetValue(name, out var kind))
            {
                documents[kind] = BucketConfiguration.Document(kind, [.. Content(value.AsObject())]);
            }
            else
            {
                throw new ResourceException($"The local cloud's S3 does not support the property {name} of AWS::S3::Bucket. Supported: BucketName, Tags, {string.Join(", ", Kinds.Keys)}.");
            }
        }

        return documents;
    }

    private static IEnumerable<XElement> Content(JsonObject node) => node.SelectMany(Member);

    private static IEnumerable<XElement> Member(KeyValuePair<string, JsonNode?> member) => member switch
    {
        { Value: JsonArray list } => list.Select(item => Element(Lists.GetValueOrDefault(member.Key) ?? throw NotSupported(member.Key), item!)),
        { Key: "ExpirationInDays", Value: { } days } => [new XElement("Expiration", new XElement("Days", days.ToString()))],
        { Key: "Prefix", Value: { } prefix } => [new XElement("Filter", new XElement("Prefix", prefix.ToString()))],
        { Value: { } value } => [Element(Names.GetValueOrDefault(member.Key, member.Key), value)],
        _ => [],
    };

    private static XElement Element(string name, JsonNode value) => value switch
    {
        JsonObject node => new XElement(name, Content(node)),
        JsonValue scalar => new XElement(name, scalar.GetValueKind() == JsonValueKind.String ? scalar.GetValue<string>() : scalar.ToJsonString()),
        _ => throw NotSupported(name),
    };

    private static ResourceException NotSupported(string name) => new($"The local cloud's S3 does not support the list {name} of AWS::S3::Bucket.");
}
