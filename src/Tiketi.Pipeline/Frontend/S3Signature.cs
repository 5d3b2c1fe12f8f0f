using System.Security.Cryptography;
using System.Text;

namespace Tiketi.Pipeline.Frontend;

/// <summary>
/// AWS Signature Version 4 in a header
/// (https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html).
/// </summary>
internal static class S3Signature
{
    private static Tuple<string, string, byte[]>? _last; // one reference, so that threads see all of it or nothing

    /// <summary>The value of the Authorization header.</summary>
    /// <param name="method">"PUT", "GET".</param>
    /// <param name="path">Percent-encoded.</param>
    /// <param name="query">Percent-encoded NAME=VALUE in ordinal order, joined by &amp;; empty for none.</param>
    /// <param name="headers">All that are signed, host among them: lower-case names in ordinal order, values without surrounding blanks; null for what is not sent.</param>
    /// <param name="payload">The value of x-amz-content-sha256.</param>
    /// <param name="time">The value of x-amz-date.</param>
    /// <param name="region">"ap-northeast-2".</param>
    public static string Authorization(
        string method, string path, string query, (string Name, string? Value)[] headers, string payload, string time, string region, string accessKey, string secretKey)
    {
        var scope = $"{time[..8]}/{region}/s3/aws4_request";
        var names = new StringBuilder(128);
        var canonical = new StringBuilder(512).Append(method).Append('\n').Append(path).Append('\n').Append(query).Append('\n');
        foreach (var (name, value) in headers)
        {
            if (value is not null)
            {
                names.Append(names.Length == 0 ? "" : ";").Append(name);
                canonical.Append(name).Append(':').Append(value).Append('\n');
            }
        }

        canonical.Append('\n').Append(names).Append('\n').Append(payload);
        var digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(canonical.ToString())));
        var signature = HMACSHA256.HashData(KeyFor(secretKey, scope), Encoding.UTF8.GetBytes($"AWS4-HMAC-SHA256\n{time}\n{scope}\n{digest}"));
        return $"AWS4-HMAC-SHA256 Credential={accessKey}/{scope},SignedHeaders={names},Signature={Convert.ToHexStringLower(signature)}";
    }

    /// <summary>The same for a day, a region and a secret.</summary>
    private static byte[] KeyFor(string secret, string scope)
    {
        if (_last is var (lastSecret, lastScope, lastKey) && lastSecret == secret && lastScope == scope)
        {
            return lastKey;
        }

        var key = scope.Split('/').Aggregate(Encoding.UTF8.GetBytes("AWS4" + secret), (key, part) => HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(part)));
        _last = Tuple.Create(secret, scope, key);
        return key;
    }
}
