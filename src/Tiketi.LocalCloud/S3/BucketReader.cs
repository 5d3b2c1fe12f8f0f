using System.Text.Json.Nodes;
using System.Xml.Linq;
using Tiketi.LocalCloud.S3.Storage;

namespace Tiketi.LocalCloud.S3;

/// <summary>A bucket's documents as the properties of AWS::S3::Bucket: the way back from <see cref="BucketTemplate"/>.</summary>
internal static class BucketReader
{
    private static readonly IReadOnlyDictionary<string, string> Properties = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["encryption"] = "BucketEncryption",
        ["publicAccessBlock"] = "PublicAccessBlockConfiguration",
        ["ownershipControls"] = "OwnershipControls",
        ["versioning"] = "VersioningConfiguration",
        ["lifecycle"] = "LifecycleConfiguration",
        ["cors"] = "CorsConfiguration",
    };

    /// <summary>Repeated element -> list property.</summary>
    private static readonly IReadOnlyDictionary<string, string> Lists = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["Rule"] = "Rules",
        ["CORSRule"] = "CorsRules",
        ["AllowedHeader"] = "AllowedHeaders",
        ["AllowedMethod"] = "AllowedMethods",
        ["AllowedOrigin"] = "AllowedOrigins",
        ["ExposeHeader"] = "ExposedHeaders",
        ["Transition"] = "Transitions",
        ["NoncurrentVersionTransition"] = "NoncurrentVersionTransitions",
    };

    private static readonly IReadOnlyDictionary<string, string> Names = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["ID"] = "Id",
        ["ApplyServerSideEncryptionByDefault"] = "ServerSideEncryptionByDefault",
        ["MaxAgeSeconds"] = "MaxAge",
    };

    public static JsonObject Read(Bucket bucket)
    {
        var properties = new JsonObject { ["BucketName"] = bucket.Name, ["Tags"] = null };
        foreach (var name in Properties.Values)
        {
            properties[name] = null;
        }

        foreach (var (kind, document) in bucket.Document.Configuration)
        {
            var root = XElement.Parse(kind == "policy" ? "<Policy/>" : document);
            if (kind == "tagging")
            {
                properties["Tags"] = new JsonArray([.. root.Descendants().Where(element => element.Name.LocalName == "Tag").Select(tag => (JsonNode)Content(tag))]);
            }
            else if (kind == "encryption")
            {
                properties["BucketEncryption"] = new JsonObject { ["ServerSideEncryptionConfiguration"] = Content(root)["Rules"]?.DeepClone() };
            }
            else if (Properties.TryGetValue(kind, out var name))
            {
                properties[name] = Content(root);
            }
        }

        return properties;
    }

    private static JsonObject Content(XElement element)
    {
        var content = new JsonObject();
        foreach (var child in element.Elements())
        {
            var name = child.Name.LocalName;
            if (Lists.TryGetValue(name, out var list))
            {
                content[list] ??= new JsonArray();
                content[list]!.AsArray().Add(Value(child));
            }
            else if (name is "Filter" or "Expiration")
            {
                // CloudFormation writes both flat: Prefix, ExpirationInDays.
                foreach (var inner in child.Elements().Where(inner => inner.Value.Length > 0))
                {
                    content[inner.Name.LocalName == "Days" ? "ExpirationInDays" : inner.Name.LocalName] = Value(inner);
                }
            }
            else
            {
                content[element.Name.LocalName == "Transition" && name == "Days" ? "TransitionInDays" : Names.GetValueOrDefault(name, name)] = Value(child);
            }
        }

        return content;
    }

    private static JsonNode Value(XElement element) => element.HasElements ? Content(element) : element.Value;
}
