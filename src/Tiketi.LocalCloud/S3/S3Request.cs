using System.Text;
using System.Xml;
using System.Xml.Linq;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;
using Tiketi.LocalCloud.Hosting;

namespace Tiketi.LocalCloud.S3;

/// <summary>One S3 request with its bucket and key resolved, and the ways to answer it.</summary>
internal sealed class S3Request
{
    /// <summary>XML bodies are small; S3's own limit for the largest (DeleteObjects, CompleteMultipartUpload) is of this order.</summary>
    private const int LargestDocument = 4 * 1024 * 1024;

    public static readonly XNamespace Namespace = "http://s3.amazonaws.com/doc/2006-03-01/";

    public S3Request(HttpContext http)
    {
        Http = http;
        Id = Convert.ToHexString(Guid.NewGuid().ToByteArray().AsSpan(0, 8));
        (Bucket, Key) = S3Address.Parse(http.Request.Host.Host, http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget);
    }

    public HttpContext Http { get; }

    /// <summary>The request id that the answer carries.</summary>
    public string Id { get; }

    /// <summary>Empty: a request to the service itself.</summary>
    public string Bucket { get; }

    /// <summary>Empty: a request to the bucket.</summary>
    public string Key { get; }

    public CancellationToken Cancelled => Http.RequestAborted;

    /// <summary>Signed in any way: header, presigned URL. The signature is not checked; a key is the account's unless a pod was given it.</summary>
    public bool IsSigned => Http.Request.Headers.Authorization.Count > 0 || Has("X-Amz-Signature") || Has("Signature");

    /// <summary>The key that signed, from the header or a presigned URL; null for an anonymous request.</summary>
    public string? AccessKeyId => CredentialScope.Of(Http.Request).AccessKeyId;

    public bool Has(string query) => Http.Request.Query.ContainsKey(query);

    /// <summary>A query parameter; empty when absent.</summary>
    public string Query(string name) => Http.Request.Query[name].ToString();

    /// <summary>A header; null when absent or empty.</summary>
    public string? Header(string name) => Http.Request.Headers[name].ToString() is { Length: > 0 } value ? value : null;

    /// <summary>A whole number from the query.</summary>
    /// <exception cref="S3Exception">InvalidArgument.</exception>
    public int Number(string name, int fallback, int low, int high)
    {
        if (!Has(name))
        {
            return fallback;
        }

        return int.TryParse(Query(name), out var value) && value >= low && value <= high
            ? value
            : throw S3Errors.InvalidArgument($"Argument {name} must be an integer between {low} and {high}", name, Query(name));
    }

    /// <summary>The body as a document, checked like every payload.</summary>
    public async Task<string> TextAsync()
    {
        using var memory = new MemoryStream();
        await Payload.Of(Http.Request).ReceiveAsync(
            async bytes =>
            {
                if (memory.Length + bytes.Length > LargestDocument)
                {
                    throw new S3Exception(400, "EntityTooLarge", "Your proposed upload exceeds the maximum allowed object size.");
                }

                await memory.WriteAsync(bytes, Cancelled);
            },
            checksumAlgorithm: null,
            Cancelled);
        return Encoding.UTF8.GetString(memory.GetBuffer(), 0, (int)memory.Length).TrimStart('\uFEFF');
    }

    /// <summary>The body as XML whose root is <paramref name="root"/>. Clients differ in giving the namespace, so it is dropped.</summary>
    /// <exception cref="S3Exception">MalformedXML.</exception>
    public async Task<XElement> XmlAsync(string root)
    {
        try
        {
            var document = XElement.Parse(await TextAsync());
            foreach (var element in document.DescendantsAndSelf())
            {
                element.Name = element.Name.LocalName;
            }

            return document.Name.LocalName == root ? document : throw S3Errors.MalformedXml();
        }
        catch (XmlException)
        {
            throw S3Errors.MalformedXml();
        }
    }

    public void Status(int status) => Http.Response.StatusCode = status;

    /// <summary>Sets an answer's header when there is a value. What is not ASCII is encoded as S3 does, by RFC 2047.</summary>
    public void Respond(string header, string? value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            Http.Response.Headers[header] = Ascii.IsValid(value) ? value : $"=?UTF-8?B?{Convert.ToBase64String(Encoding.UTF8.GetBytes(value))}?=";
        }
    }

    public async Task RespondAsync(XElement document, int status = StatusCodes.Status200OK)
    {
        Status(status);
        Http.Response.ContentType = "application/xml";
        if (HttpMethods.IsHead(Http.Request.Method))
        {
            return;
        }

        var bytes = Serialize(document);
        Http.Response.Headers[HeaderNames.ContentLength] = bytes.Length.ToString();
        await Http.Response.Body.WriteAsync(bytes, Cancelled);
    }

    /// <summary>Keys may hold characters that XML forbids; S3 writes them as references all the same.</summary>
    private static byte[] Serialize(XElement document)
    {
        using var memory = new MemoryStream();
        var settings = new XmlWriterSettings { Encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), CheckCharacters = false };
        using (var writer = XmlWriter.Create(memory, settings))
        {
            document.Save(writer);
        }

        return memory.ToArray();
    }
}
