using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Tiketi.Pipeline.Registry.Sbom;

/// <summary>Writes a CycloneDX 1.6 document (cyclonedx.org/docs/1.6/json). The same image gives the same bytes: no time and no machine is in it.</summary>
internal static class CycloneDx
{
    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Write(PublishedImage image, IReadOnlyList<Component> components) => new JsonObject
    {
        ["$schema"] = "http://cyclonedx.org/schema/bom-1.6.schema.json",
        ["bomFormat"] = "CycloneDX",
        ["specVersion"] = "1.6",
        ["serialNumber"] = $"urn:uuid:{Uuid(image.Digest)}",
        ["version"] = 1,
        ["metadata"] = new JsonObject
        {
            ["tools"] = new JsonObject { ["components"] = new JsonArray(new JsonObject { ["type"] = "application", ["name"] = "Tiketi.Pipeline" }) },
            ["component"] = new JsonObject
            {
                ["type"] = "container",
                ["bom-ref"] = image.Digest,
                ["name"] = image.RepositoryName,
                ["version"] = image.Digest,
                ["purl"] = $"pkg:oci/{Uri.EscapeDataString(image.RepositoryName.Split('/')[^1])}@{Uri.EscapeDataString(image.Digest)}?repository_url={Uri.EscapeDataString(image.RepositoryUri)}",
            },
        },
        ["components"] = new JsonArray([.. components.Select(Describe)]),
    }.ToJsonString(Json) + "\n";

    /// <summary>The image that a document is about, and how many packages it names; null when it can't be read.</summary>
    public static (string Digest, int Components)? Read(string text)
    {
        try
        {
            var root = JsonNode.Parse(text);
            return root?["metadata"]?["component"]?["version"]?.GetValue<string>() is { } digest ? (digest, root["components"]?.AsArray().Count ?? 0) : null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static JsonObject Describe(Component component)
    {
        var described = new JsonObject { ["type"] = "library", ["bom-ref"] = component.Purl };
        if (component.Group is not null)
        {
            described["group"] = component.Group;
        }

        described["name"] = component.Name;
        described["version"] = component.Version;
        if (!string.IsNullOrWhiteSpace(component.License))
        {
            described["licenses"] = new JsonArray(new JsonObject { ["license"] = new JsonObject { ["name"] = component.License } });
        }

        described["purl"] = component.Purl;
        return described;
    }

    /// <summary>A name-based UUID (RFC 9562, version 8: of our own making): one for each image.</summary>
    private static Guid Uuid(string digest)
    {
        var bytes = SHA256.HashData(Encoding.UTF8.GetBytes("tiketi-sbom " + digest)).AsSpan(0, 16);
        bytes[6] = (byte)((bytes[6] & 0x0f) | 0x80);
        bytes[8] = (byte)((bytes[8] & 0x3f) | 0x80);
        return new Guid(bytes, bigEndian: true);
    }
}
