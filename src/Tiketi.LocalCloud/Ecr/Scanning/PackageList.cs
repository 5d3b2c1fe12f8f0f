using System.Collections.Concurrent;
using System.Formats.Tar;
using System.IO.Compression;
using Tiketi.LocalCloud.Ecr.Storage;

namespace Tiketi.LocalCloud.Ecr.Scanning;

/// <summary>Reads from an image's layers which Debian packages it has. What a layer holds never changes, so it is read once.</summary>
internal sealed class PackageList(BlobStore blobs)
{
    private const string Status = "var/lib/dpkg/status";
    private const string Release = "usr/lib/os-release";

    private readonly ConcurrentDictionary<string, Lazy<IReadOnlyDictionary<string, string>>> _layers = new(StringComparer.Ordinal);

    /// <returns>Debian's release ("13") and the installed packages; null when the image is not made of Debian packages.</returns>
    public (string Release, IReadOnlyList<InstalledPackage> Packages)? Read(string repository, Manifest manifest)
    {
        var files = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (digest, _) in manifest.Blobs.Skip(1)) // the first is the config
        {
            foreach (var (name, content) in _layers.GetOrAdd(digest, key => new Lazy<IReadOnlyDictionary<string, string>>(() => ReadLayer(repository, key))).Value)
            {
                files[name] = content; // an upper layer's file hides those below it
            }
        }

        return files.TryGetValue(Status, out var status) && Field(files.GetValueOrDefault(Release, ""), "VERSION_ID=") is { } release
            ? (release.Trim('"'), [.. status.Split("\n\n").Select(InstalledPackage.Parse).OfType<InstalledPackage>()])
            : null;
    }

    private Dictionary<string, string> ReadLayer(string repository, string digest)
    {
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        using var file = blobs.Find(repository, digest)!.OpenRead();
        var isGzip = file.ReadByte() == 0x1f && file.ReadByte() == 0x8b;
        file.Position = 0;
        using var content = isGzip ? (Stream)new GZipStream(file, CompressionMode.Decompress) : file;
        using var tar = new TarReader(content);
        while (tar.GetNextEntry() is { } entry)
        {
            var name = entry.Name.TrimStart('.', '/');
            if (name is Status or Release && entry.DataStream is { } data)
            {
                using var reader = new StreamReader(data);
                found[name] = reader.ReadToEnd();
            }
        }

        return found;
    }

    private static string? Field(string text, string name) => text.Split('\n').FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal))?[name.Length..];
}

/// <summary>One paragraph of dpkg's status file.</summary>
/// <param name="Name">Of the binary package.</param>
/// <param name="Version">Of the binary package.</param>
/// <param name="Source">The source package that it was built from; vulnerabilities are recorded by that.</param>
/// <param name="SourceVersion">Its version.</param>
internal sealed record InstalledPackage(string Name, string Version, string Source, string SourceVersion)
{
    /// <returns>Null when the package is not installed (removed, its configuration left).</returns>
    public static InstalledPackage? Parse(string paragraph)
    {
        var fields = paragraph.Split('\n').Where(line => line.Length > 0 && !char.IsWhiteSpace(line[0]))
            .Select(line => line.Split(':', 2)).Where(pair => pair.Length == 2)
            .GroupBy(pair => pair[0], StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.First()[1].Trim(), StringComparer.Ordinal);
        if (!fields.TryGetValue("Package", out var name) || !fields.TryGetValue("Version", out var version) || !fields.GetValueOrDefault("Status", "").EndsWith(" installed", StringComparison.Ordinal))
        {
            return null;
        }

        var source = fields.GetValueOrDefault("Source", name).Split(' ', 2); // "openssl (3.0.1-1)", where the versions differ
        return new InstalledPackage(name, version, source[0], source.Length == 2 ? source[1].Trim('(', ')') : version);
    }
}
