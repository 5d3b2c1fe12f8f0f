namespace Tiketi.Pipeline.Frontend;

/// <summary>One file of a site as it should be served.</summary>
/// <param name="Key">The object key: the path below the site's root, with forward slashes.</param>
/// <param name="Size">Bytes, as stored.</param>
/// <param name="Md5">Lower-case hex MD5 of the content as stored, which is also a single-part object's ETag.</param>
/// <param name="Kind">What it is to visitors.</param>
/// <param name="ContentType">As served.</param>
/// <param name="CacheControl">As served.</param>
/// <param name="Path">The file on disk; null when an earlier release's content is to return, which is in the bucket.</param>
public sealed record SiteFile(string Key, long Size, string Md5, SiteFileKind Kind, string ContentType, string CacheControl, string? Path)
{
    /// <summary>As served; null for content that is stored as it is.</summary>
    public string? ContentEncoding { get; init; }
}
