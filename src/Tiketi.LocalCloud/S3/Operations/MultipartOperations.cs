using System.Security.Cryptography;
using System.Xml.Linq;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using Tiketi.LocalCloud.S3.Storage;

namespace Tiketi.LocalCloud.S3.Operations;

/// <summary>CreateMultipartUpload, UploadPart, UploadPartCopy, CompleteMultipartUpload, AbortMultipartUpload, ListParts, ListMultipartUploads.</summary>
internal sealed class MultipartOperations(S3Store store, TimeProvider time)
{
    private const int LastPart = 10_000;
    private static readonly XNamespace Ns = S3Request.Namespace;

    public Task CreateAsync(S3Request request)
    {
        var bucket = store.Get(request.Bucket);
        var algorithm = request.Header("x-amz-checksum-algorithm")?.ToUpperInvariant();
        if (algorithm is not null)
        {
            Checksum.Create(algorithm).Dispose(); // refuses a name that there is not
        }

        var type = request.Header("x-amz-checksum-type")?.ToUpperInvariant() ?? (algorithm == "CRC64NVME" ? "FULL_OBJECT" : "COMPOSITE");
        var upload = bucket.Uploads.Begin(new UploadDocument(request.Key, time.GetUtcNow(), RequestHeaders.Read(request), algorithm, type));
        request.Respond("x-amz-checksum-algorithm", algorithm);
        request.Respond("x-amz-checksum-type", algorithm is null ? null : type);
        request.Respond("x-amz-server-side-encryption", "AES256");
        return request.RespondAsync(new XElement(
            Ns + "InitiateMultipartUploadResult",
            new XElement(Ns + "Bucket", bucket.Name), new XElement(Ns + "Key", request.Key), new XElement(Ns + "UploadId", upload.Id)));
    }

    public async Task UploadPartAsync(S3Request request)
    {
        var upload = Upload(request);
        var part = await StorePartAsync(request, upload, (write, algorithm) =>
            Payload.Of(request.Http.Request).ReceiveAsync(write, algorithm, request.Cancelled));
        request.Respond(HeaderNames.ETag, $"\"{part.ETag}\"");
        request.Respond("x-amz-server-side-encryption", "AES256");
        if (part.Checksum is not null)
        {
            request.Respond("x-amz-checksum-" + upload.Document.ChecksumAlgorithm!.ToLowerInvariant(), part.Checksum);
        }
    }

    public async Task UploadPartCopyAsync(S3Request request)
    {
        var upload = Upload(request);
        var source = CopySource.Open(store, request);
        using (source.Content)
        {
            var header = request.Header("x-amz-copy-source-range");
            var range = header is null ? new ByteRange(0, source.Record.Size, true) : ByteRange.Parse(header, source.Record.Size);
            if (range is not { IsSatisfiable: true })
            {
                throw S3Errors.InvalidArgument("The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the zero-based offsets of the first and last bytes to copy", "x-amz-copy-source-range", header!);
            }

            var part = await StorePartAsync(request, upload, (write, algorithm) => SectionAsync(source, range, write, algorithm, request.Cancelled));
            await request.RespondAsync(new XElement(
                Ns + "CopyPartResult",
                new XElement(Ns + "LastModified", BucketOperations.Timestamp(part.LastModified)), new XElement(Ns + "ETag", $"\"{part.ETag}\"")));
        }
    }

