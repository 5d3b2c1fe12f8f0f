using System.Security.Cryptography;
using System.Text;

namespace Tiketi.Pipeline.Frontend;

/// <summary>The difference between the site on disk and what the manifest says is in the bucket. Pure: no clock, no I/O.</summary>
internal sealed record SitePlan
{
    public required SiteManifest Before { get; init; }

    public required SiteRelease Release { get; init; }

    /// <summary>In upload order.</summary>
    public required IReadOnlyList<LocalFile> Uploads { get; init; }

    public required IReadOnlyList<string> Superseded { get; init; }

    /// <summary>Pages before the assets that they refer to.</summary>
    public required IReadOnlyList<string> Deletes { get; init; }

    public required IReadOnlyList<string> ChangedPaths { get; init; }

    public required int Unchanged { get; init; }

    /// <summary>Superseded files that the site contains again: nothing may delete them any more.</summary>
    public required IReadOnlyList<string> Revived { get; init; }

    /// <summary>Superseded files that are left afterwards.</summary>
    public required int Retained { get; init; }

    public bool IsEmpty => Uploads.Count + Superseded.Count + Deletes.Count + Revived.Count == 0;

    public static SitePlan Of(IReadOnlyDictionary<string, LocalFile> site, SiteManifest before, SiteSyncRequest request, DateTimeOffset now)
    {
        var uploads = site.Values
            .Where(file => !(before.Objects.TryGetValue(file.Key, out var known) && known.Serves(file)))
            .OrderBy(file => file.Kind).ThenBy(file => file.Key, StringComparer.Ordinal)
            .ToList();
        var gone = before.Objects.Where(entry => !site.ContainsKey(entry.Key)).ToList();
        var superseded = gone.Where(entry => entry.Value.SupersededIn is null).Select(entry => entry.Key).Order(StringComparer.Ordinal).ToList();
        var revived = before.Objects.Where(entry => entry.Value.SupersededIn is not null && site.ContainsKey(entry.Key)).Select(entry => entry.Key).ToList();

        // Clearing away old files is no release: it must not make the next old files look older.
        var number = (before.Release?.Number ?? 0) + (uploads.Count + superseded.Count + revived.Count > 0 ? 1 : 0);
        var deletes = gone
            .Where(entry => entry.Value is { SupersededIn: { } release, SupersededAt: { } at } && number - release >= request.KeepReleases && now - at >= request.KeepFor)
            .Select(entry => entry.Key)
            .OrderByDescending(SiteCacheRules.KindOf).ThenBy(key => key, StringComparer.Ordinal)
            .ToList();

        // A hashed name is only ever cached with one content, unless an earlier upload of it was overwritten.
        var changed = uploads.Where(file => file.Kind != SiteFileKind.Hashed || before.Objects.ContainsKey(file.Key)).Select(file => file.Key)
            .Concat(deletes.Where(key => SiteCacheRules.KindOf(key) != SiteFileKind.Hashed));

        return new SitePlan
        {
            Before = before,
            Release = new SiteRelease(number, $"{now.UtcDateTime:yyyyMMdd'T'HHmmss'Z'}-{DigestOf(site.Values)[..12]}", now),
            Uploads = uploads,
            Superseded = superseded,
            Deletes = deletes,
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
        var manifest = Apply(uploaded) with { Release = complete ? Release : Before.Release, Lock = null };
        return complete ? manifest with { Objects = Without(manifest.Objects, Deletes) } : manifest;
    }

    private SiteManifest Apply(IReadOnlySet<string> uploaded)
    {
        var objects = new Dictionary<string, SiteObject>(Before.Objects);
        foreach (var file in Uploads)
        {
            objects[file.Key] = new SiteObject(uploaded.Contains(file.Key) ? file.Md5 : "", file.Size, file.ContentType, file.CacheControl);
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

        return Before with { Objects = objects, AwaitingInvalidation = awaiting };
    }

    private static Dictionary<string, SiteObject> Without(IReadOnlyDictionary<string, SiteObject> objects, IEnumerable<string> keys)
    {
        var rest = new Dictionary<string, SiteObject>(objects);
        foreach (var key in keys)
        {
            rest.Remove(key);
        }

        return rest;
    }

    private static string DigestOf(IEnumerable<LocalFile> site)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in site.OrderBy(file => file.Key, StringComparer.Ordinal))
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{file.Key}\n{file.Md5}\n{file.ContentType}\n{file.CacheControl}\n"));
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
