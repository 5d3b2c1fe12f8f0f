using System.Buffers;
using Amazon.S3;
using Amazon.S3.Model;
using Amazon.S3.Transfer;

namespace Tiketi.Pipeline.Frontend;

/// <summary>The object operations of a sync, each counted, with S3's refusals in plain words.</summary>
internal sealed class SiteBucket(IAmazonS3 s3, string bucket, SiteRequestCounter requests)
{
    private const string KeptPrefix = ".tiketi/kept/";
    private const string Md5Metadata = "md5"; // as S3Lane.Md5Header names it
    private const long PartSize = 8 * 1024 * 1024;

    private readonly S3Lane _lane = new(s3, bucket);

    /// <summary>Called when S3 asks for less.</summary>
    public Action Throttled { set => _lane.Throttled = value; }

    public Task UploadAsync(SiteFile file, CancellationToken cancellationToken) => file.Size > PartSize ? UploadPartsAsync(file, cancellationToken) : PutAsync(file, cancellationToken);

    /// <summary>Every object outside the reserved and the users' prefixes.</summary>
    public async Task<IReadOnlyDictionary<string, ListedObject>> ListAsync(IReadOnlyList<string> userPrefixes, CancellationToken cancellationToken) =>
        (await ListPrefixAsync(prefix: "", cancellationToken))
            .Where(item => !SiteManifestStore.IsReserved(item.Key) && !userPrefixes.Any(prefix => item.Key.StartsWith(prefix, StringComparison.Ordinal)))
            .ToDictionary(item => item.Key);

    private Task<List<ListedObject>> ListPrefixAsync(string prefix, CancellationToken cancellationToken) => Ask("list", async () =>
    {
        var found = new List<ListedObject>();
        string? token = null;
        do
        {
            requests.List();
            var page = await _lane.ListAsync(prefix, token, cancellationToken);
            found.AddRange(page.Objects);
            token = page.Next;
        }
        while (token is not null);
        return found;
    });

    /// <summary>How an object that the manifest does not know is really served.</summary>
    public Task<SiteObject> DescribeAsync(ListedObject item, CancellationToken cancellationToken) => Ask($"look at {item.Key}", async () =>
    {
        requests.Head();
        var head = await s3.GetObjectMetadataAsync(new GetObjectMetadataRequest { BucketName = bucket, Key = item.Key }, cancellationToken);
        var md5 = head.Metadata.Keys.Contains(S3Lane.Md5Header) ? head.Metadata[Md5Metadata] : head.ETag.Trim('"');
        return new SiteObject(md5, head.ContentLength, head.Headers.ContentType ?? "", head.Headers.CacheControl ?? "") { ContentEncoding = head.Headers.ContentEncoding is { Length: > 0 } encoding ? encoding : null };
    });

    /// <summary>Deletes in the given order, up to 1,000 keys a request.</summary>
    public async Task DeleteAsync(IEnumerable<string> keys, CancellationToken cancellationToken)
    {
        foreach (var batch in keys.Chunk(1000))
        {
            requests.Delete();
            var request = new DeleteObjectsRequest { BucketName = bucket, Quiet = true, Objects = [.. batch.Select(key => new KeyVersion { Key = key })] };
            try
            {
                await Ask("delete superseded files", () => s3.DeleteObjectsAsync(request, cancellationToken));
            }
            catch (DeleteObjectsException exception)
            {
                var first = exception.Response.DeleteErrors[0];
                throw new PipelineException($"S3 did not delete {first.Key} in bucket {bucket}: {first.Code}: {first.Message}", $"Allow this identity s3:DeleteObject on {bucket}, then run SyncS3 again.", exception);
            }
        }
    }

    /// <summary>Copies what is served under <paramref name="key"/> aside, within the bucket.</summary>
    public Task KeepAsync(string key, string md5, CancellationToken cancellationToken) =>
        CopyAsync(new CopyObjectRequest { SourceKey = key, DestinationKey = KeptPrefix + md5 }, $"keep a copy of {key}", cancellationToken);

