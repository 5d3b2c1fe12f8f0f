using System.Text;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;
using Tiketi.LocalCloud.S3.Storage;

namespace Tiketi.LocalCloud.S3.Operations;

/// <summary>Reads out of a write request what is kept with the object.</summary>
internal static class RequestHeaders
{
    private const string MetadataPrefix = "x-amz-meta-";
    private const int LargestMetadata = 2 * 1024;
    private const int LargestKey = 1024;

    /// <exception cref="S3Exception">KeyTooLongError, MetadataTooLarge, AccessControlListNotSupported, NotImplemented for what this S3 can't do.</exception>
    public static ObjectHeaders Read(S3Request request)
    {
        Refuse(request);
        var metadata = request.Http.Request.Headers
            .Where(header => header.Key.StartsWith(MetadataPrefix, StringComparison.OrdinalIgnoreCase))
            .ToDictionary(header => header.Key[MetadataPrefix.Length..].ToLowerInvariant(), header => header.Value.ToString(), StringComparer.Ordinal);
        if (metadata.Sum(entry => Encoding.UTF8.GetByteCount(entry.Key) + Encoding.UTF8.GetByteCount(entry.Value)) > LargestMetadata)
        {
            throw new S3Exception(400, "MetadataTooLarge", "Your metadata headers exceed the maximum allowed metadata size", ("MaxSizeAllowed", LargestMetadata.ToString()));
        }

        return new ObjectHeaders
        {
            ContentType = request.Header(HeaderNames.ContentType) ?? ObjectHeaders.DefaultContentType,
            CacheControl = request.Header(HeaderNames.CacheControl),
            ContentDisposition = request.Header(HeaderNames.ContentDisposition),
            ContentEncoding = WithoutChunking(request.Header(HeaderNames.ContentEncoding)),
            ContentLanguage = request.Header(HeaderNames.ContentLanguage),
            Expires = request.Header(HeaderNames.Expires),
            WebsiteRedirectLocation = request.Header("x-amz-website-redirect-location"),
            StorageClass = request.Header("x-amz-storage-class") ?? "STANDARD",
            Metadata = metadata,
            Tags = Tags(request.Header("x-amz-tagging")),
        };
    }

    /// <summary><c>a=1&amp;b=2</c>.</summary>
    public static Dictionary<string, string> Tags(string? header) =>
        QueryHelpers.ParseQuery(header).ToDictionary(tag => tag.Key, tag => tag.Value.ToString(), StringComparer.Ordinal);

    /// <summary>aws-chunked is how the body came, not what the object is encoded in.</summary>
    internal static string? WithoutChunking(string? encoding)
    {
        var kept = string.Join(',', (encoding ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Where(value => !value.Equals("aws-chunked", StringComparison.OrdinalIgnoreCase)));
        return kept.Length > 0 ? kept : null;
    }

    private static void Refuse(S3Request request)
    {
        if (Encoding.UTF8.GetByteCount(request.Key) > LargestKey)
        {
            throw new S3Exception(400, "KeyTooLongError", "Your key is too long", ("MaxSizeAllowed", LargestKey.ToString()));
        }

        if (request.Header("x-amz-acl") is not (null or "private" or "bucket-owner-full-control"))
        {
            throw new S3Exception(400, "AccessControlListNotSupported", "The bucket does not allow ACLs");
        }

        if (request.Header("x-amz-server-side-encryption-customer-algorithm") is not null)
        {
            throw S3Errors.NotImplemented("x-amz-server-side-encryption-customer-algorithm");
        }

        if (request.Header("x-amz-object-lock-mode") is not null)
        {
            throw S3Errors.NotImplemented("x-amz-object-lock-mode");
        }
    }
}
