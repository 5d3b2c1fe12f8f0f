using System.Collections.Frozen;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Http;
using Tiketi.LocalCloud.Ecr;
using Tiketi.LocalCloud.PodIdentity;

namespace Tiketi.LocalCloud.Hosting;

/// <summary>The shared AWS port: picks the service from the request's SigV4 credential scope, as AWS's own edge picks it from the host name.</summary>
internal sealed class AwsListener(LocalCloudSettings settings, IEnumerable<IAwsService> services, IContainerRegistry registry, PodIdentityAgent podIdentity, RequestLog log, IEnumerable<IStartupProgress> progress) : IListener
{
    private readonly FrozenDictionary<string, IAwsService> _services = services.ToFrozenDictionary(service => service.SigningName, StringComparer.Ordinal);

    public string Name => "AWS APIs and container registry";

    public int Port => settings.AwsPort;

    public X509Certificate2? Certificate => null;

    public Task HandleAsync(HttpContext context) => context.Request.Path.Value switch
    {
        "/_health" => context.Response.WriteAsJsonAsync(new { status = "ok", services = _services.Keys.Order(), pending = progress.SelectMany(part => part.Pending) }, context.RequestAborted),
        "/_requests" => ReadLogAsync(context),
        PodIdentityAgent.Path => podIdentity.HandleAsync(context), // no bucket: their names have three characters or more
        _ => DispatchAsync(context),
    };

    private async Task DispatchAsync(HttpContext context)
    {
        // A signed request below /v2 is for an S3 object of that name in a bucket named by the host.
        var isRegistry = context.Request.Path.StartsWithSegments("/v2", StringComparison.Ordinal)
            && !context.Request.Headers.Authorization.ToString().StartsWith("AWS4-", StringComparison.Ordinal);
        var name = isRegistry ? "registry" : CredentialScope.Of(context.Request).Service ?? "s3"; // unsigned requests are anonymous S3 ones
        try
        {
            if (isRegistry)
            {
                await registry.HandleAsync(context);
            }
            else if (_services.TryGetValue(name, out var service))
            {
                await service.HandleAsync(context);
            }
            else
            {
                context.Response.StatusCode = StatusCodes.Status501NotImplemented;
                await context.Response.WriteAsync(
                    $"The local cloud has no service '{name}'. It speaks: {string.Join(", ", _services.Keys.Order())}.",
                    context.RequestAborted);
            }
        }
        finally
        {
            log.Record(context, name);
        }
    }

    private async Task ReadLogAsync(HttpContext context)
    {
        if (HttpMethods.IsDelete(context.Request.Method))
        {
            log.Reset();
            context.Response.StatusCode = StatusCodes.Status204NoContent;
            return;
        }

        await context.Response.WriteAsJsonAsync(log.Read(), context.RequestAborted);
    }
}