    /// <summary>Serves content that was kept aside, or <paramref name="isInPlace"/> just its headers, as an earlier release did.</summary>
    public Task RestoreAsync(SiteFile file, bool isInPlace, CancellationToken cancellationToken)
    {
        var request = new CopyObjectRequest
        {
            SourceKey = isInPlace ? file.Key : KeptPrefix + file.Md5,
            DestinationKey = file.Key,
            MetadataDirective = S3MetadataDirective.REPLACE,
            ContentType = file.ContentType,
        };
        (request.Headers.CacheControl, request.Headers.ContentEncoding) = (file.CacheControl, file.ContentEncoding);
        request.Metadata[Md5Metadata] = file.Md5;
        return CopyAsync(request, $"restore {file.Key}", cancellationToken);
    }

    /// <summary>The MD5s of the contents that are really kept aside.</summary>
    public async Task<IReadOnlySet<string>> ListKeptAsync(CancellationToken cancellationToken) =>
        (await ListPrefixAsync(KeptPrefix, cancellationToken)).Select(item => item.Key[KeptPrefix.Length..]).ToHashSet(StringComparer.Ordinal);

    /// <summary>Deletes contents that were kept aside.</summary>
    public Task ForgetAsync(IEnumerable<string> md5s, CancellationToken cancellationToken) => DeleteAsync(md5s.Select(md5 => KeptPrefix + md5), cancellationToken);

    private Task CopyAsync(CopyObjectRequest request, string action, CancellationToken cancellationToken) => Ask(action, () =>
    {
        requests.Copy();
        (request.SourceBucket, request.DestinationBucket) = (bucket, bucket);
        return s3.CopyObjectAsync(request, cancellationToken);
    });

    private Task PutAsync(SiteFile file, CancellationToken cancellationToken) => Ask($"store {file.Key}", async () =>
    {
        var buffer = ArrayPool<byte>.Shared.Rent((int)file.Size + 1);
        try
        {
            using (var handle = File.OpenHandle(file.Path!))
            {
                if (LocalSite.Fill(handle, buffer) != file.Size)
                {
                    throw Changed(file, "changed");
                }
            }

            requests.Put();
            var headers = new PutHeaders(file.ContentType, file.CacheControl) { Md5 = file.Md5, ContentEncoding = file.ContentEncoding };
            return await _lane.PutAsync(file.Key, buffer.AsMemory(0, (int)file.Size), headers, cancellationToken);
        }
        catch (AmazonS3Exception exception) when (exception.ErrorCode == "BadDigest")
        {
            throw Changed(file, "changed", exception); // S3 compared the content with the MD5 of when the site was read
        }
        catch (Exception exception) when (IsGone(exception))
        {
            throw Changed(file, "vanished", exception);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    });

    private Task UploadPartsAsync(SiteFile file, CancellationToken cancellationToken) => Ask($"store {file.Key}", async () =>
    {
        try
        {
            var before = File.GetLastWriteTimeUtc(file.Path!);
            if (LocalSite.Md5Of(file.Path!) != file.Md5)
            {
                throw Changed(file, "changed"); // S3 has no MD5 of the whole to compare with
            }

            for (var part = 0L; part * PartSize < file.Size; part++)
            {
                requests.Put();
            }

            using var transfer = new TransferUtility(s3, new TransferUtilityConfig { MinSizeBeforePartUpload = PartSize });
            var request = new TransferUtilityUploadRequest { BucketName = bucket, Key = file.Key, FilePath = file.Path, PartSize = PartSize, ContentType = file.ContentType };
            (request.Headers.CacheControl, request.Headers.ContentEncoding) = (file.CacheControl, file.ContentEncoding);
            request.Metadata[Md5Metadata] = file.Md5;
            await transfer.UploadAsync(request, cancellationToken);
            return File.GetLastWriteTimeUtc(file.Path!) == before && new FileInfo(file.Path!).Length == file.Size ? true : throw Changed(file, "changed");
        }
        catch (Exception exception) when (IsGone(exception))
        {
            throw Changed(file, "vanished", exception);
        }
    });

    private Task<T> Ask<T>(string action, Func<Task<T>> request) => S3Failure.Guard(bucket, action, request);

    private static bool IsGone(Exception exception) => exception is FileNotFoundException or DirectoryNotFoundException;

    private static PipelineException Changed(SiteFile file, string what, Exception? cause = null) =>
        new($"{file.Path} {what} while the site was being synced.", "Let the build finish, then run SyncS3 again. Visitors still see the previous release.", cause);
}
