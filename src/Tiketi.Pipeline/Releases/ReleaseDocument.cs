using System.IO.Compression;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Tiketi.Pipeline.Kubernetes;

namespace Tiketi.Pipeline.Releases;

/// <summary>A <see cref="Release"/> as the ConfigMap that holds it.</summary>
internal static class ReleaseDocument
{
    public const string Prefix = "tiketi-release-";
    public const string Component = "release";
    private const string MetadataKey = "release.json";
    private const string ManifestsKey = "manifests.json.br";

    // A ConfigMap's values hold 1 MiB together (k8s.io/api/core/v1, MaxSecretSize), base64 not counted.
    private const int MaximumBytes = 1024 * 1024;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        WriteIndented = true, // people read it with kubectl
    };

    public static ObjectKey Key(string namespaceName, int number) => new("v1", "ConfigMap", namespaceName, $"{Prefix}{number:000000}");

    /// <param name="release">Numbered.</param>
    /// <param name="namespaceName">Where it is kept.</param>
    /// <param name="owner">Tells a create of ours whose answer got lost from somebody else's of the same number.</param>
    /// <exception cref="PipelineException">The manifests do not fit.</exception>
    public static JsonObject Write(Release release, string namespaceName, string owner)
    {
        var key = Key(namespaceName, release.Number);
        var metadata = Metadata(release);
        var manifests = Compress(release.Manifests);
        var size = metadata.Length + manifests.Length;
        return size > MaximumBytes
            ? throw new PipelineException(
                $"The release record takes {size:N0} bytes, and a ConfigMap holds {MaximumBytes:N0}: the manifests are too large.",
                "Keep large data (certificates, dumps, static files) out of ConfigMaps in k8s/.")
            : new JsonObject
            {
                ["apiVersion"] = key.ApiVersion,
                ["kind"] = key.Kind,
                ["metadata"] = new JsonObject
                {
                    ["name"] = key.Name,
                    ["namespace"] = namespaceName,
                    ["labels"] = new JsonObject { ["app.kubernetes.io/part-of"] = "tiketi", ["app.kubernetes.io/component"] = Component },
                    ["annotations"] = new JsonObject { ["tiketi.io/owner"] = owner },
                },
                ["data"] = new JsonObject { [MetadataKey] = metadata },
                ["binaryData"] = new JsonObject { [ManifestsKey] = Convert.ToBase64String(manifests) },
            };
    }

    /// <summary>A merge patch that renews all but the manifests, which never change.</summary>
    public static JsonObject Update(Release release) => new() { ["data"] = new JsonObject { [MetadataKey] = Metadata(release) } };

    public static string? Owner(JsonObject configMap) => configMap.Text("metadata", "annotations", "tiketi.io/owner");

    /// <exception cref="PipelineException">Somebody has edited the record.</exception>
    public static Release Read(JsonObject configMap)
    {
        try
        {
            var release = JsonSerializer.Deserialize<Release>(configMap.Text("data", MetadataKey)!, Json)!;
            return release with { Manifests = Decompress(Convert.FromBase64String(configMap.Text("binaryData", ManifestsKey)!)) };
        }
        catch (Exception broken) when (broken is JsonException or FormatException or ArgumentNullException or InvalidDataException)
        {
            var name = configMap.Text("metadata", "name");
            throw new PipelineException($"The release record {name} is broken: {broken.Message}", $"Delete it (kubectl delete configmap {name}); only this release can no longer be rolled back to.", broken);
        }
    }

    private static string Metadata(Release release) => JsonSerializer.Serialize(release, Json);

    private static byte[] Compress(ManifestSet manifests)
    {
        var bodies = new JsonArray([.. manifests.Manifests.Where(manifest => manifest.Key.Kind != "Secret").Select(manifest => manifest.Body.DeepClone())]);
        using var result = new MemoryStream();
        using (var brotli = new BrotliStream(result, CompressionLevel.Optimal))
        {
            JsonSerializer.Serialize(brotli, bodies);
        }

        return result.ToArray();
    }

    private static ManifestSet Decompress(byte[] bytes)
    {
        using var brotli = new BrotliStream(new MemoryStream(bytes), CompressionMode.Decompress);
        return new ManifestSet(JsonNode.Parse(brotli)!.AsArray().Select(body => new Manifest(body!.DeepClone().AsObject())));
    }
}
