namespace Tiketi.Pipeline.Cdn;

/// <summary>What to make the CDN forget.</summary>
public sealed record CdnInvalidationRequest
{
    public required string DistributionId { get; init; }

    /// <summary>The bucket whose manifest says what changed since the last invalidation; null when there is none to ask.</summary>
    public string? Bucket { get; init; }

    /// <summary>Exactly these paths (<c>/about.html</c>, <c>/docs/*</c>) instead of what the manifest says.</summary>
    public IReadOnlyList<string> Paths { get; init; } = [];

    /// <summary>Everything (<c>/*</c>), whatever the manifest says.</summary>
    public bool Everything { get; init; }

    /// <summary>The most paths to name. 1,000 a month are free; 15 wildcards may be in progress at a time.</summary>
    public int Budget { get; init; } = 15;

    /// <summary>How long to wait until all edge locations have forgotten.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>Say what would be invalidated; do nothing.</summary>
    public bool DryRun { get; init; }
}

public enum CdnInvalidationStatus
{
    /// <summary>The CDN holds nothing outdated.</summary>
    NothingChanged,

    /// <summary>A dry run: <see cref="CdnInvalidationResult.Paths"/> would be invalidated.</summary>
    Planned,

    /// <summary>All edge locations have forgotten the paths.</summary>
    Completed,
}

/// <summary>What an invalidation did.</summary>
/// <param name="Status">How it ended.</param>
/// <param name="Paths">The paths named to CloudFront.</param>
/// <param name="ChangedPaths">How many changed paths they stand for.</param>
/// <param name="InvalidationId">CloudFront's id; null when none was made.</param>
/// <param name="Reason">Why these paths.</param>
/// <param name="Duration">Until it was completed.</param>
public sealed record CdnInvalidationResult(CdnInvalidationStatus Status, IReadOnlyList<string> Paths, int ChangedPaths, string? InvalidationId, string Reason, TimeSpan Duration);
