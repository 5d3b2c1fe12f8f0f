using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Tiketi.LocalCloud.Hosting;
using Tiketi.LocalCloud.Kubernetes.Kubelet;
using Tiketi.LocalCloud.Kubernetes.Resources;
using Tiketi.LocalCloud.Kubernetes.Security;

namespace Tiketi.LocalCloud.Kubernetes.Api;

/// <summary>The Kubernetes API's port.</summary>
internal sealed class KubernetesListener(
    LocalCloudSettings settings,
    ClusterCertificates certificates,
    TokenAuthenticator authenticator,
    ResourceRegistry registry,
    Discovery discovery,
    OpenApi openApi,
    ReadHandler reads,
    WatchHandler watches,
    WriteHandler writes,
    ScaleHandler scales,
    PodEndpoints pods,
    ILogger<KubernetesListener> logger) : IListener
{
    public string Name => "Kubernetes API";

    public int Port => settings.KubernetesPort;

    public X509Certificate2? Certificate => certificates.Server;

    public async Task HandleAsync(HttpContext context)
    {
        try
        {
            await RouteAsync(context);
        }
        catch (StatusException refusal) when (!context.Response.HasStarted)
        {
            await context.WriteAsync(refusal);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // the client has gone: there is nobody to answer
        }
        catch (Exception e) when (!context.Response.HasStarted)
        {
            logger.LogError(e, "{Method} {Path} failed", context.Request.Method, context.Request.Path);
            await context.WriteAsync(new StatusException(StatusCodes.Status500InternalServerError, "InternalError", $"Internal error occurred: {e.Message}"));
        }
    }

    private async Task RouteAsync(HttpContext context)
    {
        var path = context.Request.Path.Value ?? string.Empty;
        if (path is "/healthz" or "/livez" or "/readyz")
        {
            await context.Response.WriteAsync("ok", context.RequestAborted);
            return;
        }

        if (path == "/version")
        {
            await context.WriteAsync(ServerVersion.Document.DeepClone());
            return;
        }

        var user = authenticator.Authenticate(context.Request);
        if (await discovery.TryHandleAsync(context) || await openApi.TryHandleAsync(context) || await SelfReview.TryHandleAsync(context, user))
        {
            return;
        }

        var request = ApiRequest.Parse(context, registry) ?? throw StatusException.NoSuchPath();
        await DispatchAsync(request);
    }

    private Task DispatchAsync(ApiRequest request) => (request.Context.Request.Method, request.Name, request.Subresource) switch
    {
        ("GET", null, _) when request.QueryFlag("watch") => watches.WatchAsync(request),
        ("GET", not null, "") when request.QueryFlag("watch") => watches.WatchAsync(request),
        ("GET", null, _) => reads.ListAsync(request),
        ("GET", _, "" or "status") => reads.GetAsync(request),
        (_, not null, "scale") when request.Resource.HasScale => scales.HandleAsync(request),
        ("GET", not null, "log") when request.Resource.Plural == "pods" => pods.LogAsync(request),
        ("GET" or "POST", not null, "exec") when request.Resource.Plural == "pods" => pods.ExecAsync(request),
        ("POST", not null, "eviction") when request.Resource.Plural == "pods" => pods.EvictAsync(request),
        ("POST", null, _) => writes.CreateAsync(request),
        ("PUT", not null, "" or "status" or "finalize") => writes.UpdateAsync(request),
        ("PATCH", not null, "" or "status") => writes.PatchAsync(request),
        ("DELETE", null, _) => writes.DeleteCollectionAsync(request),
        ("DELETE", not null, "") => writes.DeleteAsync(request),
        (_, _, "" or "status") => throw StatusException.MethodNotAllowed(),
        _ => throw StatusException.NoSuchPath(),
    };
}

/// <summary>"May I?" and "who am I?": every authenticated user is the cluster's administrator.</summary>
internal static class SelfReview
{
    private const string AccessReviews = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";

    public static async Task<bool> TryHandleAsync(HttpContext context, string user)
    {
        var status = context.Request.Path.Value switch
        {
            AccessReviews => new JsonObject { ["allowed"] = true, ["reason"] = "the local cluster has administrators only" },
            "/apis/authentication.k8s.io/v1/selfsubjectreviews" => new JsonObject { ["userInfo"] = new JsonObject { ["username"] = user, ["groups"] = new JsonArray("system:masters", "system:authenticated") } },
            _ => null,
        };
        if (status is null || context.Request.Method != "POST")
        {
            return false;
        }

        var isAccess = context.Request.Path.Value == AccessReviews;
        await context.WriteAsync(new JsonObject
        {
            ["apiVersion"] = isAccess ? "authorization.k8s.io/v1" : "authentication.k8s.io/v1",
            ["kind"] = isAccess ? "SelfSubjectAccessReview" : "SelfSubjectReview",
            ["metadata"] = new JsonObject(),
            ["status"] = status,
        }, StatusCodes.Status201Created);
        return true;
    }
}
