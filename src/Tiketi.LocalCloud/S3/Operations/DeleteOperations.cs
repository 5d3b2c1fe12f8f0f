using System.Xml.Linq;
using Microsoft.AspNetCore.Http;
using Tiketi.LocalCloud.S3.Storage;

namespace Tiketi.LocalCloud.S3.Operations;

/// <summary>DeleteObject and DeleteObjects.</summary>
internal sealed class DeleteOperations(S3Store store)
{
    private static readonly XNamespace Ns = S3Request.Namespace;

    public Task DeleteAsync(S3Request request)
    {
        store.Get(request.Bucket).Remove(request.Key, Conditions.ForWrite(request));
        request.Status(StatusCodes.Status204NoContent);
        return Task.CompletedTask;
    }

    /// <summary>Deleting a key that is not there is a success, as for a single one.</summary>
    public async Task DeleteManyAsync(S3Request request)
    {
        var headers = request.Http.Request.Headers;
        if (headers.ContentMD5.Count == 0 && !headers.Keys.Any(name => name.StartsWith("x-amz-checksum-", StringComparison.OrdinalIgnoreCase)) && request.Header("x-amz-trailer") is null)
        {
            throw S3Errors.InvalidRequest("Missing required header for this request: Content-MD5 OR x-amz-checksum-*");
        }

        var bucket = store.Get(request.Bucket);
        var document = await request.XmlAsync("Delete");
        var items = document.Elements("Object").ToList();
        if (items.Count is 0 or > 1000)
        {
            throw S3Errors.MalformedXml();
        }

        var quiet = document.Element("Quiet")?.Value == "true";
        var result = new XElement(Ns + "DeleteResult");
        foreach (var item in items)
        {
            result.Add(DeleteOne(bucket, item, quiet));
        }

        await request.RespondAsync(result);
    }

    private static XElement? DeleteOne(Bucket bucket, XElement item, bool quiet)
    {
        var key = item.Element("Key")?.Value ?? throw S3Errors.MalformedXml();
        try
        {
            var etag = item.Element("ETag")?.Value;
            bucket.Remove(key, present => Conditions.RequireMatch(etag, present, key));
            return quiet ? null : new XElement(Ns + "Deleted", new XElement(Ns + "Key", key));
        }
        catch (S3Exception error)
        {
            return new XElement(Ns + "Error", new XElement(Ns + "Key", key), new XElement(Ns + "Code", error.Code), new XElement(Ns + "Message", error.Message));
        }
    }
}
