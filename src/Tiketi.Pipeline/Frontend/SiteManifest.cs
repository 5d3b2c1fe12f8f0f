namespace Tiketi.Pipeline.Frontend;

/// <summary>
/// What the pipeline has put into a site bucket, kept in the bucket itself (<c>.tiketi/manifest.json</c>): which objects,
/// which release, how to return to earlier ones, what the CDN has yet to forget, and who is syncing just now.
/// </summary>
public sealed record SiteManifest
{
    /// <summary>The layout of this document. A manifest of another format is not read.</summary>
    public int Format { get; init; } = 1;

    /// <summary>The last release that was completed; null before the first.</summary>
    public SiteRelease? Release { get; init; }

    /// <summary>How large <see cref="Release"/> is; null when it was not measured.</summary>
    public IReadOnlyList<SiteSize>? Sizes { get; init; }

    /// <summary>The releases before it that can return, newest first.</summary>
    public IReadOnlyList<KeptRelease> History { get; init; } = [];

    /// <summary>Every object that the pipeline put here and has not deleted since, by key, superseded ones included.</summary>
    public IReadOnlyDictionary<string, SiteObject> Objects { get; init; } = new Dictionary<string, SiteObject>();

    /// <summary>Contents that were overwritten and are kept for <see cref="History"/>: the key that each was served under, by MD5.</summary>
    public IReadOnlyDictionary<string, string> Kept { get; init; } = new Dictionary<string, string>();

    /// <summary>
    /// While a sync is under way, and after one that did not end: what <see cref="Release"/> has under the keys that were
    /// about to change; null for what it does not have.
    /// </summary>
    public IReadOnlyDictionary<string, SiteObject?>? Unfinished { get; init; }

    /// <summary>Changed paths (<c>/index.html</c>) that have not been invalidated yet, with the id of the sync that changed them last.</summary>
    public IReadOnlyDictionary<string, string> AwaitingInvalidation { get; init; } = new Dictionary<string, string>();

    /// <summary>The sync under way, or one that was killed. Null when nobody syncs.</summary>
    public SiteLock? Lock { get; init; }

    /// <summary>What <see cref="Release"/> consists of, by key.</summary>
    internal Dictionary<string, SiteObject> Live()
    {
        var live = Objects.Where(entry => entry.Value.SupersededIn is null).ToDictionary();
        Overlay(live, Unfinished);
        return live;
    }

    /// <summary>What an earlier release consisted of, by key.</summary>
    /// <param name="number">Among <see cref="History"/>, or <see cref="Release"/> itself.</param>
    internal Dictionary<string, SiteObject> LiveIn(int number)
    {
        var live = Live();
        foreach (var kept in History.Where(kept => kept.Release.Number >= number))
        {
            Overlay(live, kept.Undo);
        }

        return live;
    }

    private static void Overlay(Dictionary<string, SiteObject> live, IReadOnlyDictionary<string, SiteObject?>? changes)
    {
        foreach (var (key, former) in changes ?? new Dictionary<string, SiteObject?>())
        {
            if (former is null)
            {
                live.Remove(key);
            }
            else
            {
                live[key] = former;
            }
        }
    }
}

/// <summary>One completed sync that changed something.</summary>
/// <param name="Number">Counts up from 1 within a manifest.</param>
/// <param name="Id">Unique for ever: the time and a digest of what is served.</param>
/// <param name="At">When it was completed (UTC).</param>
/// <param name="Restores">The number of the release that it brought back; null for a new build.</param>
public sealed record SiteRelease(int Number, string Id, DateTimeOffset At, int? Restores = null);

/// <summary>An earlier release that can return.</summary>
/// <param name="Release">Which.</param>
/// <param name="SupersededAt">When the next one went up (UTC).</param>
/// <param name="Undo">What leads back to it from the next one: an object for each key that differs, null for one that it did not have.</param>
public sealed record KeptRelease(SiteRelease Release, DateTimeOffset SupersededAt, IReadOnlyDictionary<string, SiteObject?> Undo)
{
    /// <summary>How large it is; null when it was not measured.</summary>
    public IReadOnlyList<SiteSize>? Sizes { get; init; }
}

/// <summary>One object as it was uploaded.</summary>
/// <param name="Md5">Lower-case hex MD5; empty when an interrupted sync may have left the old or the new content.</param>
/// <param name="Size">Bytes.</param>
/// <param name="ContentType">As served.</param>
/// <param name="CacheControl">As served.</param>
public sealed record SiteObject(string Md5, long Size, string ContentType, string CacheControl)
{
    /// <summary>As served; null for content that is stored as it is.</summary>
    public string? ContentEncoding { get; init; }

    /// <summary>The release that no longer contained it; null while it belongs to the site.</summary>
    public int? SupersededIn { get; init; }

    /// <summary>When that release went up (UTC).</summary>
    public DateTimeOffset? SupersededAt { get; init; }

    internal bool Serves(SiteFile file) =>
        Md5 == file.Md5 && Size == file.Size && ContentType == file.ContentType && CacheControl == file.CacheControl && ContentEncoding == file.ContentEncoding;

    // Whoever uploaded it knew better than its name tells.
    internal SiteFileKind KindOf(string key) => SiteCacheRules.KindOf(key) is var kind && CacheControl == SiteCacheRules.Immutable ? SiteFileKind.Hashed : kind;

    internal SiteFile As(string key) => new(key, Size, Md5, KindOf(key), ContentType, CacheControl, Path: null) { ContentEncoding = ContentEncoding };
}

/// <summary>Who holds the bucket.</summary>
/// <param name="Owner">Machine name and a random id: unique for each sync.</param>
/// <param name="Renewals">Counts up while the owner lives, so that each renewal changes the object's ETag.</param>
public sealed record SiteLock(string Owner, int Renewals);
