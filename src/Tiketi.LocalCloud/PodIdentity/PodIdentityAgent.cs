using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Tiketi.LocalCloud.Kubernetes;
using Tiketi.LocalCloud.Sts;

namespace Tiketi.LocalCloud.PodIdentity;

/// <summary>Gives a pod that shows its token short-lived credentials of the role that its service account is associated with, as EKS's agent does on each node.</summary>
internal sealed class PodIdentityAgent(ServiceAccountTokens tokens, PodIdentityAssociations associations, StsSessions sessions)
{
    public const string Path = "/v1/credentials";

    private const int Duration = 6 * 3600;

    public async Task HandleAsync(HttpContext context)
    {
        if (tokens.Find(context.Request.Headers.Authorization.ToString(), ServiceAccountTokens.PodIdentity) is not { } pod)
        {
            await RefuseAsync(context, StatusCodes.Status400BadRequest, "Service account token is missing, was not issued for this agent, or its pod is gone");
            return;
        }

        var account = ServiceAccountTokens.AccountOf(pod);
        if (associations.RoleOf(pod.Namespace(), account) is not { } role)
        {
            await RefuseAsync(context, StatusCodes.Status404NotFound, $"No pod identity association was found for service account {pod.Namespace()}/{account}");
            return;
        }

        var session = sessions.AssumeRole(role, $"eks-{pod.Name()}", Duration);
        await context.Response.WriteAsync(new JsonObject
        {
            ["AccessKeyId"] = session.AccessKeyId,
            ["SecretAccessKey"] = session.SecretAccessKey,
            ["Token"] = session.SessionToken,
            ["AccountId"] = role.Split(':')[4],
            ["Expiration"] = session.Expiration.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture),
        }.ToJsonString(), context.RequestAborted);
    }

    private static Task RefuseAsync(HttpContext context, int status, string why)
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsync(why, context.RequestAborted);
    }
}
