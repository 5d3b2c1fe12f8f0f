using System.Xml.Linq;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Tiketi.LocalCloud.Hosting;
using Tiketi.LocalCloud.S3.Operations;
using Tiketi.LocalCloud.S3.Storage;

namespace Tiketi.LocalCloud.S3;

/// <summary>The S3 API: finds the operation that method, path and query name, authorises it and runs it.</summary>
internal sealed class S3Service(
    S3Store store, S3Authorizer authorizer, BucketOperations buckets, ConfigurationOperations configuration, ListOperations lists, ReadOperations reads,
    WriteOperations writes, DeleteOperations deletes, MultipartOperations multipart, ILogger<S3Service> logger) : IAwsService
{
    private static readonly string[] Unsupported =
    [
        "website", "replication", "notification", "logging", "accelerate", "requestPayment", "object-lock", "inventory", "analytics", "metrics",
        "intelligent-tiering", "retention", "legal-hold", "restore", "select", "torrent", "attributes", "renameObject",
    ];

    public string SigningName => "s3";

    public async Task HandleAsync(HttpContext context)
    {
        var request = new S3Request(context);
        request.Respond("x-amz-request-id", request.Id);
        request.Respond("x-amz-id-2", request.Id);
        request.Respond("Server", "AmazonS3");
        try
        {
            var (name, run) = Route(request);
            context.NameOperation(name);
            authorizer.Authorize(request, name, request.Bucket.Length > 0 ? store.Find(request.Bucket) : null);
            await run(request);
        }
        catch (S3Exception error) when (!context.Response.HasStarted)
        {
            await AnswerAsync(request, error);
        }
        catch (Exception error) when (!context.Response.HasStarted && !context.RequestAborted.IsCancellationRequested)
        {
            logger.LogError(error, "S3 {Method} {Path} failed", context.Request.Method, context.Request.Path);
            await AnswerAsync(request, new S3Exception(500, "InternalError", "We encountered an internal error. Please try again."));
        }
    }

    private (string Name, Func<S3Request, Task> Run) Route(S3Request request)
    {
        if (request.Bucket.Length == 0)
        {
            return request.Http.Request.Method == "GET" ? ("ListBuckets", buckets.ListAsync) : throw MethodNotAllowed(request);
        }

        if (Unsupported.FirstOrDefault(request.Has) is { } feature)
        {
            throw S3Errors.NotImplemented("?" + feature);
        }

        return request.Key.Length == 0 ? RouteBucket(request) : RouteObject(request);
    }

    private (string Name, Func<S3Request, Task> Run) RouteBucket(S3Request request)
    {
        var method = request.Http.Request.Method;
        if (BucketConfiguration.Kinds.FirstOrDefault(kind => request.Has(kind.Key)) is { Key: { } subresource, Value: { } kind })
        {
            return method switch
            {
                "GET" => (kind.Get, r => configuration.GetAsync(r, subresource)),
                "PUT" => (kind.Put, r => configuration.PutAsync(r, subresource)),
                "DELETE" => (kind.Delete, r => configuration.DeleteAsync(r, subresource)),
                _ => throw MethodNotAllowed(request),
            };
        }

        return method switch
        {
            "GET" when request.Has("location") => ("GetBucketLocation", buckets.LocationAsync),
            "GET" when request.Has("acl") => ("GetBucketAcl", buckets.AclAsync),
            "GET" when request.Has("policyStatus") => ("GetBucketPolicyStatus", configuration.PolicyStatusAsync),
            "GET" when request.Has("policy") => ("GetBucketPolicy", configuration.GetPolicyAsync),
            "PUT" when request.Has("policy") => ("PutBucketPolicy", configuration.PutPolicyAsync),
            "DELETE" when request.Has("policy") => ("DeleteBucketPolicy", configuration.DeletePolicyAsync),
            "GET" when request.Has("uploads") => ("ListMultipartUploads", multipart.ListUploadsAsync),
            "GET" when request.Has("versions") => ("ListObjectVersions", lists.VersionsAsync),
            "POST" when request.Has("delete") => ("DeleteObjects", deletes.DeleteManyAsync),
            "GET" => request.Has("list-type") ? ("ListObjectsV2", lists.V2Async) : ("ListObjects", lists.V1Async),
            "HEAD" => ("HeadBucket", buckets.HeadAsync),
            "PUT" when !request.Has("acl") => ("CreateBucket", buckets.CreateAsync),
            "DELETE" => ("DeleteBucket", buckets.DeleteAsync),
            _ => throw MethodNotAllowed(request),
        };
    }

    private (string Name, Func<S3Request, Task> Run) RouteObject(S3Request request)
    {
        var isCopy = request.Header("x-amz-copy-source") is not null;
        return request.Http.Request.Method switch
        {
            "GET" when request.Has("tagging") => ("GetObjectTagging", reads.TaggingAsync),
            "PUT" when request.Has("tagging") => ("PutObjectTagging", writes.PutTaggingAsync),
            "DELETE" when request.Has("tagging") => ("DeleteObjectTagging", writes.DeleteTaggingAsync),
            "GET" when request.Has("acl") => ("GetObjectAcl", buckets.AclAsync),
            "GET" when request.Has("uploadId") => ("ListParts", multipart.ListPartsAsync),
            "POST" when request.Has("uploads") => ("CreateMultipartUpload", multipart.CreateAsync),
            "POST" when request.Has("uploadId") => ("CompleteMultipartUpload", multipart.CompleteAsync),
            "DELETE" when request.Has("uploadId") => ("AbortMultipartUpload", multipart.AbortAsync),
            "PUT" when request.Has("uploadId") => isCopy ? ("UploadPartCopy", multipart.UploadPartCopyAsync) : ("UploadPart", multipart.UploadPartAsync),
            "PUT" when !request.Has("acl") => isCopy ? ("CopyObject", writes.CopyAsync) : ("PutObject", writes.PutAsync),
            "GET" => ("GetObject", reads.GetAsync),
            "HEAD" => ("HeadObject", reads.GetAsync),
            "DELETE" => ("DeleteObject", deletes.DeleteAsync),
            _ => throw MethodNotAllowed(request),
        };
    }

    private static S3Exception MethodNotAllowed(S3Request request) =>
        new(405, "MethodNotAllowed", "The specified method is not allowed against this resource.", ("Method", request.Http.Request.Method), ("ResourceType", request.Key.Length > 0 ? "OBJECT" : "BUCKET"));

    private static async Task AnswerAsync(S3Request request, S3Exception error)
    {
        var document = new XElement(
            "Error",
            new XElement("Code", error.Code),
            new XElement("Message", error.Message),
            error.Details.Select(detail => new XElement(detail.Name, detail.Value)),
            new XElement("Resource", request.Http.Request.Path.Value),
            new XElement("RequestId", request.Id),
            new XElement("HostId", request.Id));
        foreach (var header in (ReadOnlySpan<string>)["ETag", "Content-Range", "Accept-Ranges", "Content-Length", "Cache-Control", "Content-Encoding"])
        {
            request.Http.Response.Headers.Remove(header);
        }

        await request.RespondAsync(document, error.Status);
    }
}
