using System.Xml.Linq;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using Tiketi.LocalCloud.S3.Storage;

namespace Tiketi.LocalCloud.S3.Operations;

/// <summary>PutObject, CopyObject, PutObjectTagging, DeleteObjectTagging.</summary>
internal sealed class WriteOperations(S3Store store, TimeProvider time)
{
    private const long LargestSinglePut = 5L * 1024 * 1024 * 1024;
    private static readonly XNamespace Ns = S3Request.Namespace;

    public async Task PutAsync(S3Request request)
    {
        var bucket = store.Get(request.Bucket);
        if (request.Http.Request.ContentLength > LargestSinglePut)
        {
            throw new S3Exception(400, "EntityTooLarge", "Your proposed upload exceeds the maximum allowed size", ("MaxSizeAllowed", LargestSinglePut.ToString()));
        }

        var headers = RequestHeaders.Read(request);
        var check = Conditions.ForWrite(request);
        check?.Invoke(bucket.Find(request.Key)); // spares an upload that cannot be kept; decided again at the commit
        var (content, handle) = bucket.NewContent();
        try
        {
            ReceivedPayload received;
            using (handle)
            {
                var offset = 0L;
                received = await Payload.Of(request.Http.Request).ReceiveAsync(
                    bytes =>
                    {
                        // Into the page cache: an asynchronous write would only add a hop to another thread.
                        RandomAccess.Write(handle, bytes.Span, offset);
                        offset += bytes.Length;
                        return ValueTask.CompletedTask;
                    },
                    checksumAlgorithm: null,
                    request.Cancelled);
            }

            var record = new ObjectRecord
            {
                Key = request.Key,
                ETag = Convert.ToHexStringLower(received.Md5),
                Size = received.Size,
                LastModified = time.GetUtcNow(),
                Content = content,
                Headers = headers,
                Checksum = received.Checksum is null ? null : new ObjectChecksum(received.ChecksumAlgorithm!, received.Checksum),
            };
            bucket.Commit(record, check);
            RespondWritten(request, record);
        }
        catch
        {
            bucket.Discard(content);
            throw;
        }
    }

    public async Task CopyAsync(S3Request request)
    {
        var target = store.Get(request.Bucket);
        var source = CopySource.Open(store, request);
        using (source.Content)
        {
            var replaces = "REPLACE".Equals(request.Header("x-amz-metadata-directive"), StringComparison.OrdinalIgnoreCase);
            if (!replaces && source.Bucket == target && source.Record.Key == request.Key && request.Header("x-amz-storage-class") is null)
            {
                throw S3Errors.InvalidRequest("This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.");
            }

            var given = RequestHeaders.Read(request);
            var kept = replaces ? given : source.Record.Headers with { StorageClass = given.StorageClass };
            var tags = "REPLACE".Equals(request.Header("x-amz-tagging-directive"), StringComparison.OrdinalIgnoreCase) ? given.Tags : source.Record.Headers.Tags;
            var (content, handle) = target.NewContent();
            try
            {
                await using (var stream = new FileStream(handle, FileAccess.Write, 0))
                {
                    await ReadOperations.CopyAsync(source.Content, 0, source.Record.Size, stream, request.Cancelled);
                }

                var record = source.Record with
                {
                    Key = request.Key,
                    LastModified = time.GetUtcNow(),
                    Content = content,
                    Headers = kept with { Tags = tags },
                    ETag = await EtagOfCopyAsync(source, request),
                    Parts = null,
                    Checksum = source.Record.Checksum is { Type: "FULL_OBJECT" } whole ? whole : null,
                };
                target.Commit(record, Conditions.ForWrite(request));
                request.Respond("x-amz-server-side-encryption", "AES256");
                await request.RespondAsync(new XElement(
                    Ns + "CopyObjectResult",
                    new XElement(Ns + "LastModified", BucketOperations.Timestamp(record.LastModified)),
                    new XElement(Ns + "ETag", $"\"{record.ETag}\"")));
            }
            catch
            {
                target.Discard(content);
                throw;
            }
        }
    }

    public async Task PutTaggingAsync(S3Request request)
    {
        var document = await request.XmlAsync("Tagging");
        var tags = document.Descendants("Tag").ToDictionary(
            tag => tag.Element("Key")?.Value ?? throw S3Errors.MalformedXml(), tag => tag.Element("Value")?.Value ?? "", StringComparer.Ordinal);
        Retag(request, tags);
        request.Status(StatusCodes.Status200OK);
    }

    public Task DeleteTaggingAsync(S3Request request)
    {
        Retag(request, []);
        request.Status(StatusCodes.Status204NoContent);
        return Task.CompletedTask;
    }

    internal static void RespondWritten(S3Request request, ObjectRecord record)
    {
        request.Respond(HeaderNames.ETag, $"\"{record.ETag}\"");
        request.Respond("x-amz-server-side-encryption", "AES256");
        if (record.Checksum is { } checksum)
        {
            request.Respond("x-amz-checksum-" + checksum.Algorithm.ToLowerInvariant(), checksum.Value);
            request.Respond("x-amz-checksum-type", checksum.Type);
        }
    }

    private void Retag(S3Request request, Dictionary<string, string> tags)
    {
        var bucket = store.Get(request.Bucket);
        var record = bucket.Find(request.Key) ?? throw S3Errors.NoSuchKey(request.Key);
        bucket.Commit(
            record with { Headers = record.Headers with { Tags = tags } },
            present => _ = present?.Content == record.Content
                ? true
                : throw new S3Exception(409, "OperationAborted", "A conflicting conditional operation is currently in progress against this resource. Please try again."));
    }

    /// <summary>A copy is one whole object: a multipart ETag becomes the MD5 of the content.</summary>
    private static async Task<string> EtagOfCopyAsync(CopySource source, S3Request request)
    {
        if (source.Record.Parts is null)
        {
            return source.Record.ETag;
        }

        await using var hash = new HashStream(System.Security.Cryptography.HashAlgorithmName.MD5);
        await ReadOperations.CopyAsync(source.Content, 0, source.Record.Size, hash, request.Cancelled);
        return Convert.ToHexStringLower(hash.Finish());
    }
}
