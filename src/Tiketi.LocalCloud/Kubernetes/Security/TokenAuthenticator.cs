using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Web;
using Microsoft.AspNetCore.Http;
using Tiketi.LocalCloud.Eks;
using Tiketi.LocalCloud.Hosting;
using Tiketi.LocalCloud.Kubernetes.Api;

namespace Tiketi.LocalCloud.Kubernetes.Security;

/// <summary>
/// Accepts what <c>aws eks get-token</c> makes: a presigned STS GetCallerIdentity URL, signed for one cluster. The local cloud accepts
/// any access key; the signature is checked for the conventional pair test/test, the only secret it knows.
/// </summary>
internal sealed class TokenAuthenticator(TimeProvider time, EksClusters clusters)
{
    private const string Prefix = "k8s-aws-v1.";
    private const string ClusterHeader = "x-k8s-aws-id";
    private const string KnownKey = "test";
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(5);

    /// <returns>The user's name (an ARN).</returns>
    /// <exception cref="StatusException">401: no such token, not for a cluster of ours, or too old.</exception>
    public string Authenticate(HttpRequest request)
    {
        var header = request.Headers.Authorization.ToString();
        if (!header.StartsWith("Bearer " + Prefix, StringComparison.Ordinal))
        {
            throw Unauthorized();
        }

        try
        {
            var encoded = header[("Bearer ".Length + Prefix.Length)..].Trim().Replace('-', '+').Replace('_', '/');
            var url = new Uri(Encoding.ASCII.GetString(Convert.FromBase64String(encoded.PadRight((encoded.Length + 3) / 4 * 4, '='))));
            return Check(url);
        }
        catch (Exception e) when (e is FormatException or UriFormatException)
        {
            throw Unauthorized();
        }
    }

    private string Check(Uri url)
    {
        var query = HttpUtility.ParseQueryString(url.Query);
        var credential = (query["X-Amz-Credential"] ?? string.Empty).Split('/');
        var signedHeaders = (query["X-Amz-SignedHeaders"] ?? string.Empty).Split(';');
        var isRequest = query["Action"] == "GetCallerIdentity" && credential is [_, _, _, "sts", "aws4_request"] && signedHeaders.Contains(ClusterHeader, StringComparer.Ordinal);
        if (!isRequest
            || !DateTimeOffset.TryParseExact(query["X-Amz-Date"], "yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var signedAt)
            || time.GetUtcNow() > signedAt + Lifetime || time.GetUtcNow() < signedAt - ClockSkew)
        {
            throw Unauthorized();
        }

        var names = clusters.Names;
        var accepted = credential[0] == KnownKey
            ? names.Any(name => Sign(url, query, credential, signedHeaders, name) == query["X-Amz-Signature"])
            : names.Count > 0;
        return accepted ? $"arn:aws:iam::{LocalCloudSettings.AccountId}:user/{credential[0]}" : throw Unauthorized();
    }

    /// <summary>Signature version 4 of the presigned request, as if its x-k8s-aws-id header named this cluster.</summary>
    private static string Sign(Uri url, System.Collections.Specialized.NameValueCollection query, string[] credential, string[] signedHeaders, string cluster)
    {
        var canonicalQuery = string.Join('&', query.AllKeys.Where(key => key is not (null or "X-Amz-Signature"))
            .Select(key => $"{Uri.EscapeDataString(key!)}={Uri.EscapeDataString(query[key] ?? string.Empty)}").Order(StringComparer.Ordinal));
        var headers = string.Concat(signedHeaders.Select(name => $"{name}:{(name == ClusterHeader ? cluster : name == "host" ? url.Authority : string.Empty)}\n"));
        var canonical = string.Join('\n', "GET", url.AbsolutePath, canonicalQuery, headers, string.Join(';', signedHeaders), Hex(SHA256.HashData([])));
        var text = string.Join('\n', "AWS4-HMAC-SHA256", query["X-Amz-Date"], string.Join('/', credential[1..]), Hex(SHA256.HashData(Encoding.UTF8.GetBytes(canonical))));
        var key = credential[1..].Aggregate(Encoding.UTF8.GetBytes("AWS4" + KnownKey), (secret, part) => HMACSHA256.HashData(secret, Encoding.UTF8.GetBytes(part)));
        return Hex(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text)));
    }

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);

    private static StatusException Unauthorized() => new(StatusCodes.Status401Unauthorized, "Unauthorized", "Unauthorized");
}