    public async Task CompleteAsync(S3Request request)
    {
        var bucket = store.Get(request.Bucket);
        var upload = Upload(request);
        var document = await request.XmlAsync("CompleteMultipartUpload");
        var parts = PartSelection.Choose(upload, document);
        var check = Conditions.ForWrite(request);
        check?.Invoke(bucket.Find(request.Key));

        var algorithm = upload.Document.ChecksumAlgorithm;
        var isWhole = upload.Document.ChecksumType == "FULL_OBJECT";
        using var whole = algorithm is not null && isWhole ? Checksum.Create(algorithm) : null;
        var content = await bucket.Uploads.JoinAsync(upload, parts, whole, request.Cancelled);
        try
        {
            var record = new ObjectRecord
            {
                Key = request.Key,
                ETag = $"{Convert.ToHexStringLower(MD5.HashData(parts.SelectMany(part => Convert.FromHexString(part.ETag)).ToArray()))}-{parts.Count}",
                Size = parts.Sum(part => part.Size),
                LastModified = time.GetUtcNow(),
                Content = content,
                Headers = upload.Document.Headers,
                Parts = [.. parts.Select(part => part.Size)],
                Checksum = algorithm is null ? null : PartSelection.Combine(algorithm, parts, whole),
            };
            VerifyChecksum(request, record.Checksum);
            bucket.Commit(record, check);
            bucket.Uploads.End(upload);
            request.Respond("x-amz-server-side-encryption", "AES256");
            await request.RespondAsync(new XElement(
                Ns + "CompleteMultipartUploadResult",
                new XElement(Ns + "Location", $"{request.Http.Request.Scheme}://{request.Http.Request.Host}{request.Http.Request.Path}"),
                new XElement(Ns + "Bucket", bucket.Name),
                new XElement(Ns + "Key", request.Key),
                new XElement(Ns + "ETag", $"\"{record.ETag}\""),
                record.Checksum is { } sum ? new[] { new XElement(Ns + "Checksum" + sum.Algorithm, sum.Value), new XElement(Ns + "ChecksumType", sum.Type) } : null));
        }
        catch (S3Exception)
        {
            bucket.Discard(content);
            throw;
        }
    }

    public Task AbortAsync(S3Request request)
    {
        var upload = Upload(request);
        store.Get(request.Bucket).Uploads.End(upload);
        request.Status(StatusCodes.Status204NoContent);
        return Task.CompletedTask;
    }

    public Task ListPartsAsync(S3Request request)
    {
        var upload = Upload(request);
        var marker = request.Number("part-number-marker", 0, 0, LastPart);
        var max = request.Number("max-parts", 1000, 1, 1000);
        var parts = upload.Parts.Where(part => part.Number > marker).ToList();
        var page = parts.Take(max).ToList();
        return request.RespondAsync(new XElement(
            Ns + "ListPartsResult",
            new XElement(Ns + "Bucket", request.Bucket),
            new XElement(Ns + "Key", request.Key),
            new XElement(Ns + "UploadId", upload.Id),
            BucketOperations.Owner("Initiator"),
            BucketOperations.Owner(),
            new XElement(Ns + "StorageClass", upload.Document.Headers.StorageClass),
            new XElement(Ns + "PartNumberMarker", marker),
            new XElement(Ns + "NextPartNumberMarker", page.LastOrDefault()?.Number ?? 0),
            new XElement(Ns + "MaxParts", max),
            new XElement(Ns + "IsTruncated", page.Count < parts.Count),
            page.Select(part => new XElement(
                Ns + "Part",
                new XElement(Ns + "PartNumber", part.Number),
                new XElement(Ns + "LastModified", BucketOperations.Timestamp(part.LastModified)),
                new XElement(Ns + "ETag", $"\"{part.ETag}\""),
                new XElement(Ns + "Size", part.Size),
                part.Checksum is null ? null : new XElement(Ns + "Checksum" + upload.Document.ChecksumAlgorithm, part.Checksum)))));
    }

