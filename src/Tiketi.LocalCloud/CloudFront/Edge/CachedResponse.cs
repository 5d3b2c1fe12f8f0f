namespace Tiketi.LocalCloud.CloudFront.Edge;

/// <summary>A response as the edge keeps it. Immutable: a revalidation makes a new one.</summary>
internal sealed record CachedResponse
{
    public required int Status { get; init; }

    /// <summary>The origin's headers, without those of the connection.</summary>
    public required IReadOnlyList<(string Name, string Value)> Headers { get; init; }

    public required CachedBody Body { get; init; }

    /// <summary>The object's own ETag without quotes, to revalidate with; null for an error.</summary>
    public string? OriginETag { get; init; }

    /// <summary>With quotes, weak after compression; null for an error.</summary>
    public string? ETag { get; init; }

    public DateTimeOffset? LastModified { get; init; }

    /// <summary>The origin answered with an error, even if a custom page with status 200 is given instead.</summary>
    public bool IsError { get; init; }

    public required DateTimeOffset FetchedAt { get; init; }

    public required DateTimeOffset FreshUntil { get; init; }

    public string? Header(string name) => Headers.FirstOrDefault(header => header.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;
}

/// <summary>What a cached response is found by: the path with its part of the query, and what the viewer can decode ("br", "gzip" or "").</summary>
internal readonly record struct CacheKey(string Path, string Encoding);

/// <summary>How a response came about, as X-Cache says it.</summary>
internal enum CacheResult
{
    Miss,
    Hit,
    RefreshHit,
}
