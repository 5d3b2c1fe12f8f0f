using Amazon.S3;
using Amazon.S3.Model;
using Amazon.S3.Transfer;

namespace Tiketi.Pipeline.Frontend;

/// <summary>The object operations of a sync, each counted, with S3's refusals in plain words.</summary>
internal sealed class SiteBucket(IAmazonS3 s3, string bucket, SiteRequestCounter requests)
{
    private const string Md5Metadata = "md5";
    private const long PartSize = 8 * 1024 * 1024;

    public async Task UploadAsync(LocalFile file, CancellationToken cancellationToken)
    {
        try
        {
            await (file.Size > PartSize ? UploadPartsAsync(file, cancellationToken) : PutAsync(file, cancellationToken));
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw Changed(file, "vanished", exception);
        }
    }

    /// <summary>Every object outside the reserved and the users' prefixes.</summary>
    public Task<IReadOnlyDictionary<string, S3Object>> ListAsync(IReadOnlyList<string> userPrefixes, CancellationToken cancellationToken) => Ask("list", async () =>
    {
        var found = new Dictionary<string, S3Object>();
        string? token = null;
        do
        {
            requests.List();
            var page = await s3.ListObjectsV2Async(new ListObjectsV2Request { BucketName = bucket, ContinuationToken = token }, cancellationToken);
            foreach (var item in page.S3Objects ?? [])
            {
                if (!SiteManifestStore.IsReserved(item.Key) && !userPrefixes.Any(prefix => item.Key.StartsWith(prefix, StringComparison.Ordinal)))
                {
                    found[item.Key] = item;
                }
            }

            token = page.IsTruncated == true ? page.NextContinuationToken : null;
        }
        while (token is not null);
        return (IReadOnlyDictionary<string, S3Object>)found;
    });

    /// <summary>How an object that the manifest does not know is really served.</summary>
    public Task<SiteObject> DescribeAsync(S3Object item, CancellationToken cancellationToken) => Ask($"look at {item.Key}", async () =>
    {
        requests.Head();
        var head = await s3.GetObjectMetadataAsync(new GetObjectMetadataRequest { BucketName = bucket, Key = item.Key }, cancellationToken);
        var md5 = head.Metadata.Keys.Contains("x-amz-meta-" + Md5Metadata) ? head.Metadata[Md5Metadata] : head.ETag.Trim('"');
        return new SiteObject(md5, head.ContentLength, head.Headers.ContentType ?? "", head.Headers.CacheControl ?? "");
    });

    /// <summary>Deletes in the given order, up to 1,000 keys a request.</summary>
    public Task DeleteAsync(IEnumerable<string> keys, CancellationToken cancellationToken) => Ask("delete superseded files", async () =>
    {
        foreach (var batch in keys.Chunk(1000))
        {
            requests.Delete();
            var request = new DeleteObjectsRequest { BucketName = bucket, Quiet = true, Objects = [.. batch.Select(key => new KeyVersion { Key = key })] };
            await s3.DeleteObjectsAsync(request, cancellationToken);
        }

        return true;
    });

    private Task PutAsync(LocalFile file, CancellationToken cancellationToken) => Ask($"store {file.Key}", async () =>
    {
        var content = await File.ReadAllBytesAsync(file.File, cancellationToken);
        if (Convert.ToHexStringLower(System.Security.Cryptography.MD5.HashData(content)) != file.Md5)
        {
            throw Changed(file, "changed");
        }

        requests.Put();
        using var body = new MemoryStream(content, writable: false);
        var request = new Quick.PutObjectRequest { BucketName = bucket, Key = file.Key, InputStream = body, UseChunkEncoding = false, ContentType = file.ContentType };
        request.Headers.CacheControl = file.CacheControl;
        request.Metadata[Md5Metadata] = file.Md5;
        return await s3.PutObjectAsync(request, cancellationToken);
    });

    private Task UploadPartsAsync(LocalFile file, CancellationToken cancellationToken) => Ask($"store {file.Key}", async () =>
    {
        var before = File.GetLastWriteTimeUtc(file.File);
        for (var part = 0L; part * PartSize < file.Size; part++)
        {
            requests.Put();
        }

        using var transfer = new TransferUtility(s3, new TransferUtilityConfig { MinSizeBeforePartUpload = PartSize });
        var request = new TransferUtilityUploadRequest { BucketName = bucket, Key = file.Key, FilePath = file.File, PartSize = PartSize, ContentType = file.ContentType };
        request.Headers.CacheControl = file.CacheControl;
        request.Metadata[Md5Metadata] = file.Md5;
        await transfer.UploadAsync(request, cancellationToken);
        return File.GetLastWriteTimeUtc(file.File) == before && new FileInfo(file.File).Length == file.Size ? true : throw Changed(file, "changed");
    });

    private async Task<T> Ask<T>(string action, Func<Task<T>> request)
    {
        try
        {
            return await S3Failure.Guard(bucket, action, request);
        }
        catch (DeleteObjectsException exception)
        {
            var first = exception.Response.DeleteErrors[0];
            throw new PipelineException($"S3 did not delete {first.Key} in bucket {bucket}: {first.Code}: {first.Message}", $"Allow this identity s3:DeleteObject on {bucket}, then run SyncS3 again.", exception);
        }
    }

    private static PipelineException Changed(LocalFile file, string what, Exception? cause = null) =>
        new($"{file.File} {what} while the site was being synced.", "Let the build finish, then run SyncS3 again. Visitors still see the previous release.", cause);
}
