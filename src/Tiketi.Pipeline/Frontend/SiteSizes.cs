using System.Globalization;
using System.IO.Compression;

namespace Tiketi.Pipeline.Frontend;

/// <summary>How large the files of one class are, in bytes.</summary>
/// <param name="Class">"scripts", "styles" ...</param>
/// <param name="Files">How many.</param>
/// <param name="Raw">As they lie in the bucket.</param>
/// <param name="Gzip">As a visitor who takes gzip gets them: what CloudFront does not compress counts as it is.</param>
/// <param name="Brotli">The same for Brotli.</param>
public sealed record SiteSize(string Class, int Files, long Raw, long Gzip, long Brotli);

/// <summary>Measures a built site, and says how it grew.</summary>
public static class SiteSizes
{
    private const string Other = "other";

    private static readonly (string Class, string[] Extensions)[] Classes =
    [
        ("pages", [".html", ".htm"]),
        ("scripts", [".js", ".mjs", ".wasm"]),
        ("styles", [".css"]),
        ("images", [".svg", ".png", ".jpg", ".jpeg", ".gif", ".webp", ".avif", ".ico"]),
        ("fonts", [".woff", ".woff2", ".ttf", ".otf"]),
        ("source maps", [".map"]),
        (Other, []),
    ];

    /// <summary>Of each class that has files; compressed as edges do it on the fly (gzip level 6, Brotli level 4).</summary>
    /// <param name="directory">The built site.</param>
    public static IReadOnlyList<SiteSize> Measure(string directory, CancellationToken cancellationToken = default)
    {
        var paths = Directory.GetFiles(directory, "*", SearchOption.AllDirectories);
        var sizes = new SiteSize[paths.Length];
        Parallel.For(0, paths.Length, new ParallelOptions { CancellationToken = cancellationToken, MaxDegreeOfParallelism = Environment.ProcessorCount }, index =>
            sizes[index] = MeasureFile(paths[index]));
        return [.. Classes.Select(known => Sum(known.Class, [.. sizes.Where(size => size.Class == known.Class)])).Where(size => size.Files > 0)];
    }

    /// <summary>A table with a row a class and the total, and a line with what that is more or less than before.</summary>
    /// <param name="sizes">As measured.</param>
    /// <param name="former">Of the release to compare with; null when there is none, or it was not measured.</param>
    /// <param name="formerName">"release 4".</param>
    public static IReadOnlyList<string> Describe(IReadOnlyList<SiteSize> sizes, IReadOnlyList<SiteSize>? former = null, string formerName = "")
    {
        List<string> lines = [former is null ? Row("", "files", "raw", "gzip", "brotli") : Row("", "files", "raw", "gzip", "brotli", $"brotli against {formerName}")];
        foreach (var name in Classes.Select(known => known.Class))
        {
            var (now, before) = (sizes.FirstOrDefault(size => size.Class == name), former?.FirstOrDefault(size => size.Class == name));
            if (now is not null || before is not null)
            {
                lines.Add(Row(now ?? new SiteSize(name, 0, 0, 0, 0), former is null ? null : before?.Brotli ?? 0));
            }
        }

        var (total, formerTotal) = (Sum("total", sizes), Sum("total", former ?? []));
        lines.Add(Row(total, former is null ? null : formerTotal.Brotli));
        if (former is not null)
        {
            lines.Add($"growth against {formerName}: raw {Growth(total.Raw, formerTotal.Raw)}, gzip {Growth(total.Gzip, formerTotal.Gzip)}, brotli {Growth(total.Brotli, formerTotal.Brotli)}");
        }

        return lines;
    }

    private static SiteSize MeasureFile(string path)
    {
        var extension = Path.GetExtension(path).ToLowerInvariant();
        var name = Classes.FirstOrDefault(known => known.Extensions.Contains(extension), Classes[^1]).Class;
        var size = new FileInfo(path).Length;
        if (!SiteCompression.IsCompressible(path, size))
        {
            return new SiteSize(name, 1, size, size, size);
        }

        var content = File.ReadAllBytes(path);
        return new SiteSize(name, 1, content.Length, SiteCompression.Gzip(content, CompressionLevel.Optimal).Length, SiteCompression.Brotli(content, CompressionLevel.Optimal).Length);
    }

    private static SiteSize Sum(string name, IReadOnlyCollection<SiteSize> sizes) =>
        new(name, sizes.Sum(size => size.Files), sizes.Sum(size => size.Raw), sizes.Sum(size => size.Gzip), sizes.Sum(size => size.Brotli));

    private static string Row(SiteSize size, long? formerBrotli) =>
        Row(size.Class, size.Files.ToString(CultureInfo.InvariantCulture), Kilobytes(size.Raw), Kilobytes(size.Gzip), Kilobytes(size.Brotli), formerBrotli is { } former ? Growth(size.Brotli, former) : "");

    private static string Row(string name, string files, string raw, string gzip, string brotli, string growth = "") =>
        $"{name,-11}  {files,6}  {raw,11}  {gzip,11}  {brotli,11}  {growth}".TrimEnd();

    private static string Kilobytes(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1000.0:0.0} kB");

    private static string Growth(long now, long before) => (now - before) switch
    {
        0 => "the same",
        var more when before == 0 => string.Create(CultureInfo.InvariantCulture, $"{more / 1000.0:+0.0;-0.0} kB"),
        var more => string.Create(CultureInfo.InvariantCulture, $"{more / 1000.0:+0.0;-0.0} kB ({100.0 * more / before:+0.0;-0.0} %)"),
    };
}
