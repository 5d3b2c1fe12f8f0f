using Microsoft.Win32.SafeHandles;
using Tiketi.LocalCloud.S3.Storage;

namespace Tiketi.LocalCloud.S3.Operations;

/// <summary>What <c>x-amz-copy-source</c> names: <c>[/]bucket/key[?versionId=...]</c>, percent-encoded.</summary>
internal sealed record CopySource(Bucket Bucket, ObjectRecord Record, SafeFileHandle Content)
{
    /// <exception cref="S3Exception">NoSuchBucket, NoSuchKey, PreconditionFailed, AccessDenied for an anonymous caller.</exception>
    public static CopySource Open(S3Store store, S3Request request)
    {
        if (!request.IsSigned)
        {
            throw S3Errors.AccessDenied();
        }

        var header = request.Header("x-amz-copy-source")!;
        var path = Uri.UnescapeDataString(header.Split('?', 2)[0]).TrimStart('/');
        var slash = path.IndexOf('/', StringComparison.Ordinal);
        if (slash <= 0 || slash == path.Length - 1)
        {
            throw S3Errors.InvalidArgument("Copy Source must mention the source bucket and key: sourcebucket/sourcekey", "x-amz-copy-source", header);
        }

        var bucket = store.Get(path[..slash]);
        if (bucket.Open(path[(slash + 1)..]) is not (var record, var content))
        {
            throw S3Errors.NoSuchKey(path[(slash + 1)..]);
        }

        try
        {
            Conditions.ForRead(request, record, "x-amz-copy-source-");
        }
        catch
        {
            content.Dispose();
            throw;
        }

        return new CopySource(bucket, record, content);
    }
}
