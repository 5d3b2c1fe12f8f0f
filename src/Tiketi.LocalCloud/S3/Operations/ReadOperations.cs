using System.Buffers;
using System.Globalization;
using System.Xml.Linq;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using Microsoft.Win32.SafeHandles;
using Tiketi.LocalCloud.S3.Storage;

namespace Tiketi.LocalCloud.S3.Operations;

/// <summary>GetObject, HeadObject, GetObjectTagging.</summary>
internal sealed class ReadOperations(S3Store store)
{
    private static readonly (string Query, string Header)[] Overrides =
    [
        ("response-content-type", HeaderNames.ContentType), ("response-cache-control", HeaderNames.CacheControl), ("response-content-encoding", HeaderNames.ContentEncoding),
        ("response-content-disposition", HeaderNames.ContentDisposition), ("response-content-language", HeaderNames.ContentLanguage), ("response-expires", HeaderNames.Expires),
    ];

    public async Task GetAsync(S3Request request)
    {
        var bucket = store.Get(request.Bucket);
        if (request.Query("versionId") is not ("" or "null"))
        {
            throw new S3Exception(404, "NoSuchVersion", "The specified version does not exist.", ("Key", request.Key), ("VersionId", request.Query("versionId")));
        }

        if (bucket.Open(request.Key) is not (var record, var content))
        {
            throw S3Authorizer.MayKnowAbsence(request, bucket) ? S3Errors.NoSuchKey(request.Key) : S3Errors.AccessDenied();
        }

        using (content)
        {
            if (Conditions.ForRead(request, record) is { } status)
            {
                request.Respond(HeaderNames.ETag, $"\"{record.ETag}\"");
                request.Respond(HeaderNames.LastModified, record.LastModified.ToString("R", CultureInfo.InvariantCulture));
                request.Respond(HeaderNames.CacheControl, record.Headers.CacheControl);
                request.Status(status);
                return;
            }

            var (offset, length, isPart) = Section(request, record);
            RespondHeaders(request, record, isWhole: !isPart);
            request.Http.Response.ContentLength = length;
            if (isPart)
            {
                request.Status(StatusCodes.Status206PartialContent);
                request.Respond(HeaderNames.ContentRange, $"bytes {offset}-{offset + length - 1}/{record.Size}");
            }

            if (!HttpMethods.IsHead(request.Http.Request.Method))
            {
                await CopyAsync(content, offset, length, request.Http.Response.Body, request.Cancelled);
            }
        }
    }

    public Task TaggingAsync(S3Request request)
    {
        var record = store.Get(request.Bucket).Find(request.Key) ?? throw S3Errors.NoSuchKey(request.Key);
        var ns = S3Request.Namespace;
        return request.RespondAsync(new XElement(
            ns + "Tagging",
            new XElement(ns + "TagSet", record.Headers.Tags.Select(tag => new XElement(ns + "Tag", new XElement(ns + "Key", tag.Key), new XElement(ns + "Value", tag.Value))))));
    }

    /// <summary>Streams a section of a file.</summary>
    internal static async Task CopyAsync(SafeFileHandle content, long offset, long length, Stream target, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(128 * 1024);
        try
        {
            while (length > 0)
            {
                var read = await RandomAccess.ReadAsync(content, buffer.AsMemory(0, (int)Math.Min(buffer.Length, length)), offset, cancellationToken);
                if (read == 0)
                {
                    throw new EndOfStreamException("An object's content file is shorter than its record says.");
                }

                await target.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
                (offset, length) = (offset + read, length - read);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static (long Offset, long Length, bool IsPart) Section(S3Request request, ObjectRecord record)
    {
        if (request.Has("partNumber"))
        {
            return PartSection(request, record);
        }

        var range = ByteRange.Parse(request.Header(HeaderNames.Range), record.Size);
        return range switch
        {
            { IsSatisfiable: false } => throw new S3Exception(
                416, "InvalidRange", "The requested range is not satisfiable", ("RangeRequested", request.Header(HeaderNames.Range)!), ("ActualObjectSize", record.Size.ToString())),
            { } section => (section.Offset, section.Length, true),
            null => (0, record.Size, false),
        };
    }

    private static (long Offset, long Length, bool IsPart) PartSection(S3Request request, ObjectRecord record)
    {
        var number = request.Number("partNumber", 1, 1, 10000);
        var parts = record.Parts ?? [record.Size];
        if (number > parts.Count)
        {
            throw new S3Exception(416, "InvalidPartNumber", "The requested partnumber is not satisfiable", ("PartNumberRequested", number.ToString()), ("ActualPartCount", parts.Count.ToString()));
        }

        request.Respond("x-amz-mp-parts-count", record.Parts is null ? null : parts.Count.ToString());
        return (parts.Take(number - 1).Sum(), parts[number - 1], record.Size > 0);
    }

    private static void RespondHeaders(S3Request request, ObjectRecord record, bool isWhole)
    {
        var headers = record.Headers;
        request.Respond(HeaderNames.AcceptRanges, "bytes");
        request.Respond(HeaderNames.ETag, $"\"{record.ETag}\"");
        request.Respond(HeaderNames.LastModified, record.LastModified.ToString("R", CultureInfo.InvariantCulture));
        request.Respond(HeaderNames.ContentType, headers.ContentType);
        request.Respond(HeaderNames.CacheControl, headers.CacheControl);
        request.Respond(HeaderNames.ContentDisposition, headers.ContentDisposition);
        request.Respond(HeaderNames.ContentEncoding, headers.ContentEncoding);
        request.Respond(HeaderNames.ContentLanguage, headers.ContentLanguage);
        request.Respond(HeaderNames.Expires, headers.Expires);
        request.Respond("x-amz-website-redirect-location", headers.WebsiteRedirectLocation);
        request.Respond("x-amz-storage-class", headers.StorageClass == "STANDARD" ? null : headers.StorageClass);
        request.Respond("x-amz-server-side-encryption", "AES256");
        request.Respond("x-amz-tagging-count", headers.Tags.Count == 0 ? null : headers.Tags.Count.ToString());
        foreach (var (name, value) in headers.Metadata)
        {
            request.Respond("x-amz-meta-" + name, value);
        }

        if (isWhole && record.Checksum is { } checksum && "ENABLED".Equals(request.Header("x-amz-checksum-mode"), StringComparison.OrdinalIgnoreCase))
        {
            request.Respond("x-amz-checksum-" + checksum.Algorithm.ToLowerInvariant(), checksum.Value);
            request.Respond("x-amz-checksum-type", checksum.Type);
        }

        foreach (var (query, header) in Overrides)
        {
            request.Respond(header, request.IsSigned ? request.Query(query) : null);
        }
    }
}
