using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Tiketi.LocalCloud.Ecr.Storage;

/// <summary>What a manifest's JSON says: an image (config and layers) or an index (further manifests).</summary>
internal sealed record Manifest
{
    public const string DockerImage = "application/vnd.docker.distribution.manifest.v2+json";
    public const string DockerList = "application/vnd.docker.distribution.manifest.list.v2+json";
    public const string OciImage = "application/vnd.oci.image.manifest.v1+json";
    public const string OciIndex = "application/vnd.oci.image.index.v1+json";

    /// <summary>Registries must take manifests of 4 MiB at least; ECR takes no more.</summary>
    public const int LargestBytes = 4 * 1024 * 1024;

    public required ReadOnlyMemory<byte> Bytes { get; init; }

    public required string Digest { get; init; }

    public required string MediaType { get; init; }

    public string? ArtifactMediaType { get; init; }

    public string? Subject { get; init; }

    /// <summary>Config and layers that the registry must hold.</summary>
    public IReadOnlyList<(string Digest, long Size)> Blobs { get; init; } = [];

    /// <summary>The manifests of an index.</summary>
    public IReadOnlyList<string> Children { get; init; } = [];

    public bool IsIndex => MediaType is DockerList or OciIndex;

    /// <summary>Reads a manifest; <paramref name="contentType"/> stands in where the JSON does not name its own type, as OCI allows.</summary>
    /// <exception cref="FormatException">It is none of the four kinds, or contradicts itself.</exception>
    public static Manifest Parse(ReadOnlyMemory<byte> bytes, string? contentType)
    {
        try
        {
            var root = JsonNode.Parse(bytes.Span) as JsonObject ?? throw new FormatException("the manifest is not a JSON object");
            var stated = Text(root["mediaType"]);
            if (stated is not null && contentType is not null && contentType.Contains("manifest", StringComparison.Ordinal) && stated != contentType)
            {
                throw new FormatException($"the manifest's mediaType '{stated}' is not its content type '{contentType}'");
            }

            var type = stated ?? contentType ?? (root["manifests"] is null ? OciImage : OciIndex);
            if (type is not (DockerImage or DockerList or OciImage or OciIndex))
            {
                throw new FormatException($"manifest type '{type}' is not supported");
            }

            var isIndex = type is DockerList or OciIndex;
            return new Manifest
            {
                Bytes = bytes,
                Digest = DigestOf(bytes.Span),
                MediaType = type,
                ArtifactMediaType = Text(root["artifactType"]) ?? Text(root["config"]?["mediaType"]),
                Subject = Text(root["subject"]?["digest"]),
                Blobs = isIndex ? [] : [.. Descriptors(root)],
                Children = isIndex ? [.. Required(root, "manifests").Select(child => Descriptor(child).Digest)] : [],
            };
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw new FormatException("the manifest is not a well-formed manifest document", error);
        }
    }

    public static string DigestOf(ReadOnlySpan<byte> bytes) => "sha256:" + Convert.ToHexStringLower(SHA256.HashData(bytes));

    /// <summary>Layers with urls live elsewhere ("foreign" layers) and are never pushed.</summary>
    private static IEnumerable<(string Digest, long Size)> Descriptors(JsonObject root) =>
        Required(root, "layers").Where(layer => layer?["urls"] is null).Prepend(root["config"] ?? throw new FormatException("the manifest has no config")).Select(Descriptor);

    private static JsonArray Required(JsonObject root, string name) => root[name] as JsonArray ?? throw new FormatException($"the manifest has no {name}");

    private static (string Digest, long Size) Descriptor(JsonNode? node) =>
        Text(node?["digest"]) is { } digest && BlobStore.IsDigest(digest)
            ? (digest, node!["size"]?.GetValue<long>() ?? throw new FormatException($"the descriptor of {digest} has no size"))
            : throw new FormatException("a descriptor has no sha256 digest");

    private static string? Text(JsonNode? node) => node?.GetValue<string>();
}
