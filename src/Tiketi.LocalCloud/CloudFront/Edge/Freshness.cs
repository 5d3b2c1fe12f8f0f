using System.Globalization;
using Tiketi.LocalCloud.CloudFront.Model;

namespace Tiketi.LocalCloud.CloudFront.Edge;

/// <summary>How long the edge keeps a response, by CloudFront's rules for cache policies.</summary>
internal static class Freshness
{
    /// <summary>
    /// s-maxage, else max-age, else Expires, held between the policy's minimum and maximum; without any of them the default.
    /// no-cache, no-store and private mean the minimum: with CachingOptimized that is one second, as in AWS.
    /// </summary>
    public static TimeSpan Lifetime(CachePolicy policy, string? cacheControl, string? expires, DateTimeOffset now)
    {
        var directives = Directives(cacheControl);
        if (directives.ContainsKey("no-cache") || directives.ContainsKey("no-store") || directives.ContainsKey("private"))
        {
            return TimeSpan.FromSeconds(policy.MinTtl);
        }

        var stated = Seconds(directives, "s-maxage") ?? Seconds(directives, "max-age") ?? UntilExpiry(expires, now);
        return TimeSpan.FromSeconds(stated is { } seconds ? Math.Clamp(seconds, policy.MinTtl, policy.MaxTtl) : Math.Max(policy.DefaultTtl, policy.MinTtl));
    }

    private static Dictionary<string, string> Directives(string? header) =>
        (header ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Select(directive => directive.Split('=', 2))
            .GroupBy(pair => pair[0].Trim(), StringComparer.OrdinalIgnoreCase)
            .ToDictionary(group => group.Key, group => group.First() is [_, var value] ? value.Trim(' ', '"') : "", StringComparer.OrdinalIgnoreCase);

    private static double? Seconds(Dictionary<string, string> directives, string name) =>
        directives.TryGetValue(name, out var text) && double.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? seconds : null;

    /// <summary>An Expires that is no date, such as "0", lies in the past (RFC 9111).</summary>
    private static double? UntilExpiry(string? expires, DateTimeOffset now)
    {
        if (string.IsNullOrEmpty(expires))
        {
            return null;
        }

        return DateTimeOffset.TryParse(expires, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date) ? Math.Max(0, (date - now).TotalSeconds) : 0;
    }
}
