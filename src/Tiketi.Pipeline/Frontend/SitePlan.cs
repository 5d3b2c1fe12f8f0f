using System.Security.Cryptography;
using System.Text;

namespace Tiketi.Pipeline.Frontend;

/// <summary>The difference between the site that is wanted and what the manifest says is in the bucket. Pure: no clock, no I/O.</summary>
internal sealed record SitePlan
{
    public required SiteManifest Before { get; init; }

    public required SiteRelease Release { get; init; }

    /// <summary>How large <see cref="Release"/> is; null when nobody measured it.</summary>
    public IReadOnlyList<SiteSize>? Sizes { get; init; }

    /// <summary>Contents that are about to be overwritten and that a kept release needs: the key of each, by MD5.</summary>
    public required IReadOnlyDictionary<string, string> Keep { get; init; }

    /// <summary>In upload order.</summary>
    public required IReadOnlyList<SiteFile> Uploads { get; init; }

    public required IReadOnlyList<string> Superseded { get; init; }

    /// <summary>Pages before the assets that they refer to.</summary>
    public required IReadOnlyList<string> Deletes { get; init; }

    /// <summary>The MD5s of kept contents that no kept release needs any more.</summary>
    public required IReadOnlyList<string> Forget { get; init; }

    /// <summary>The releases that can return afterwards, newest first.</summary>
    public required IReadOnlyList<KeptRelease> History { get; init; }

    public required IReadOnlyList<string> ChangedPaths { get; init; }

    public required int Unchanged { get; init; }

    /// <summary>Superseded files that the site contains again: nothing may delete them any more.</summary>
    public required IReadOnlyList<string> Revived { get; init; }

    /// <summary>Superseded files that are left afterwards.</summary>
    public required int Retained { get; init; }

    public bool IsEmpty => Uploads.Count + Superseded.Count + Deletes.Count + Revived.Count + Forget.Count == 0 && Before.Unfinished is null;

    /// <param name="site">What is to be served.</param>
    /// <param name="before">What is known of the bucket.</param>
    /// <param name="request">How long what is superseded stays.</param>
    /// <param name="now">The time of the release.</param>
    /// <param name="restores">The number of the release that <paramref name="site"/> is; null for a new one.</param>
    public static SitePlan Of(IReadOnlyDictionary<string, SiteFile> site, SiteManifest before, SiteChangeRequest request, DateTimeOffset now, int? restores = null)
    {
        var uploads = site.Values
            .Where(file => !(before.Objects.TryGetValue(file.Key, out var known) && known.Serves(file)))
            .OrderBy(file => file.Kind).ThenBy(file => file.Key, StringComparer.Ordinal)
            .ToList();
        var gone = before.Objects.Where(entry => !site.ContainsKey(entry.Key)).ToList();
        var superseded = gone.Where(entry => entry.Value.SupersededIn is null).Select(entry => entry.Key).Order(StringComparer.Ordinal).ToList();
        var revived = before.Objects.Where(entry => entry.Value.SupersededIn is not null && site.ContainsKey(entry.Key)).Select(entry => entry.Key).ToList();

        // Clearing away old files is no release: it must not make the next old files look older.
        var isRelease = uploads.Count + superseded.Count + revived.Count > 0 || before.Unfinished is not null;
        var number = (before.Release?.Number ?? 0) + (isRelease ? 1 : 0);
        bool IsOld(int supersededIn, DateTimeOffset at) => number - supersededIn >= request.KeepReleases && now - at >= request.KeepFor;
        var deletes = gone
            .Where(entry => entry.Value is { SupersededIn: { } release, SupersededAt: { } at } && IsOld(release, at))
            .OrderByDescending(entry => entry.Value.KindOf(entry.Key)).ThenBy(entry => entry.Key, StringComparer.Ordinal)
            .ToList();
        var history = Remembered(before, site, now, isRelease).TakeWhile(kept => !IsOld(kept.Release.Number + 1, kept.SupersededAt)).ToList();
        var needed = history.SelectMany(kept => kept.Undo.Values).Select(former => former?.Md5).OfType<string>().ToHashSet(StringComparer.Ordinal);

        // A hashed name is only ever cached with one content, unless an earlier upload of it was overwritten.
        var changed = uploads.Where(file => file.Kind != SiteFileKind.Hashed || before.Objects.ContainsKey(file.Key)).Select(file => file.Key)
            .Concat(deletes.Where(entry => entry.Value.KindOf(entry.Key) != SiteFileKind.Hashed).Select(entry => entry.Key));

        return new SitePlan
        {
            Before = before,
            Release = new SiteRelease(number, $"{now.UtcDateTime:yyyyMMdd'T'HHmmss'Z'}-{DigestOf(site.Values)[..12]}", now, restores),
            Keep = uploads
                .Select(file => (file.Key, before.Objects.GetValueOrDefault(file.Key)?.Md5, New: file.Md5))
                .Where(overwritten => overwritten.Md5 is { Length: > 0 } md5 && md5 != overwritten.New && needed.Contains(md5) && !before.Kept.ContainsKey(md5))
                .DistinctBy(overwritten => overwritten.Md5)
                .ToDictionary(overwritten => overwritten.Md5!, overwritten => overwritten.Key),
            Uploads = uploads,
            Superseded = superseded,
            Deletes = [.. deletes.Select(entry => entry.Key)],
            Forget = [.. before.Kept.Keys.Where(md5 => !needed.Contains(md5)).Order(StringComparer.Ordinal)],
            History = history,
            ChangedPaths = [.. changed.SelectMany(SitePaths.Of).Distinct().Order(StringComparer.Ordinal)],
            Unchanged = site.Count - uploads.Count,
            Revived = revived,
            Retained = gone.Count - deletes.Count,
        };
    }

