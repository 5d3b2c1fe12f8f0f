using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Tiketi.LocalCloud.Kubernetes.Api;

internal static class Responses
{
    public static async Task WriteAsync(this HttpContext context, JsonNode body, int code = StatusCodes.Status200OK, string contentType = "application/json")
    {
        context.Response.StatusCode = code;
        context.Response.ContentType = contentType;
        var bytes = JsonSerializer.SerializeToUtf8Bytes(body, Json.Plain);
        context.Response.ContentLength = bytes.Length;
        await context.Response.Body.WriteAsync(bytes, context.RequestAborted);
    }

    public static Task WriteAsync(this HttpContext context, StatusException refusal) => context.WriteAsync(refusal.ToStatus(), refusal.Code);
}
