using System.Diagnostics;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Http;
using Tiketi.LocalCloud.Hosting;
using Yarp.ReverseProxy.Forwarder;

namespace Tiketi.LocalCloud.Kubernetes.Ingress;

/// <summary>
/// The load balancer in front of the cluster: requests go to the ready pods behind their route, in turn, web sockets included.
/// As an AWS load balancer it sends each request once: a pod that does not answer is a 502.
/// </summary>
internal sealed class IngressListener(LocalCloudSettings settings, RouteTable routes, TargetGroups targets, IHttpForwarder forwarder) : IListener, IDisposable
{
    private static readonly ForwarderRequestConfig Config = new() { ActivityTimeout = TimeSpan.FromMinutes(10) };

    private readonly HttpMessageInvoker _client = new(new SocketsHttpHandler
    {
        UseProxy = false,
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        UseCookies = false,
        ActivityHeadersPropagator = new ReverseProxyPropagator(DistributedContextPropagator.Current),
        ConnectTimeout = TimeSpan.FromSeconds(3),
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(4), // Node closes an idle connection after 5 s: ours must go first
    });

    private uint _turn;

    public string Name => "Ingress";

    public int Port => settings.IngressPort;

    public X509Certificate2? Certificate => null;

    public async Task HandleAsync(HttpContext context)
    {
        var route = routes.Find(context.Request.Host.Host, context.Request.Path.Value ?? "/");
        if (route is null)
        {
            await RefuseAsync(context, StatusCodes.Status404NotFound, $"No Ingress rule matches {context.Request.Host.Host}{context.Request.Path}.");
            return;
        }

        var group = targets.Of(route);
        if (group.Count == 0)
        {
            await RefuseAsync(context, StatusCodes.Status503ServiceUnavailable,
                $"No pod behind service {route.Namespace}/{route.Service} is ready (Ingress {route.Ingress}, path {route.Path}). See: kubectl -n {route.Namespace} get pods");
            return;
        }

        await ForwardAsync(context, group[(int)(Interlocked.Increment(ref _turn) % (uint)group.Count)]);
    }

    public void Dispose() => _client.Dispose();

    private async Task ForwardAsync(HttpContext context, string endpoint)
    {
        var error = await forwarder.SendAsync(context, $"http://{endpoint}/", _client, Config, Transformer.Instance);
        if (error != ForwarderError.None && !context.Response.HasStarted && !context.RequestAborted.IsCancellationRequested)
        {
            var cause = context.Features.Get<IForwarderErrorFeature>()?.Exception?.GetBaseException().Message ?? error.ToString();
            await RefuseAsync(context, StatusCodes.Status502BadGateway, $"The pod at {endpoint} does not answer: {cause}");
        }
    }

    private static async Task RefuseAsync(HttpContext context, int code, string why)
    {
        context.Response.Clear();
        context.Response.StatusCode = code;
        context.Response.ContentType = "text/plain; charset=utf-8";
        await context.Response.WriteAsync(why + "\n", context.RequestAborted);
    }

    /// <summary>Passes the request on as a load balancer does: original host, X-Forwarded-* added.</summary>
    private sealed class Transformer : HttpTransformer
    {
        public static readonly Transformer Instance = new();

        public override async ValueTask TransformRequestAsync(HttpContext httpContext, HttpRequestMessage proxyRequest, string destinationPrefix, CancellationToken cancellationToken)
        {
            await base.TransformRequestAsync(httpContext, proxyRequest, destinationPrefix, cancellationToken);
            proxyRequest.Headers.Host = httpContext.Request.Host.Value;
            Append(proxyRequest, "X-Forwarded-For", httpContext.Connection.RemoteIpAddress?.ToString() ?? "127.0.0.1");
            Append(proxyRequest, "X-Forwarded-Proto", httpContext.Request.Scheme);
            Append(proxyRequest, "X-Forwarded-Port", $"{httpContext.Connection.LocalPort}");
        }

        private static void Append(HttpRequestMessage request, string name, string value) => request.Headers.TryAddWithoutValidation(name, value);
    }
}
