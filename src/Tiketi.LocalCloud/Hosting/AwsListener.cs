using System.Collections.Frozen;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Http;
using Tiketi.LocalCloud.Ecr;

namespace Tiketi.LocalCloud.Hosting;

/// <summary>The shared AWS port: picks the service from the request's SigV4 credential scope, as AWS's own edge picks it from the host name.</summary>
internal sealed class AwsListener(LocalCloudSettings settings, IEnumerable<IAwsService> services, IContainerRegistry registry) : IListener
{
    private readonly FrozenDictionary<string, IAwsService> _services = services.ToFrozenDictionary(service => service.SigningName, StringComparer.Ordinal);

    public string Name => "AWS APIs and container registry";

    public int Port => settings.AwsPort;

    public X509Certificate2? Certificate => null;

    public async Task HandleAsync(HttpContext context)
    {
        if (context.Request.Path.StartsWithSegments("/v2", StringComparison.Ordinal))
        {
            await registry.HandleAsync(context);
        }
        else if (context.Request.Path == "/_health")
        {
            await context.Response.WriteAsJsonAsync(new { status = "ok", services = _services.Keys.Order() }, context.RequestAborted);
        }
        else if (SigningNameOf(context.Request) is { } name && _services.TryGetValue(name, out var service))
        {
            await service.HandleAsync(context);
        }
        else
        {
            context.Response.StatusCode = StatusCodes.Status501NotImplemented;
            await context.Response.WriteAsync(
                $"The local cloud has no service '{SigningNameOf(context.Request) ?? "(unsigned request)"}'. It speaks: {string.Join(", ", _services.Keys.Order())}.",
                context.RequestAborted);
        }
    }

    /// <summary>The fourth part of <c>Credential=KEY/DATE/REGION/SERVICE/aws4_request</c>, from the header or, in a presigned URL, the query. Unsigned requests are anonymous S3 ones.</summary>
    private static string? SigningNameOf(HttpRequest request)
    {
        var authorization = request.Headers.Authorization.ToString();
        var start = authorization.IndexOf("Credential=", StringComparison.Ordinal);
        var credential = start >= 0
            ? authorization[(start + "Credential=".Length)..].Split(',', 2)[0]
            : request.Query["X-Amz-Credential"].ToString();
        var parts = credential.Trim().Split('/');
        return parts.Length == 5 ? parts[3] : "s3";
    }
}
