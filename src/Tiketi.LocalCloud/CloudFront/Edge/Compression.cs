using System.IO.Compression;
using Tiketi.LocalCloud.CloudFront.Model;

namespace Tiketi.LocalCloud.CloudFront.Edge;

/// <summary>When and how the edge compresses.</summary>
internal static class Compression
{
    private const long Smallest = 1_000;
    private const long Largest = 10_000_000;

    /// <summary>The content types that CloudFront documents as compressible.</summary>
    private static readonly IReadOnlySet<string> Types = new HashSet<string>(StringComparer.OrdinalIgnoreCase)
    {
        "application/dash+xml", "application/eot", "application/font", "application/font-sfnt", "application/javascript", "application/json", "application/opentype",
        "application/otf", "application/pdf", "application/pkcs7-mime", "application/protobuf", "application/rss+xml", "application/truetype", "application/ttf",
        "application/vnd.apple.mpegurl", "application/vnd.mapbox-vector-tile", "application/vnd.ms-fontobject", "application/wasm", "application/xhtml+xml",
        "application/xml", "application/x-font-opentype", "application/x-font-truetype", "application/x-font-ttf", "application/x-httpd-cgi", "application/x-javascript",
        "application/x-mpegurl", "application/x-opentype", "application/x-otf", "application/x-perl", "application/x-ttf", "font/eot", "font/opentype", "font/otf", "font/ttf",
        "image/svg+xml", "text/css", "text/csv", "text/html", "text/javascript", "text/js", "text/plain", "text/richtext", "text/tab-separated-values", "text/xml",
        "text/x-component", "text/x-java-source", "text/x-script", "vnd.apple.mpegurl",
    };

    /// <summary>"br", "gzip" or "" for a viewer: Brotli is preferred where policy and viewer take both.</summary>
    public static string Choose(CacheBehavior behavior, CachePolicy policy, string acceptEncoding)
    {
        if (!behavior.Compress)
        {
            return "";
        }

        var accepted = acceptEncoding.Split(',', StringSplitOptions.TrimEntries)
            .Select(entry => entry.Split(';', StringSplitOptions.TrimEntries))
            .Where(entry => entry is not [_, "q=0" or "q=0.0" or "q=0.00" or "q=0.000"])
            .Select(entry => entry[0].ToLowerInvariant())
            .ToHashSet(StringComparer.Ordinal);
        return policy.Brotli && accepted.Contains("br") ? "br" : policy.Gzip && accepted.Contains("gzip") ? "gzip" : "";
    }

    /// <summary>The response compressed, where CloudFront would: right type and size, not encoded already. Its ETag becomes weak.</summary>
    public static async Task<CachedResponse> ApplyAsync(CachedResponse response, string encoding, CancellationToken cancellationToken)
    {
        var type = (response.Header("Content-Type") ?? "").Split(';')[0].Trim();
        if (encoding.Length == 0 || response.Body.Length is < Smallest or > Largest || response.Header("Content-Encoding") is not null || !Types.Contains(type))
        {
            return response;
        }

        using var target = new MemoryStream();
        await using (Stream compressor = encoding == "br" ? new BrotliStream(target, CompressionLevel.Optimal, leaveOpen: true) : new GZipStream(target, CompressionLevel.Optimal, leaveOpen: true))
        {
            await response.Body.CopyToAsync(compressor, 0, response.Body.Length, cancellationToken);
        }

        return response with
        {
            Body = new CachedBody(target.ToArray()),
            Headers = [.. response.Headers, ("Content-Encoding", encoding), ("Vary", "Accept-Encoding")],
            ETag = response.ETag is { } tag ? "W/" + tag : null,
        };
    }
}
