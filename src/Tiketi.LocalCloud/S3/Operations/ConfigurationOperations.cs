using System.Text;
using System.Xml.Linq;
using Microsoft.AspNetCore.Http;
using Tiketi.LocalCloud.S3.Storage;

namespace Tiketi.LocalCloud.S3.Operations;

/// <summary>
/// The configuration documents of a bucket. Policy and public access block take effect; encryption, ownership, versioning,
/// lifecycle, tagging and CORS are kept and given back, as no caller of the local cloud depends on their effect.
/// </summary>
internal sealed class ConfigurationOperations(S3Store store)
{
    public async Task GetAsync(S3Request request, string kind)
    {
        var bucket = store.Get(request.Bucket);
        var description = BucketConfiguration.Kinds[kind];
        if (bucket.Document.Configuration.TryGetValue(kind, out var stored))
        {
            await request.RespondAsync(WithNamespace(XElement.Parse(stored)));
        }
        else if (description.AbsentCode is { } code)
        {
            throw new S3Exception(404, code, description.AbsentMessage, ("BucketName", bucket.Name));
        }
        else
        {
            await request.RespondAsync(new XElement(S3Request.Namespace + description.Root));
        }
    }

    public async Task PutAsync(S3Request request, string kind)
    {
        var bucket = store.Get(request.Bucket);
        var document = await request.XmlAsync(BucketConfiguration.Kinds[kind].Root);
        document.RemoveAttributes();
        BucketConfiguration.Put(bucket, kind, document.ToString(SaveOptions.DisableFormatting));
        request.Status(kind == "tagging" ? StatusCodes.Status204NoContent : StatusCodes.Status200OK);
    }

    public Task DeleteAsync(S3Request request, string kind)
    {
        var bucket = store.Get(request.Bucket);
        if (kind == "versioning")
        {
            throw new S3Exception(405, "MethodNotAllowed", "The specified method is not allowed against this resource.");
        }

        if (kind == "encryption")
        {
            BucketConfiguration.Put(bucket, kind, BucketConfiguration.Defaults[kind]); // S3 goes back to SSE-S3, never to none
        }
        else
        {
            BucketConfiguration.Remove(bucket, kind);
        }

        request.Status(StatusCodes.Status204NoContent);
        return Task.CompletedTask;
    }

    public async Task GetPolicyAsync(S3Request request)
    {
        var policy = Policy(store.Get(request.Bucket));
        request.Http.Response.ContentType = "application/json";
        await request.Http.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(policy), request.Cancelled);
    }

    public async Task PutPolicyAsync(S3Request request)
    {
        BucketConfiguration.PutPolicy(store.Get(request.Bucket), await request.TextAsync());
        request.Status(StatusCodes.Status204NoContent);
    }

    public Task DeletePolicyAsync(S3Request request)
    {
        BucketConfiguration.Remove(store.Get(request.Bucket), "policy");
        request.Status(StatusCodes.Status204NoContent);
        return Task.CompletedTask;
    }

    public Task PolicyStatusAsync(S3Request request) => request.RespondAsync(new XElement(
        S3Request.Namespace + "PolicyStatus",
        new XElement(S3Request.Namespace + "IsPublic", BucketPolicy.Parse(Policy(store.Get(request.Bucket))).IsPublic)));

    private static string Policy(Bucket bucket) => bucket.Document.Configuration.GetValueOrDefault("policy")
        ?? throw new S3Exception(404, "NoSuchBucketPolicy", "The bucket policy does not exist", ("BucketName", bucket.Name));

    private static XElement WithNamespace(XElement document)
    {
        foreach (var element in document.DescendantsAndSelf())
        {
            element.Name = S3Request.Namespace + element.Name.LocalName;
        }

        return document;
    }
}
