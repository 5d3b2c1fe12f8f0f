namespace Tiketi.Pipeline.Frontend;

/// <summary>How a site bucket may be changed.</summary>
public abstract record SiteChangeRequest
{
    /// <summary>The bucket that the distribution serves.</summary>
    public required string Bucket { get; init; }

    /// <summary>Key prefixes that belong to others ("uploads/"): never written, listed as ours or deleted.</summary>
    public IReadOnlyList<string> UserPrefixes { get; init; } = [];

    /// <summary>Superseded files, and with them the releases that can return, stay until this many releases did without them ...</summary>
    public int KeepReleases { get; init; } = 5;

    /// <summary>... and this much time has passed, since open pages still load them.</summary>
    public TimeSpan KeepFor { get; init; } = TimeSpan.FromHours(24);

    /// <summary>Uploads at the same time, to begin with; from there on as many as S3 bears.</summary>
    public int Concurrency { get; init; } = 32;

    /// <summary>Say what would happen; write nothing.</summary>
    public bool DryRun { get; init; }

    /// <summary>How long to wait for another sync of the same bucket.</summary>
    public TimeSpan LockTimeout { get; init; } = TimeSpan.FromMinutes(5);
}

/// <summary>What to sync, and how.</summary>
public sealed record SiteSyncRequest : SiteChangeRequest
{
    /// <summary>The built site; must hold index.html.</summary>
    public required string Directory { get; init; }

    /// <summary>How large the site is (<see cref="SiteSizes.Measure"/>), kept with the release so that the next one can be compared with it.</summary>
    public IReadOnlyList<SiteSize>? Sizes { get; init; }

    /// <summary>Store hashed assets in this encoding (<see cref="SiteEncodings"/>); null stores all as they are, and CloudFront compresses.</summary>
    public string? Precompress { get; init; }

    /// <summary>Where assets compressed for <see cref="Precompress"/> are kept from run to run. Losing it costs the time to compress again.</summary>
    public string? PrecompressedDirectory { get; init; }

    /// <summary>Also list the bucket and mend what somebody else changed there (1 LIST per 1,000 objects).</summary>
    public bool Verify { get; init; }

    /// <summary>
    /// In a bucket without a manifest, treat objects that are not part of the site as superseded files of an earlier deployment,
    /// so that they go in time. Otherwise what the pipeline did not put there stays for ever.
    /// </summary>
    public bool AdoptUnknownObjects { get; init; }
}

/// <summary>To which release the site is to return.</summary>
public sealed record SiteRollbackRequest : SiteChangeRequest
{
    /// <summary>A release's number or id; null for the one before the current.</summary>
    public string? To { get; init; }
}

/// <summary>What a sync does with one object.</summary>
public enum SiteAction
{
    /// <summary>Is about to be overwritten; its content is copied aside within the bucket, so that its release can return.</summary>
    Keep,

    /// <summary>New content, or new metadata.</summary>
    Upload,

    /// <summary>An earlier release's content or metadata returns; nothing is uploaded.</summary>
    Restore,

    /// <summary>Not part of the site any more; stays for pages that are still open.</summary>
    Supersede,

    /// <summary>Superseded long enough ago.</summary>
    Delete,

    /// <summary>Content kept aside that no release needs any more is deleted.</summary>
    Forget,
}

/// <summary>One line of the plan.</summary>
/// <param name="Key">The object key.</param>
/// <param name="Action">What happens to it.</param>
/// <param name="Kind">What it is to visitors.</param>
/// <param name="Bytes">Its size.</param>
public sealed record SiteChange(string Key, SiteAction Action, SiteFileKind Kind, long Bytes);

/// <summary>What a sync did, or with <see cref="DryRun"/> would do.</summary>
public sealed record SiteSyncResult
{
    public required string Bucket { get; init; }

    public required bool DryRun { get; init; }

    /// <summary>The release that is served now; null only for a dry run on an empty bucket.</summary>
    public required SiteRelease? Release { get; init; }

    /// <summary>How large <see cref="Release"/> is; null when it was not measured.</summary>
    public IReadOnlyList<SiteSize>? Sizes { get; init; }

    /// <summary>The release that this one follows; null when there is none, or nothing changed.</summary>
    public SiteRelease? Former { get; init; }

    /// <summary>How large <see cref="Former"/> is; null when it was not measured.</summary>
    public IReadOnlyList<SiteSize>? FormerSizes { get; init; }

    /// <summary>In the order in which they happen.</summary>
    public required IReadOnlyList<SiteChange> Changes { get; init; }

    /// <summary>Files that were already served as they should be.</summary>
    public required int Unchanged { get; init; }

    /// <summary>Superseded objects that stay for now.</summary>
    public required int Retained { get; init; }

    /// <summary>Objects in the bucket that are not the pipeline's; null when the bucket was not listed.</summary>
    public required int? Foreign { get; init; }

    /// <summary>CDN paths whose content this sync changed; hashed names never need one.</summary>
    public required IReadOnlyList<string> ChangedPaths { get; init; }

    public required SiteRequests Requests { get; init; }

    public required TimeSpan Duration { get; init; }

    public int Uploaded => Changes.Count(change => change.Action == SiteAction.Upload);

    public int Deleted => Changes.Count(change => change.Action == SiteAction.Delete);

    public long UploadedBytes => Changes.Where(change => change.Action == SiteAction.Upload).Sum(change => change.Bytes);
}
