using System.Buffers;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace Tiketi.Pipeline.Frontend;

/// <summary>The built site on disk.</summary>
internal static class LocalSite
{
    private const int Block = 1024 * 1024;

    /// <summary>Reads every file once. Throws when the directory is missing or is no site (no index.html).</summary>
    public static async Task<IReadOnlyDictionary<string, SiteFile>> ScanAsync(string directory, IReadOnlyList<string> userPrefixes, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(directory))
        {
            throw new PipelineException($"There is no built site in {directory}.", "Run ./build.sh BuildFrontend first.");
        }

        var bundled = await BundlerManifest.OutputsAsync(directory, cancellationToken);
        var paths = Directory.GetFiles(directory, "*", SearchOption.AllDirectories);
        var files = new SiteFile[paths.Length];

        // Hashing is all that there is to do, so a thread a core does it best.
        await Task.Run(() => Parallel.For(0, paths.Length, new ParallelOptions { CancellationToken = cancellationToken, MaxDegreeOfParallelism = Environment.ProcessorCount }, index =>
            files[index] = Read(Path.GetRelativePath(directory, paths[index]).Replace('\\', '/'), paths[index], bundled)), cancellationToken);

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

    /// <returns>Lower-case hex.</returns>
    public static string Md5Of(string path)
    {
        using var handle = File.OpenHandle(path, options: FileOptions.SequentialScan);
        return Convert.ToHexStringLower(Hash(handle).Md5);
    }

    /// <summary>Reads from the beginning, at most what the buffer takes.</summary>
    /// <returns>How many bytes.</returns>
    public static int Fill(SafeFileHandle handle, byte[] buffer)
    {
        var total = 0;
        for (int read; (read = RandomAccess.Read(handle, buffer.AsSpan(total), total)) > 0;)
        {
            total += read;
        }

        return total;
    }

    private static SiteFile Read(string key, string path, IReadOnlySet<string> bundled)
    {
        using var handle = File.OpenHandle(path, options: FileOptions.SequentialScan);
        var (size, md5) = Hash(handle);
        var kind = SiteCacheRules.KindOf(key, bundled.Contains(key));
        return new SiteFile(key, size, Convert.ToHexStringLower(md5), kind, SiteCacheRules.ContentTypeOf(key), SiteCacheRules.CacheControlOf(key, kind), path);
    }

    private static (long Size, byte[] Md5) Hash(SafeFileHandle handle)
    {
        var buffer = ArrayPool<byte>.Shared.Rent((int)Math.Clamp(RandomAccess.GetLength(handle) + 1, 1, Block));
        try
        {
            long size = Fill(handle, buffer);
            if (size < buffer.Length)
            {
                return (size, MD5.HashData(buffer.AsSpan(0, (int)size))); // all of it
            }

            using var md5 = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
            md5.AppendData(buffer);
            for (int read; (read = RandomAccess.Read(handle, buffer, size)) > 0; size += read)
            {
                md5.AppendData(buffer, 0, read);
            }

            return (size, md5.GetHashAndReset());
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
