using Microsoft.AspNetCore.Http;
using Tiketi.LocalCloud.Ecr.Storage;
using Tiketi.LocalCloud.S3;

namespace Tiketi.LocalCloud.Ecr.Registry;

/// <summary>GET and HEAD of a blob, whole or a range.</summary>
internal sealed class BlobEndpoints(BlobStore blobs)
{
    public async Task HandleAsync(HttpContext context, Repository repository, string digest)
    {
        if (!HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method))
        {
            throw RegistryException.Unsupported(); // ECR deletes layers itself, once no image has them
        }

        if (!BlobStore.IsDigest(digest))
        {
            throw RegistryException.DigestInvalid(digest);
        }

        var file = blobs.Find(repository.Name, digest) ?? throw RegistryException.BlobUnknown(digest);
        var response = context.Response;
        response.ContentType = "application/octet-stream";
        response.Headers["Docker-Content-Digest"] = digest;
        response.Headers.ETag = $"\"{digest}\"";
        response.Headers.AcceptRanges = "bytes";
        var range = ByteRange.Parse(context.Request.Headers.Range.ToString() is { Length: > 0 } header ? header : null, file.Length) ?? new ByteRange(0, file.Length, true);
        if (!range.IsSatisfiable)
        {
            response.Headers.ContentRange = $"bytes */{file.Length}";
            throw new RegistryException(416, "RANGE_INVALID", "the requested range is not within the blob");
        }

        if (range.Length != file.Length)
        {
            response.StatusCode = StatusCodes.Status206PartialContent;
            response.Headers.ContentRange = $"bytes {range.Offset}-{range.Offset + range.Length - 1}/{file.Length}";
        }

        response.ContentLength = range.Length;
        if (HttpMethods.IsGet(context.Request.Method))
        {
            await response.SendFileAsync(file.FullName, range.Offset, range.Length, context.RequestAborted);
        }
    }
}
