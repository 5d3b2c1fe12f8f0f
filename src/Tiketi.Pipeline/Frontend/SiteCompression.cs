using System.IO.Compression;

namespace Tiketi.Pipeline.Frontend;

/// <summary>What CloudFront compresses on its way to a visitor, and how small it gets.</summary>
internal static class SiteCompression
{
    // https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/ServingCompressedFiles.html
    private const long Smallest = 1_000;
    private const long Largest = 10_000_000;

    /// <summary>Of the types that <see cref="SiteCacheRules.ContentTypeOf"/> knows.</summary>
    private static readonly HashSet<string> Types = new(StringComparer.Ordinal)
    {
        "text/html", "text/javascript", "text/css", "text/plain", "application/xml", "application/json", "image/svg+xml", "font/ttf", "font/otf", "application/wasm", "application/pdf",
    };

    /// <param name="key">The object key, whose extension says the type.</param>
    /// <param name="size">Bytes.</param>
    public static bool IsCompressible(string key, long size) => size <= Largest && IsWorthwhile(key, size);

    /// <summary>The same, whatever the size that CloudFront stops at.</summary>
    public static bool IsWorthwhile(string key, long size) => size >= Smallest && Types.Contains(SiteCacheRules.ContentTypeOf(key).Split(';')[0]);

    public static byte[] Gzip(ReadOnlySpan<byte> content, CompressionLevel level) => Compress(content, target => new GZipStream(target, level));

    public static byte[] Brotli(ReadOnlySpan<byte> content, CompressionLevel level) => Compress(content, target => new BrotliStream(target, level));

    private static byte[] Compress(ReadOnlySpan<byte> content, Func<Stream, Stream> compressor)
    {
        var target = new MemoryStream();
        using (var stream = compressor(target))
        {
            stream.Write(content);
        }

        return target.ToArray();
    }
}
