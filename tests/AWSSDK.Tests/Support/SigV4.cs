using System.Security.Cryptography;
using System.Text;

namespace AwsSdk.Tests.Support;

/// <summary>Signature Version 4, written from its specification and independent of the SDK's signer.</summary>
public static class SigV4
{
    /// <summary>The signature that <paramref name="request"/> should carry, and the one it does carry.</summary>
    public static (string Expected, string Actual, string Scope) Of(Received request, string secretKey)
    {
        var authorization = request.Headers["authorization"];
        string Part(string name) => authorization.Split(name + "=", 2)[1].Split(',')[0].Trim();
        var scope = Part("Credential").Split('/', 2)[1];
        var signedHeaders = Part("SignedHeaders");
        var target = request.RawUrl.Split('?', 2);
        var query = (target.Length == 2 ? target[1].Split('&') : [])
            .Select(pair => pair.Contains('=', StringComparison.Ordinal) ? pair : pair + "=")
            .Order(StringComparer.Ordinal);
        // Every service but S3 signs the path as it is sent, encoded once more.
        var path = string.Join('/', target[0].Split('/').Select(Uri.EscapeDataString));
        var canonical = string.Join('\n',
            request.Method, path, string.Join('&', query),
            string.Concat(signedHeaders.Split(';').Select(name => $"{name}:{request.Headers[name].Trim()}\n")),
            signedHeaders, Hex(SHA256.HashData(Encoding.UTF8.GetBytes(request.Body))));
        var toSign = $"AWS4-HMAC-SHA256\n{request.Headers["x-amz-date"]}\n{scope}\n{Hex(SHA256.HashData(Encoding.UTF8.GetBytes(canonical)))}";
        var key = scope.Split('/').Aggregate(Encoding.UTF8.GetBytes("AWS4" + secretKey), Hmac);
        return (Hex(Hmac(key, toSign)), Part("Signature"), scope);
    }

    private static byte[] Hmac(byte[] key, string text) => HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text));

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);
}
