using System.Globalization;
using System.Text;
using System.Xml.Linq;
using Microsoft.AspNetCore.Http;
using Microsoft.Win32.SafeHandles;
using Tiketi.LocalCloud.CloudFront.Model;
using Tiketi.LocalCloud.Hosting;
using Tiketi.LocalCloud.S3;
using Tiketi.LocalCloud.S3.Storage;

namespace Tiketi.LocalCloud.CloudFront.Edge;

/// <summary>What an origin answered: an object (with its open content) or an error document.</summary>
internal sealed record OriginResponse(int Status, ObjectRecord? Object, SafeFileHandle? Content, byte[] ErrorBody);

/// <summary>
/// Reads objects of a bucket as CloudFront does: with an origin access control as cloudfront.amazonaws.com on behalf of the
/// distribution, else anonymously. What the bucket's policy does not allow is 403, and so is a missing key for who may not list.
/// </summary>
internal sealed class S3Origin(S3Store buckets, CloudFrontStore store)
{
    private const string Service = "cloudfront.amazonaws.com";

    public OriginResponse Get(Distribution distribution, Origin origin, string path)
    {
        if (S3Address.BucketOf(origin.DomainName) is not { } name || buckets.Find(name) is not { } bucket)
        {
            return Error(StatusCodes.Status404NotFound, "NoSuchBucket", "The specified bucket does not exist");
        }

        var key = (origin.Path + path)[1..];
        if (!MayRead(distribution, origin, bucket, "s3:GetObject", $"{bucket.Arn}/{key}"))
        {
            return AccessDenied();
        }

        if (key.Length > 0 && bucket.Open(key) is (var record, var content))
        {
            return new OriginResponse(StatusCodes.Status200OK, record, content, []);
        }

        return MayRead(distribution, origin, bucket, "s3:ListBucket", bucket.Arn)
            ? Error(StatusCodes.Status404NotFound, "NoSuchKey", "The specified key does not exist.")
            : AccessDenied();
    }

    /// <summary>The headers that S3 sends with an object.</summary>
    public static List<(string Name, string Value)> HeadersOf(ObjectRecord record)
    {
        List<(string Name, string Value)> headers = [("Content-Type", record.Headers.ContentType), ("Server", "AmazonS3"), ("x-amz-server-side-encryption", "AES256")];
        Add("Cache-Control", record.Headers.CacheControl);
        Add("Content-Disposition", record.Headers.ContentDisposition);
        Add("Content-Encoding", record.Headers.ContentEncoding);
        Add("Content-Language", record.Headers.ContentLanguage);
        Add("Expires", record.Headers.Expires);
        foreach (var (name, value) in record.Headers.Metadata)
        {
            Add("x-amz-meta-" + name, value);
        }

        return headers;

        void Add(string name, string? value)
        {
            if (!string.IsNullOrEmpty(value))
            {
                headers.Add((name, Ascii.IsValid(value) ? value : $"=?UTF-8?B?{Convert.ToBase64String(Encoding.UTF8.GetBytes(value))}?="));
            }
        }
    }

    private bool MayRead(Distribution distribution, Origin origin, Bucket bucket, string action, string resource)
    {
        var isSigned = origin.AccessControlId.Length > 0 && store.FindAccessControl(origin.AccessControlId) is { SigningBehavior: not "never" };
        var context = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase) { ["aws:SecureTransport"] = "true" };
        if (isSigned)
        {
            context["aws:SourceArn"] = distribution.Arn;
            context["aws:SourceAccount"] = LocalCloudSettings.AccountId;
        }

        return S3Authorizer.Decide(bucket, new PolicyRequest(isSigned ? Service : null, action, resource, context)) == PolicyDecision.Allow;
    }

    private static OriginResponse AccessDenied() => Error(StatusCodes.Status403Forbidden, "AccessDenied", "Access Denied");

    private static OriginResponse Error(int status, string code, string message)
    {
        var document = new XElement("Error", new XElement("Code", code), new XElement("Message", message), new XElement("RequestId", Guid.NewGuid().ToString("n", CultureInfo.InvariantCulture)[..16].ToUpperInvariant()));
        return new OriginResponse(status, null, null, Encoding.UTF8.GetBytes("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + document.ToString(SaveOptions.DisableFormatting)));
    }
}
