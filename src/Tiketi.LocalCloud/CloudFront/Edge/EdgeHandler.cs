using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Tiketi.LocalCloud.CloudFront.Model;
using Tiketi.LocalCloud.S3;

namespace Tiketi.LocalCloud.CloudFront.Edge;

/// <summary>
/// Serves one distribution's viewers. A viewer protocol policy of redirect-to-https is not carried out: the port is on
/// loopback, where there is no certificate that a browser would trust and nothing between viewer and edge to protect from.
/// </summary>
internal sealed class EdgeHandler(string distributionId, CloudFrontStore store, EdgeFetcher fetcher, EdgeCache cache, ILogger logger)
{
    private const string Via = "1.1 local.cloudfront.net (CloudFront)";

    public async Task HandleAsync(HttpContext context)
    {
        try
        {
            if (store.Find(distributionId) is { } distribution)
            {
                await ServeAsync(context, distribution);
            }
        }
        catch (Exception error) when (!context.Response.HasStarted && !context.RequestAborted.IsCancellationRequested)
        {
            logger.LogError(error, "CloudFront {Distribution} failed on {Path}", distributionId, context.Request.Path);
            await RefuseAsync(context, StatusCodes.Status502BadGateway, "CloudFront attempted to establish a connection with the origin, but the local cloud failed; its log says why.");
        }
    }

    private async Task ServeAsync(HttpContext context, Distribution distribution)
    {
        var raw = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget.Split('?', 2)[0];
        var path = Uri.UnescapeDataString(raw);
        if (path == "/" && distribution.Config.DefaultRootObject.Length > 0)
        {
            path += distribution.Config.DefaultRootObject;
        }

        var behavior = distribution.Config.BehaviorOf(path);
        if (!distribution.Config.Enabled)
        {
            await RefuseAsync(context, StatusCodes.Status403Forbidden, "The distribution is disabled.");
        }
        else if (!behavior.AllowedMethods.Contains(context.Request.Method, StringComparer.Ordinal))
        {
            await RefuseAsync(context, StatusCodes.Status403Forbidden, "This distribution is not configured to allow the HTTP request method that was used for this request. The distribution supports only cachable requests.");
        }
        else if (HttpMethods.IsOptions(context.Request.Method))
        {
            // What S3 says of a bucket without a CORS configuration; the response headers policy adds CORS of its own.
            await RefuseAsync(context, StatusCodes.Status403Forbidden, "CORSResponse: CORS is not enabled for this bucket.", behavior);
        }
        else
        {
            await ServeAsync(context, distribution, behavior, path);
        }
    }

    private async Task ServeAsync(HttpContext context, Distribution distribution, CacheBehavior behavior, string path)
    {
        var policy = store.FindCachePolicy(behavior.CachePolicyId) ?? throw new InvalidOperationException($"Cache policy {behavior.CachePolicyId} of distribution {distributionId} is gone.");
        var range = context.Request.Headers.Range.ToString();
        var encoding = range.Length > 0 ? "" : Compression.Choose(behavior, policy, context.Request.Headers.AcceptEncoding.ToString());
        var key = new CacheKey(path + policy.KeyOf(context.Request.QueryString.Value ?? ""), encoding);
        var (response, result) = await cache.GetAsync(key, stale => fetcher.FetchAsync(distribution, policy, path, encoding, stale));

        Describe(context, behavior, response, result);
        if (!response.IsError && IsKnown(context.Request, response))
        {
            context.Response.StatusCode = StatusCodes.Status304NotModified;
            context.Response.Headers.Remove("Content-Type");
            return;
        }

        await SendAsync(context, response, range);
    }

    private static async Task SendAsync(HttpContext context, CachedResponse response, string range)
    {
        var section = response.Status == StatusCodes.Status200OK && range.Length > 0 ? ByteRange.Parse(range, response.Body.Length) : null;
        if (section is { IsSatisfiable: false })
        {
            context.Response.StatusCode = StatusCodes.Status416RangeNotSatisfiable;
            context.Response.Headers.ContentRange = $"bytes */{response.Body.Length}";
            context.Response.ContentLength = 0;
            return;
        }

        context.Response.StatusCode = section is null ? response.Status : StatusCodes.Status206PartialContent;
        var (offset, length) = section is null ? (0, response.Body.Length) : (section.Offset, section.Length);
        if (section is not null)
        {
            context.Response.Headers.ContentRange = $"bytes {offset}-{offset + length - 1}/{response.Body.Length}";
        }

        context.Response.ContentLength = length;
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await response.Body.CopyToAsync(context.Response.Body, offset, length, context.RequestAborted);
        }
    }

    private void Describe(HttpContext context, CacheBehavior behavior, CachedResponse response, CacheResult result)
    {
        var headers = context.Response.Headers;
        foreach (var (name, value) in response.Headers)
        {
            headers[name] = value;
        }

        if (response.ETag is { } tag)
        {
            headers.ETag = tag;
            headers.AcceptRanges = "bytes";
        }

        if (response.LastModified is { } modified)
        {
            headers.LastModified = modified.ToString("R", CultureInfo.InvariantCulture);
        }

        if (result == CacheResult.Hit)
        {
            headers.Age = Math.Max(0, (long)(fetcher.Now - response.FetchedAt).TotalSeconds).ToString();
        }

        Sign(context, response.IsError ? "Error from cloudfront" : $"{result} from cloudfront");
        ApplyPolicy(context, behavior);
    }

    private void ApplyPolicy(HttpContext context, CacheBehavior behavior)
    {
        if (behavior.ResponseHeadersPolicyId.Length > 0 && store.FindResponseHeadersPolicy(behavior.ResponseHeadersPolicyId) is { } policy)
        {
            ResponseHeaders.Apply(policy, context);
        }
    }

    private static void Sign(HttpContext context, string cache)
    {
        context.Response.Headers["X-Cache"] = cache;
        context.Response.Headers.Via = Via;
        context.Response.Headers["X-Amz-Cf-Pop"] = "LOCAL";
        context.Response.Headers["X-Amz-Cf-Id"] = Convert.ToHexStringLower(Guid.NewGuid().ToByteArray());
    }

    private async Task RefuseAsync(HttpContext context, int status, string message, CacheBehavior? behavior = null)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/html";
        Sign(context, "Error from cloudfront");
        if (behavior is not null)
        {
            ApplyPolicy(context, behavior);
        }

        var page = $"<!DOCTYPE html>\n<html><head><title>ERROR: The request could not be satisfied</title></head><body><h1>{status} ERROR</h1><p>{message}</p></body></html>\n";
        await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(page), context.RequestAborted);
    }

    /// <summary>Whether the viewer has this very response: If-None-Match, compared weakly, else If-Modified-Since.</summary>
    private static bool IsKnown(HttpRequest request, CachedResponse response)
    {
        if (request.Headers.IfNoneMatch.ToString() is { Length: > 0 } known)
        {
            return known.Split(',', StringSplitOptions.TrimEntries).Any(tag => tag == "*" || Strong(tag) == Strong(response.ETag ?? ""));
        }

        return response.LastModified is { } modified
            && DateTimeOffset.TryParse(request.Headers.IfModifiedSince, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var since)
            && modified.ToUnixTimeSeconds() <= since.ToUnixTimeSeconds();

        static string Strong(string tag) => tag.StartsWith("W/", StringComparison.Ordinal) ? tag[2..] : tag;
    }
}
