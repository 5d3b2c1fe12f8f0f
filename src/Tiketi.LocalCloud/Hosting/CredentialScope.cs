using Microsoft.AspNetCore.Http;

namespace Tiketi.LocalCloud.Hosting;

/// <summary>Whose key signed a request, and for what: <c>Credential=KEY/DATE/REGION/SERVICE/aws4_request</c>, from the header or, in a presigned URL, the query.</summary>
/// <param name="AccessKeyId">Null for an unsigned request.</param>
/// <param name="Region">Null for an unsigned request.</param>
/// <param name="Service">"s3"; null unless the scope is whole.</param>
internal readonly record struct CredentialScope(string? AccessKeyId, string? Region, string? Service)
{
    private const string Field = "Credential=";

    public static CredentialScope Of(HttpRequest request)
    {
        var authorization = request.Headers.Authorization.ToString();
        var start = authorization.IndexOf(Field, StringComparison.Ordinal);
        var credential = start >= 0 ? authorization[(start + Field.Length)..].Split(',', 2)[0] : request.Query["X-Amz-Credential"].ToString();
        var parts = credential.Trim().Split('/');
        return new CredentialScope(
            parts[0] is { Length: > 0 } key ? key : null, parts is [_, _, { Length: > 0 } region, ..] ? region : null, parts is [_, _, _, var service, _] ? service : null);
    }
}
