using Microsoft.AspNetCore.Http;
using Tiketi.LocalCloud.CloudFront.Model;
using Tiketi.LocalCloud.Hosting;

namespace Tiketi.LocalCloud.CloudFront.Edge;

/// <summary>Carries out a response headers policy on a response that has the origin's headers already.</summary>
internal static class ResponseHeaders
{
    public static void Apply(ResponseHeadersPolicy policy, HttpContext context)
    {
        var headers = context.Response.Headers;
        foreach (var name in policy.Removed)
        {
            headers.Remove(name);
        }

        foreach (var header in policy.Headers.Where(header => header.Override || !headers.ContainsKey(header.Name)))
        {
            headers[header.Name] = header.Value;
        }

        if (policy.Cors is { } cors && context.Request.Headers.Origin.ToString() is { Length: > 0 } origin)
        {
            ApplyCors(cors, origin, context);
        }
    }

    private static void ApplyCors(CorsPolicy cors, string origin, HttpContext context)
    {
        var headers = context.Response.Headers;
        if (!cors.OriginOverride && headers.ContainsKey("Access-Control-Allow-Origin"))
        {
            return;
        }

        var any = cors.AllowOrigins.Contains("*", StringComparer.Ordinal);
        if (!any && !cors.AllowOrigins.Any(allowed => Wildcard.IsMatch(allowed, origin)))
        {
            return;
        }

        headers["Access-Control-Allow-Origin"] = any ? "*" : origin;
        Set("Access-Control-Expose-Headers", cors.ExposeHeaders);
        if (!any)
        {
            headers.Append("Vary", "Origin");
        }

        if (cors.AllowCredentials)
        {
            headers["Access-Control-Allow-Credentials"] = "true";
        }

        if (HttpMethods.IsOptions(context.Request.Method))
        {
            Set("Access-Control-Allow-Headers", cors.AllowHeaders);
            Set("Access-Control-Allow-Methods", cors.AllowMethods);
            Set("Access-Control-Max-Age", cors.MaxAgeSeconds is { } seconds ? [seconds.ToString()] : []);
        }

        void Set(string name, IReadOnlyList<string> values)
        {
            if (values.Count > 0)
            {
                headers[name] = string.Join(", ", values);
            }
        }
    }
}
