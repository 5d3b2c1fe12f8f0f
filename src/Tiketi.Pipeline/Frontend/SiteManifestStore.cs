using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Amazon.S3;

namespace Tiketi.Pipeline.Frontend;

/// <summary>The manifest as read.</summary>
/// <param name="Manifest">Null when the bucket has none, or one that does not match its own checksum.</param>
/// <param name="ETag">The object's ETag, for conditional writes; null when there is no such object.</param>
/// <param name="LastModified">When S3 stored it (UTC).</param>
internal sealed record StoredManifest(SiteManifest? Manifest, string? ETag, DateTimeOffset LastModified);

/// <summary>Reads and conditionally writes <see cref="SiteManifest"/>.</summary>
internal sealed class SiteManifestStore(IAmazonS3 s3, string bucket, SiteRequestCounter requests)
{
    private readonly S3Lane _lane = new(s3, bucket);

    public const string Key = ".tiketi/manifest.json";

    /// <summary>True for keys that belong to the pipeline's own bookkeeping.</summary>
    public static bool IsReserved(string key) => key.StartsWith(".tiketi/", StringComparison.Ordinal);

    public Task<StoredManifest> LoadAsync(CancellationToken cancellationToken) => S3Failure.Guard(bucket, $"read {Key}", async () =>
    {
        requests.Get();
        try
        {
            var stored = await _lane.GetAsync(Key, cancellationToken);
            return new StoredManifest(Read(stored.Body), stored.ETag, stored.LastModified ?? DateTimeOffset.UnixEpoch);
        }
        catch (AmazonS3Exception exception) when (exception.ErrorCode == "NoSuchKey")
        {
            return new StoredManifest(Manifest: null, ETag: null, DateTimeOffset.UnixEpoch);
        }
    });

    /// <summary>Writes the manifest if the stored one is still the one with <paramref name="etag"/> (null: still absent).</summary>
    /// <returns>The new ETag, or null when somebody else wrote first.</returns>
    public Task<string?> TrySaveAsync(SiteManifest manifest, string? etag, CancellationToken cancellationToken) => S3Failure.Guard(bucket, $"write {Key}", async () =>
    {
        requests.Put();
        var headers = new PutHeaders("application/json; charset=utf-8", "no-store") { IfMatch = etag, IfNoneMatch = etag is null ? "*" : null };
        try
        {
            return await _lane.PutAsync(Key, Write(manifest), headers, cancellationToken);
        }
        catch (AmazonS3Exception exception) when (exception.StatusCode is HttpStatusCode.PreconditionFailed or HttpStatusCode.Conflict
            || (etag is not null && exception.ErrorCode == "NoSuchKey"))
        {
            return null;
        }
    });

    /// <summary>The document is <c>{"checksum":"SHA-256 of the manifest's bytes","manifest":{...}}</c>.</summary>
    internal static byte[] Write(SiteManifest manifest)
    {
        var content = JsonSerializer.SerializeToUtf8Bytes(manifest, SiteManifestJson.Default.SiteManifest);
        return [.. Encoding.UTF8.GetBytes($"{{\"checksum\":\"{Checksum(content)}\",\"manifest\":"), .. content, (byte)'}'];
    }

    internal static SiteManifest? Read(byte[] body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            var content = Encoding.UTF8.GetBytes(document.RootElement.GetProperty("manifest").GetRawText());
            var manifest = JsonSerializer.Deserialize(content, SiteManifestJson.Default.SiteManifest);
            return document.RootElement.GetProperty("checksum").GetString() == Checksum(content) && manifest is { Format: 1 } ? manifest : null;
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return null;
        }
    }

    private static string Checksum(ReadOnlySpan<byte> content) => Convert.ToHexStringLower(SHA256.HashData(content));
}

/// <summary>Generated, because reflecting over the manifest's types takes longer than most syncs.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SiteManifest))]
internal sealed partial class SiteManifestJson : JsonSerializerContext;
