using System.IO.Compression;
using System.Security.Cryptography;

namespace Tiketi.Pipeline.Frontend;

/// <summary>How hashed assets may be stored compressed. The names are those of <c>Content-Encoding</c>.</summary>
public static class SiteEncodings
{
    public const string Brotli = "br";

    public const string Gzip = "gzip";
}

/// <summary>
/// Stores hashed assets compressed at the highest level, with their <c>Content-Encoding</c>: smaller than what an edge makes on
/// the fly, and CloudFront compresses nothing above 10 MB. Whoever asks gets it so, able to decode it or not; hence only
/// hashed assets, which nobody but a browser loads on behalf of a page. Pages, robots.txt and the like stay as they are.
/// </summary>
/// <param name="directory">Where compressed files are kept from run to run: the highest level takes a second a megabyte.</param>
internal sealed class SitePrecompression(string encoding, string directory)
{
    public async Task<IReadOnlyDictionary<string, SiteFile>> ApplyAsync(IReadOnlyDictionary<string, SiteFile> site, CancellationToken cancellationToken)
    {
        if (encoding is not (SiteEncodings.Brotli or SiteEncodings.Gzip))
        {
            throw new PipelineException($"{encoding} is no encoding that assets can be stored in.", $"Choose {SiteEncodings.Brotli} or {SiteEncodings.Gzip}.");
        }

        Directory.CreateDirectory(directory);
        var files = site.Values.ToArray();
        await Task.Run(() => Parallel.For(0, files.Length, new ParallelOptions { CancellationToken = cancellationToken, MaxDegreeOfParallelism = Environment.ProcessorCount }, index =>
            files[index] = Apply(files[index])), cancellationToken);
        var used = files.Select(file => Path.GetFileName(file.Path!)).ToHashSet(StringComparer.Ordinal);
        foreach (var old in Directory.EnumerateFiles(directory).Where(path => !used.Contains(Path.GetFileName(path))))
        {
            File.Delete(old);
        }

        return files.ToDictionary(file => file.Key);
    }

    private SiteFile Apply(SiteFile file)
    {
        if (file.Kind != SiteFileKind.Hashed || !SiteCompression.IsWorthwhile(file.Key, file.Size))
        {
            return file;
        }

        var path = Path.Combine(directory, $"{file.Md5}.{encoding}");
        if (!File.Exists(path))
        {
            var content = File.ReadAllBytes(file.Path!);
            if (Convert.ToHexStringLower(MD5.HashData(content)) != file.Md5)
            {
                throw new PipelineException($"{file.Path} changed while the site was being synced.", "Let the build finish, then run SyncS3 again. Visitors still see the previous release.");
            }

            var temporary = $"{path}.{Environment.ProcessId}";
            File.WriteAllBytes(temporary, encoding == SiteEncodings.Brotli ? SiteCompression.Brotli(content, CompressionLevel.SmallestSize) : SiteCompression.Gzip(content, CompressionLevel.SmallestSize));
            File.Move(temporary, path, overwrite: true);
        }

        var compressed = File.ReadAllBytes(path);
        return compressed.Length >= file.Size ? file : file with { Path = path, Size = compressed.Length, Md5 = Convert.ToHexStringLower(MD5.HashData(compressed)), ContentEncoding = encoding };
    }
}
