using System.Text;
using System.Xml.Linq;
using Tiketi.LocalCloud.S3.Storage;

namespace Tiketi.LocalCloud.S3.Operations;

/// <summary>ListObjectsV2, ListObjects and ListObjectVersions.</summary>
internal sealed class ListOperations(S3Store store)
{
    private static readonly XNamespace Ns = S3Request.Namespace;

    public Task V2Async(S3Request request)
    {
        if (request.Query("list-type") != "2")
        {
            throw S3Errors.InvalidArgument("Invalid List Type specified in Query", "list-type", request.Query("list-type"));
        }

        var token = request.Query("continuation-token");
        var after = token.Length > 0 ? DecodeToken(token) : request.Query("start-after");
        var page = List(request, after);
        var encode = Encoder(request);
        var result = Result(request, page, encode);
        result.Add(new XElement(Ns + "KeyCount", page.Objects.Count + page.CommonPrefixes.Count));
        Add(result, "ContinuationToken", token);
        Add(result, "StartAfter", encode(request.Query("start-after")));
        if (page.IsTruncated)
        {
            Add(result, "NextContinuationToken", Convert.ToBase64String(Encoding.UTF8.GetBytes(page.Last)));
        }

        var withOwner = request.Query("fetch-owner") == "true";
        result.Add(Contents(page, encode, withOwner));
        return request.RespondAsync(result);
    }

    public Task V1Async(S3Request request)
    {
        var page = List(request, request.Query("marker"));
        var encode = Encoder(request);
        var result = Result(request, page, encode);
        result.Add(new XElement(Ns + "Marker", encode(request.Query("marker"))));
        if (page.IsTruncated && request.Query("delimiter").Length > 0)
        {
            Add(result, "NextMarker", encode(page.Last));
        }

        result.Add(Contents(page, encode, withOwner: true));
        return request.RespondAsync(result);
    }

    /// <summary>Every object has one version here, which S3 calls "null" where a bucket was never versioned.</summary>
    public Task VersionsAsync(S3Request request)
    {
        var page = List(request, request.Query("key-marker"));
        var encode = Encoder(request);
        var result = Result(request, page, encode);
        result.Name = Ns + "ListVersionsResult";
        result.Add(new XElement(Ns + "KeyMarker", encode(request.Query("key-marker"))), new XElement(Ns + "VersionIdMarker", request.Query("version-id-marker")));
        if (page.IsTruncated)
        {
            result.Add(new XElement(Ns + "NextKeyMarker", encode(page.Last)), new XElement(Ns + "NextVersionIdMarker", "null"));
        }

        foreach (var contents in Contents(page, encode, withOwner: true))
        {
            if (contents.Name.LocalName == "Contents")
            {
                contents.Name = Ns + "Version";
                contents.Add(new XElement(Ns + "VersionId", "null"), new XElement(Ns + "IsLatest", true));
            }

            result.Add(contents);
        }

        return request.RespondAsync(result);
    }

    private ListPage List(S3Request request, string after)
    {
        var maxKeys = Math.Min(request.Number("max-keys", 1000, 0, int.MaxValue), 1000);
        return store.Get(request.Bucket).List(new ListQuery(request.Query("prefix"), request.Query("delimiter"), after, maxKeys));
    }

    private static XElement Result(S3Request request, ListPage page, Func<string, string> encode)
    {
        var result = new XElement(
            Ns + "ListBucketResult",
            new XElement(Ns + "Name", request.Bucket),
            new XElement(Ns + "Prefix", encode(request.Query("prefix"))),
            new XElement(Ns + "MaxKeys", Math.Min(request.Number("max-keys", 1000, 0, int.MaxValue), 1000)),
            new XElement(Ns + "IsTruncated", page.IsTruncated));
        Add(result, "Delimiter", encode(request.Query("delimiter")));
        Add(result, "EncodingType", request.Query("encoding-type"));
        return result;
    }

    private static IEnumerable<XElement> Contents(ListPage page, Func<string, string> encode, bool withOwner)
    {
        foreach (var item in page.Objects)
        {
            var contents = new XElement(
                Ns + "Contents",
                new XElement(Ns + "Key", encode(item.Key)),
                new XElement(Ns + "LastModified", BucketOperations.Timestamp(item.LastModified)),
                new XElement(Ns + "ETag", $"\"{item.ETag}\""),
                item.Checksum is { } checksum ? new[] { new XElement(Ns + "ChecksumAlgorithm", checksum.Algorithm), new XElement(Ns + "ChecksumType", checksum.Type) } : null,
                new XElement(Ns + "Size", item.Size),
                new XElement(Ns + "StorageClass", item.Headers.StorageClass));
            if (withOwner)
            {
                contents.Add(BucketOperations.Owner());
            }

            yield return contents;
        }

        foreach (var prefix in page.CommonPrefixes)
        {
            yield return new XElement(Ns + "CommonPrefixes", new XElement(Ns + "Prefix", encode(prefix)));
        }
    }

    /// <summary>With encoding-type=url names are percent-encoded except for the slash, so that every key fits into XML.</summary>
    internal static Func<string, string> Encoder(S3Request request) => request.Query("encoding-type") switch
    {
        "" => text => text,
        "url" => text => Uri.EscapeDataString(text).Replace("%2F", "/", StringComparison.Ordinal),
        var other => throw S3Errors.InvalidArgument("Invalid Encoding Method specified in Request", "encoding-type", other),
    };

    private static string DecodeToken(string token)
    {
        var bytes = new byte[token.Length];
        return Convert.TryFromBase64String(token, bytes, out var length)
            ? Encoding.UTF8.GetString(bytes, 0, length)
            : throw S3Errors.InvalidArgument("The continuation token provided is incorrect", "continuation-token", token);
    }

    private static void Add(XElement parent, string name, string value)
    {
        if (value.Length > 0)
        {
            parent.Add(new XElement(Ns + name, value));
        }
    }
}
