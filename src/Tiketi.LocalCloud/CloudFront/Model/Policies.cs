namespace Tiketi.LocalCloud.CloudFront.Model;

/// <summary>How long and by what key a behaviour caches. Times in seconds.</summary>
internal sealed record CachePolicy(string Id, string Name, double MinTtl, double DefaultTtl, double MaxTtl)
{
    public bool Gzip { get; init; }

    public bool Brotli { get; init; }

    /// <summary>none, all, whitelist or allExcept.</summary>
    public string QueryStringBehavior { get; init; } = "none";

    public IReadOnlyList<string> QueryStrings { get; init; } = [];

    /// <summary>AWS's managed policies, with their published ids and values.</summary>
    public static IReadOnlyList<CachePolicy> Managed { get; } =
    [
        new("658327ea-f89d-4fab-a63d-7e88639e58f6", "Managed-CachingOptimized", 1, 86400, 31536000) { Gzip = true, Brotli = true },
        new("b2884449-e4de-46a7-ac36-70bc7f1ddd6d", "Managed-CachingOptimizedForUncompressedObjects", 1, 86400, 31536000),
        new("4135ea2d-6df8-44a3-9df3-4b5a84be39ad", "Managed-CachingDisabled", 0, 0, 0),
    ];

    /// <summary>The part of the query that belongs to the cache key: empty, or "?a=1&amp;b=2" in the request's order.</summary>
    public string KeyOf(string query)
    {
        if (query.Length <= 1 || QueryStringBehavior == "none")
        {
            return "";
        }

        var kept = query[1..].Split('&').Where(pair => QueryStringBehavior switch
        {
            "all" => true,
            "allExcept" => !QueryStrings.Contains(pair.Split('=')[0], StringComparer.Ordinal),
            _ => QueryStrings.Contains(pair.Split('=')[0], StringComparer.Ordinal),
        }).ToList();
        return kept.Count > 0 ? "?" + string.Join('&', kept) : "";
    }
}

/// <summary>Headers that the edge adds to or takes from every response.</summary>
internal sealed record ResponseHeadersPolicy(string Id, string Name)
{
    public IReadOnlyList<PolicyHeader> Headers { get; init; } = [];

    public IReadOnlyList<string> Removed { get; init; } = [];

    public CorsPolicy? Cors { get; init; }

    /// <summary>AWS's managed policies, with their published ids and values.</summary>
    public static IReadOnlyList<ResponseHeadersPolicy> Managed { get; } =
    [
        new("67f7725c-6f97-4210-82d7-5512b31e9d03", "Managed-SecurityHeadersPolicy") { Headers = Security },
        new("60669652-455b-4ae9-85a4-c4c02393f86c", "Managed-SimpleCORS") { Cors = CorsPolicy.Simple },
        new("5cc3b908-e619-4b99-88e5-2cf7f45965bd", "Managed-CORS-With-Preflight") { Cors = CorsPolicy.Preflight },
        new("e61eb60c-9c35-4d20-a928-2b84e02af89c", "Managed-CORS-and-SecurityHeadersPolicy") { Headers = Security, Cors = CorsPolicy.Simple },
        new("eaab4381-ed33-4a86-88ca-d9558dc6cd63", "Managed-CORS-with-preflight-and-SecurityHeadersPolicy") { Headers = Security, Cors = CorsPolicy.Preflight },
    ];

    private static IReadOnlyList<PolicyHeader> Security =>
    [
        new("Strict-Transport-Security", "max-age=31536000", false),
        new("X-Content-Type-Options", "nosniff", true),
        new("X-Frame-Options", "SAMEORIGIN", false),
        new("Referrer-Policy", "strict-origin-when-cross-origin", false),
        new("X-XSS-Protection", "1; mode=block", false),
    ];
}

/// <summary>One header; without <paramref name="Override"/> the origin's own wins.</summary>
internal sealed record PolicyHeader(string Name, string Value, bool Override);

internal sealed record CorsPolicy
{
    public bool AllowCredentials { get; init; }

    public IReadOnlyList<string> AllowHeaders { get; init; } = [];

    public IReadOnlyList<string> AllowMethods { get; init; } = [];

    public IReadOnlyList<string> AllowOrigins { get; init; } = [];

    public IReadOnlyList<string> ExposeHeaders { get; init; } = [];

    public int? MaxAgeSeconds { get; init; }

    public bool OriginOverride { get; init; }

    public static CorsPolicy Simple { get; } = new() { AllowOrigins = ["*"] };

    public static CorsPolicy Preflight { get; } = new()
    {
        AllowOrigins = ["*"],
        AllowMethods = ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"],
        ExposeHeaders = ["*"],
    };
}

/// <summary>How a distribution signs its requests to S3.</summary>
internal sealed record OriginAccessControl(string Id, string Name, string OriginType, string SigningBehavior, string SigningProtocol);

/// <summary>A CloudFront Function. Kept, never run: a distribution that wants to use one is refused.</summary>
internal sealed record EdgeFunction(string Name, string Arn, string Runtime, string Comment, string Code);
