using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Xml.Linq;
using Microsoft.AspNetCore.Http;
using Tiketi.LocalCloud.Hosting;
using Tiketi.LocalCloud.S3.Storage;

namespace Tiketi.LocalCloud.S3.Operations;

/// <summary>ListBuckets, CreateBucket, DeleteBucket, HeadBucket, GetBucketLocation, GetBucketAcl.</summary>
internal sealed class BucketOperations(S3Store store, LocalCloudSettings settings)
{
    private static readonly XNamespace Ns = S3Request.Namespace;
    private static readonly XNamespace Xsi = "http://www.w3.org/2001/XMLSchema-instance";

    /// <summary>S3 names owners by a canonical id of 64 hexadecimal digits.</summary>
    public static string OwnerId { get; } = Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(LocalCloudSettings.AccountId)));

    public static XElement Owner(string element = "Owner") => new(Ns + element, new XElement(Ns + "ID", OwnerId), new XElement(Ns + "DisplayName", "tiketi"));

    /// <summary>A time as XML answers carry it.</summary>
    public static string Timestamp(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    public Task ListAsync(S3Request request) => request.RespondAsync(new XElement(
        Ns + "ListAllMyBucketsResult",
        Owner(),
        new XElement(Ns + "Buckets", store.Buckets
            .Where(bucket => bucket.Name.StartsWith(request.Query("prefix"), StringComparison.Ordinal))
            .Select(bucket => new XElement(
                Ns + "Bucket",
                new XElement(Ns + "Name", bucket.Name),
                new XElement(Ns + "CreationDate", Timestamp(bucket.Document.CreationDate)),
                new XElement(Ns + "BucketRegion", bucket.Document.Region))))));

    public async Task CreateAsync(S3Request request)
    {
        var region = settings.Region;
        if (await request.TextAsync() is { Length: > 0 } body)
        {
            region = LocationConstraint(body) ?? region;
        }

        store.Create(request.Bucket, region, BucketConfiguration.Defaults);
        request.Respond("Location", "/" + request.Bucket);
        request.Status(StatusCodes.Status200OK);
    }

    public Task DeleteAsync(S3Request request)
    {
        store.Delete(request.Bucket);
        request.Status(StatusCodes.Status204NoContent);
        return Task.CompletedTask;
    }

    public Task HeadAsync(S3Request request)
    {
        request.Respond("x-amz-bucket-region", store.Get(request.Bucket).Document.Region);
        request.Http.Response.ContentType = "application/xml";
        return Task.CompletedTask;
    }

    /// <summary>us-east-1 has no location constraint: the element is empty there.</summary>
    public Task LocationAsync(S3Request request)
    {
        var region = store.Get(request.Bucket).Document.Region;
        return request.RespondAsync(new XElement(Ns + "LocationConstraint", region == "us-east-1" ? null : region));
    }

    /// <summary>Access control lists are off (BucketOwnerEnforced): the one grant there is, is the owner's.</summary>
    public Task AclAsync(S3Request request)
    {
        var bucket = store.Get(request.Bucket);
        if (request.Key.Length > 0 && bucket.Find(request.Key) is null)
        {
            throw S3Errors.NoSuchKey(request.Key);
        }

        var grantee = Owner("Grantee");
        grantee.Add(new XAttribute(XNamespace.Xmlns + "xsi", Xsi), new XAttribute(Xsi + "type", "CanonicalUser"));
        return request.RespondAsync(new XElement(
            Ns + "AccessControlPolicy",
            Owner(),
            new XElement(Ns + "AccessControlList", new XElement(Ns + "Grant", grantee, new XElement(Ns + "Permission", "FULL_CONTROL")))));
    }

    private static string? LocationConstraint(string body)
    {
        try
        {
            return XElement.Parse(body).Elements().FirstOrDefault(element => element.Name.LocalName == "LocationConstraint")?.Value is { Length: > 0 } region ? region : null;
        }
        catch (System.Xml.XmlException)
        {
            throw S3Errors.MalformedXml();
        }
    }
}
