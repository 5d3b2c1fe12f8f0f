using System.Security.Cryptography;

namespace Tiketi.Pipeline.Frontend;

/// <summary>One file of the built site as it should be served.</summary>
/// <param name="Key">The object key: the path below the site's root, with forward slashes.</param>
/// <param name="File">The file on disk.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Md5">Lower-case hex MD5 of the content, which is also a single-part object's ETag.</param>
public sealed record LocalFile(string Key, string File, long Size, string Md5)
{
    public SiteFileKind Kind { get; } = SiteCacheRules.KindOf(Key);

    public string ContentType { get; } = SiteCacheRules.ContentTypeOf(Key);

    public string CacheControl { get; } = SiteCacheRules.CacheControlOf(Key);
}

/// <summary>The built site on disk.</summary>
internal static class LocalSite
{
    /// <summary>Reads every file once. Throws when the directory is missing or is no site (no index.html).</summary>
    public static async Task<IReadOnlyDictionary<string, LocalFile>> ScanAsync(string directory, IReadOnlyList<string> userPrefixes, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(directory))
        {
            throw new PipelineException($"There is no built site in {directory}.", "Run ./build.sh BuildFrontend first.");
        }

        var paths = Directory.GetFiles(directory, "*", SearchOption.AllDirectories);
        var files = new LocalFile[paths.Length];
        await Parallel.ForEachAsync(Enumerable.Range(0, paths.Length), cancellationToken, async (index, token) =>
        {
            var key = Path.GetRelativePath(directory, paths[index]).Replace('\\', '/');
            files[index] = await ReadAsync(key, paths[index], token);
        });

        var site = files.ToDictionary(file => file.Key);
        if (!site.ContainsKey(SiteCacheRules.IndexKey))
        {
            throw new PipelineException($"{directory} has no {SiteCacheRules.IndexKey}, so it is not a built site.", "Run ./build.sh BuildFrontend, or name the build's output directory.");
        }

        var intruder = site.Keys.FirstOrDefault(key => SiteManifestStore.IsReserved(key) || userPrefixes.Any(prefix => key.StartsWith(prefix, StringComparison.Ordinal)));
        return intruder is null ? site : throw new PipelineException(
            $"The site contains {intruder}, which lies under a prefix that the sync must not touch.",
            "Move the file, or take its prefix out of the user-owned prefixes.");
    }

    private static async Task<LocalFile> ReadAsync(string key, string path, CancellationToken cancellationToken)
    {
        await using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.SequentialScan);
        var md5 = await MD5.HashDataAsync(stream, cancellationToken);
        return new LocalFile(key, path, stream.Length, Convert.ToHexStringLower(md5));
    }
}