    /// <summary>What is written before the first upload: each object about to change is of unknown content until the end.</summary>
    public SiteManifest Intent(SiteLock owner) => Apply(new HashSet<string>()) with { Release = Before.Release, Lock = owner };

    /// <summary>What is true after the given uploads, and after the deletes when <paramref name="complete"/>.</summary>
    public SiteManifest After(IReadOnlySet<string> uploaded, bool complete)
    {
        var manifest = Apply(uploaded) with { Release = complete ? Release : Before.Release, Sizes = complete ? Sizes : Before.Sizes, Lock = null };
        return complete
            ? manifest with { Objects = Without(manifest.Objects, Deletes), Kept = Without(manifest.Kept, Forget), History = History, Unfinished = null }
            : manifest;
    }

    private SiteManifest Apply(IReadOnlySet<string> uploaded)
    {
        var objects = new Dictionary<string, SiteObject>(Before.Objects);
        foreach (var file in Uploads)
        {
            objects[file.Key] = new SiteObject(uploaded.Contains(file.Key) ? file.Md5 : "", file.Size, file.ContentType, file.CacheControl) { ContentEncoding = file.ContentEncoding };
        }

        foreach (var key in Revived)
        {
            objects[key] = objects[key] with { SupersededIn = null, SupersededAt = null };
        }

        foreach (var key in Superseded)
        {
            objects[key] = objects[key] with { SupersededIn = Release.Number, SupersededAt = Release.At };
        }

        var awaiting = new Dictionary<string, string>(Before.AwaitingInvalidation);
        foreach (var path in ChangedPaths)
        {
            awaiting[path] = Release.Id;
        }

        var live = Before.Live();
        var touched = Uploads.Select(file => file.Key).Concat(Superseded).Concat(Revived).Concat(Before.Unfinished?.Keys ?? []);
        return Before with
        {
            Objects = objects,
            AwaitingInvalidation = awaiting,
            Kept = Before.Kept.Concat(Keep).ToDictionary(),
            Unfinished = touched.Distinct().ToDictionary(key => key, live.GetValueOrDefault),
        };
    }

    /// <summary>The releases before the one that is planned, newest first, however old.</summary>
    private static IEnumerable<KeptRelease> Remembered(SiteManifest before, IReadOnlyDictionary<string, SiteFile> site, DateTimeOffset now, bool isRelease)
    {
        if (!isRelease || before.Release is null)
        {
            return before.History;
        }

        var live = before.Live();
        var undo = live.Where(entry => !(site.TryGetValue(entry.Key, out var file) && entry.Value.Serves(file))).ToDictionary(entry => entry.Key, entry => (SiteObject?)entry.Value);
        foreach (var key in site.Keys.Where(key => !live.ContainsKey(key)))
        {
            undo[key] = null;
        }

        return before.History.Prepend(new KeptRelease(before.Release, now, undo) { Sizes = before.Sizes });
    }

    private static Dictionary<string, T> Without<T>(IReadOnlyDictionary<string, T> entries, IEnumerable<string> keys)
    {
        var rest = new Dictionary<string, T>(entries);
        foreach (var key in keys)
        {
            rest.Remove(key);
        }

        return rest;
    }

    private static string DigestOf(IEnumerable<SiteFile> site)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in site.OrderBy(file => file.Key, StringComparer.Ordinal))
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{file.Key}\n{file.Md5}\n{file.ContentType}\n{file.CacheControl}\n{file.ContentEncoding}\n"));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}

/// <summary>The CDN paths under which an object is served.</summary>
public static class SitePaths
{
    /// <summary>Percent-encoded, as CloudFront wants them; the root document is also served as <c>/</c>.</summary>
    public static IEnumerable<string> Of(string key)
    {
        if (key == SiteCacheRules.IndexKey)
        {
            yield return "/";
        }

        yield return "/" + string.Join('/', key.Split('/').Select(Uri.EscapeDataString));
    }
}