    public Task ListUploadsAsync(S3Request request)
    {
        var bucket = store.Get(request.Bucket);
        var encode = ListOperations.Encoder(request);
        var (keyMarker, idMarker) = (request.Query("key-marker"), request.Query("upload-id-marker"));
        var max = request.Number("max-uploads", 1000, 1, 1000);
        var uploads = bucket.Uploads.All
            .Where(upload => upload.Document.Key.StartsWith(request.Query("prefix"), StringComparison.Ordinal))
            .SkipWhile(upload => keyMarker.Length > 0 && KeyOrder.Instance.Compare(upload.Document.Key, keyMarker) < 0)
            .SkipWhile(upload => keyMarker.Length > 0 && upload.Document.Key == keyMarker && idMarker.Length == 0)
            .ToList();
        var seen = uploads.FindIndex(upload => upload.Id == idMarker && upload.Document.Key == keyMarker);
        uploads = uploads[(seen + 1)..];
        var page = uploads.Take(max).ToList();
        return request.RespondAsync(new XElement(
            Ns + "ListMultipartUploadsResult",
            new XElement(Ns + "Bucket", bucket.Name),
            new XElement(Ns + "Prefix", encode(request.Query("prefix"))),
            new XElement(Ns + "KeyMarker", encode(keyMarker)),
            new XElement(Ns + "UploadIdMarker", idMarker),
            page.Count < uploads.Count ? new[] { new XElement(Ns + "NextKeyMarker", encode(page[^1].Document.Key)), new XElement(Ns + "NextUploadIdMarker", page[^1].Id) } : null,
            new XElement(Ns + "MaxUploads", max),
            new XElement(Ns + "IsTruncated", page.Count < uploads.Count),
            page.Select(upload => new XElement(
                Ns + "Upload",
                new XElement(Ns + "Key", encode(upload.Document.Key)),
                new XElement(Ns + "UploadId", upload.Id),
                BucketOperations.Owner("Initiator"),
                BucketOperations.Owner(),
                new XElement(Ns + "StorageClass", upload.Document.Headers.StorageClass),
                new XElement(Ns + "Initiated", BucketOperations.Timestamp(upload.Document.Initiated))))));
    }

    private Upload Upload(S3Request request) => store.Get(request.Bucket).Uploads.Get(request.Query("uploadId"), request.Key);

    private async Task<UploadPart> StorePartAsync(
        S3Request request, Upload upload, Func<Func<ReadOnlyMemory<byte>, ValueTask>, string?, Task<ReceivedPayload>> receive)
    {
        var number = request.Number("partNumber", 0, 1, LastPart);
        if (number == 0)
        {
            throw S3Errors.InvalidArgument($"Part number must be an integer between 1 and {LastPart}, inclusive", "partNumber", "");
        }

        try
        {
            var (content, stream) = upload.NewPart();
            ReceivedPayload received;
            await using (stream)
            {
                received = await receive(bytes => stream.WriteAsync(bytes, request.Cancelled), upload.Document.ChecksumAlgorithm);
            }

            if (upload.Document.ChecksumAlgorithm is { } expected && received.ChecksumAlgorithm != expected)
            {
                throw S3Errors.InvalidRequest($"Checksum Type mismatch occurred, expected checksum Type: {expected.ToLowerInvariant()}, actual checksum Type: {received.ChecksumAlgorithm?.ToLowerInvariant()}");
            }

            var checksum = upload.Document.ChecksumAlgorithm is null ? null : received.Checksum;
            var part = new UploadPart(number, Convert.ToHexStringLower(received.Md5), received.Size, time.GetUtcNow(), content, checksum);
            upload.CommitPart(part);
            return part;
        }
        catch (DirectoryNotFoundException)
        {
            throw S3Errors.NoSuchUpload(upload.Id); // aborted or completed meanwhile
        }
    }

    private static async Task<ReceivedPayload> SectionAsync(
        CopySource source, ByteRange range, Func<ReadOnlyMemory<byte>, ValueTask> write, string? algorithm, CancellationToken cancellationToken)
    {
        using var md5 = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
        using var checksum = algorithm is null ? null : Checksum.Create(algorithm);
        var buffer = new byte[80 * 1024];
        for (var done = 0L; done < range.Length;)
        {
            var read = await RandomAccess.ReadAsync(source.Content, buffer.AsMemory(0, (int)Math.Min(buffer.Length, range.Length - done)), range.Offset + done, cancellationToken);
            md5.AppendData(buffer.AsSpan(0, read));
            checksum?.Append(buffer.AsSpan(0, read));
            await write(buffer.AsMemory(0, read));
            done += read > 0 ? read : throw new EndOfStreamException("An object's content file is shorter than its record says.");
        }

        return new ReceivedPayload(range.Length, md5.GetHashAndReset(), algorithm, checksum is null ? null : Convert.ToBase64String(checksum.Finish()));
    }

    private static void VerifyChecksum(S3Request request, ObjectChecksum? checksum)
    {
        if (checksum is not null && request.Header("x-amz-checksum-" + checksum.Algorithm) is { } declared && declared != checksum.Value)
        {
            throw S3Errors.BadDigest(checksum.Algorithm);
        }
    }
}
