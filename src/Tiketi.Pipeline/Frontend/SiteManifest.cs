namespace Tiketi.Pipeline.Frontend;

/// <summary>
/// What the pipeline has put into a site bucket, kept in the bucket itself (<c>.tiketi/manifest.json</c>): which objects,
/// which release, what the CDN has yet to forget, and who is syncing just now.
/// </summary>
public sealed record SiteManifest
{
    /// <summary>The layout of this document. A manifest of another format is not read.</summary>
    public int Format { get; init; } = 1;

    /// <summary>The last release that was completed; null before the first.</summary>
    public SiteRelease? Release { get; init; }

    /// <summary>Every object that the pipeline put here and has not deleted since, by key, superseded ones included.</summary>
    public IReadOnlyDictionary<string, SiteObject> Objects { get; init; } = new Dictionary<string, SiteObject>();

    /// <summary>Changed paths (<c>/index.html</c>) that have not been invalidated yet, with the id of the sync that changed them last.</summary>
    public IReadOnlyDictionary<string, string> AwaitingInvalidation { get; init; } = new Dictionary<string, string>();

    /// <summary>The sync under way, or one that was killed. Null when nobody syncs.</summary>
    public SiteLock? Lock { get; init; }
}

/// <summary>One completed sync that changed something.</summary>
/// <param name="Number">Counts up from 1 within a manifest.</param>
/// <param name="Id">Unique for ever: the time and a digest of what is served.</param>
/// <param name="At">When it was completed (UTC).</param>
public sealed record SiteRelease(int Number, string Id, DateTimeOffset At);

/// <summary>One object as it was uploaded.</summary>
/// <param name="Md5">Lower-case hex MD5; empty when an interrupted sync may have left the old or the new content.</param>
/// <param name="Size">Bytes.</param>
/// <param name="ContentType">As served.</param>
/// <param name="CacheControl">As served.</param>
public sealed record SiteObject(string Md5, long Size, string ContentType, string CacheControl)
{
    /// <summary>The release that no longer contained it; null while it belongs to the site.</summary>
    public int? SupersededIn { get; init; }

    /// <summary>When that release went up (UTC).</summary>
    public DateTimeOffset? SupersededAt { get; init; }

    internal bool Serves(LocalFile file) => Md5 == file.Md5 && Size == file.Size && ContentType == file.ContentType && CacheControl == file.CacheControl;
}

/// <summary>Who holds the bucket.</summary>
/// <param name="Owner">Machine name and a random id: unique for each sync.</param>
/// <param name="Renewals">Counts up while the owner lives, so that each renewal changes the object's ETag.</param>
public sealed record SiteLock(string Owner, int Renewals);
