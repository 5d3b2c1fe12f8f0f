using System.Formats.Tar;
using System.Text;

namespace Tiketi.Pipeline.Images;

/// <summary>What kind of thing an entry of a build context is.</summary>
public enum ContextEntryKind
{
    File,
    Directory,
    SymbolicLink,
}

/// <summary>One entry of a build context.</summary>
/// <param name="Path">Relative to the context, with <c>/</c>.</param>
/// <param name="FullPath">Where it is on this machine.</param>
/// <param name="Kind">File, directory or symbolic link.</param>
/// <param name="IsExecutable">Whether its owner may execute it: the one mode bit that means the same on every machine (git keeps just this one, too).</param>
/// <param name="LinkTarget">A symbolic link's target, with <c>/</c>; else null.</param>
public sealed record ContextEntry(string Path, string FullPath, ContextEntryKind Kind, bool IsExecutable, string? LinkTarget)
{
    /// <exception cref="PipelineException">The file can't be read: no permission, or it is a socket or device.</exception>
    internal FileStream Open()
    {
        try
        {
            return new FileStream(FullPath, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0, FileOptions.SequentialScan);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new PipelineException($"{FullPath} in the build context can't be read: {exception.Message}", "Mend its permissions, or exclude it in .dockerignore.", exception);
        }
    }
}

/// <summary>
/// A build context after its ignore file: what the image can be made from, and the tar stream that the engine gets. The
/// Dockerfile always goes along; what it says counts, whether or not the rules keep it out of reach of COPY.
/// </summary>
public sealed class BuildContext
{
    private const string IgnoreFile = ".dockerignore";
    private const string HiddenDockerfile = ".dockerfile.tiketi";
    private const UnixFileMode Plain = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private const UnixFileMode Executable = Plain | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    private readonly string _root;
    private readonly bool _rulesAreTheDockerfilesOwn;

    private BuildContext(string root, string dockerfile, string dockerfileText, IReadOnlyList<ContextEntry> entries, bool rulesAreTheDockerfilesOwn)
    {
        _root = root;
        Dockerfile = dockerfile;
        DockerfileText = dockerfileText;
        Entries = entries;
        _rulesAreTheDockerfilesOwn = rulesAreTheDockerfilesOwn;
    }

    /// <summary>Full path of the Dockerfile, which may lie outside the context.</summary>
    public string Dockerfile { get; }

    public string DockerfileText { get; }

    /// <summary>What COPY can reach, ordered by path (ordinal).</summary>
    public IReadOnlyList<ContextEntry> Entries { get; }

    /// <summary>Reads a context. <c>DOCKERFILE.dockerignore</c> beside the Dockerfile takes the place of the context's <c>.dockerignore</c>.</summary>
    /// <exception cref="PipelineException">The context or the Dockerfile is missing, or an ignore file is malformed.</exception>
    public static BuildContext Scan(string root, string dockerfile, CancellationToken cancellationToken = default)
    {
        if (!Directory.Exists(root))
        {
            throw new PipelineException($"The build context {root} does not exist.", "Set the service's 'context' in tiketi.yaml, or name the application with --app-root.");
        }

        if (!File.Exists(dockerfile))
        {
            throw new PipelineException($"The Dockerfile {dockerfile} does not exist.", "Write one, or set the service's 'dockerfile' in tiketi.yaml.");
        }

        var own = dockerfile + IgnoreFile;
        var shared = Path.Combine(root, IgnoreFile);
        var file = File.Exists(own) ? own : shared;
        var rules = File.Exists(file) ? IgnoreRules.Parse(File.ReadAllText(file), file) : IgnoreRules.None;
        var entries = new List<ContextEntry>();
        Walk(new DirectoryInfo(root), "", rules, entries, cancellationToken);
        entries.Sort((left, right) => string.CompareOrdinal(left.Path, right.Path));
        return new BuildContext(root, dockerfile, File.ReadAllText(dockerfile), entries, file == own);
    }

    /// <summary>Writes the context as the engine wants it. Owners are left out; times are the files' own, or the given one (SOURCE_DATE_EPOCH).</summary>
    public async Task WriteTarAsync(Stream target, DateTimeOffset? modificationTime, CancellationToken cancellationToken)
    {
        await using var tar = new TarWriter(target, TarEntryFormat.Pax, leaveOpen: true);
        foreach (var entry in Entries)
        {
            await WriteAsync(tar, entry, modificationTime, cancellationToken);
        }

        foreach (var (path, content) in Extras())
        {
            await using var stream = new MemoryStream(content);
            await tar.WriteEntryAsync(
                new PaxTarEntry(TarEntryType.RegularFile, path) { DataStream = stream, Mode = Plain, ModificationTime = modificationTime ?? DateTimeOffset.UnixEpoch }, cancellationToken);
        }
    }

    /// <summary>The Dockerfile's path inside the stream.</summary>
    public string DockerfileInTar => DockerfileInContext is { } path && (!_rulesAreTheDockerfilesOwn || Contains(path)) ? path : HiddenDockerfile;

    private string? DockerfileInContext
        => Path.GetRelativePath(_root, Dockerfile).Replace('\\', '/') is var path && !path.StartsWith("../", StringComparison.Ordinal) && !Path.IsPathRooted(path) ? path : null;

    private bool Contains(string path) => Entries.Any(entry => entry.Path == path);

    /// <summary>
    /// Files that the engine must get though COPY may not: it removes from the context what <c>.dockerignore</c> excludes of
    /// the two itself. A Dockerfile it would not remove by those rules goes under a name that is excluded.
    /// </summary>
    private IEnumerable<(string Path, byte[] Content)> Extras()
    {
        if (DockerfileInTar == HiddenDockerfile)
        {
            yield return (HiddenDockerfile, File.ReadAllBytes(Dockerfile));
            if (!Contains(IgnoreFile))
            {
                yield return (IgnoreFile, Encoding.UTF8.GetBytes($"{IgnoreFile}\n{HiddenDockerfile}\n"));
            }

            yield break;
        }

        if (!Contains(DockerfileInTar))
        {
            yield return (DockerfileInTar, File.ReadAllBytes(Dockerfile));
        }

        var ignoreFile = Path.Combine(_root, IgnoreFile);
        if (!_rulesAreTheDockerfilesOwn && !Contains(IgnoreFile) && File.Exists(ignoreFile))
        {
            yield return (IgnoreFile, File.ReadAllBytes(ignoreFile));
        }
    }

    private static async Task WriteAsync(TarWriter tar, ContextEntry entry, DateTimeOffset? time, CancellationToken cancellationToken)
    {
        var type = entry.Kind switch
        {
            ContextEntryKind.Directory => TarEntryType.Directory,
            ContextEntryKind.SymbolicLink => TarEntryType.SymbolicLink,
            _ => TarEntryType.RegularFile,
        };
        var header = new PaxTarEntry(type, entry.Kind == ContextEntryKind.Directory ? entry.Path + "/" : entry.Path)
        {
            Mode = entry.IsExecutable ? Executable : Plain,
            ModificationTime = time ?? DateTimeOffset.FromUnixTimeSeconds(new DateTimeOffset(File.GetLastWriteTimeUtc(entry.FullPath)).ToUnixTimeSeconds()),
        };
        if (entry.LinkTarget is { } link)
        {
            header.LinkName = link;
        }

        if (entry.Kind != ContextEntryKind.File)
        {
            await tar.WriteEntryAsync(header, cancellationToken);
            return;
        }

        await using var content = entry.Open();
        header.DataStream = content;
        await tar.WriteEntryAsync(header, cancellationToken);
    }

    private static void Walk(DirectoryInfo directory, string prefix, IgnoreRules rules, List<ContextEntry> entries, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        foreach (var info in directory.EnumerateFileSystemInfos())
        {
            var path = prefix + info.Name;
            var isLink = info.Attributes.HasFlag(FileAttributes.ReparsePoint);
            var isDirectory = !isLink && info is DirectoryInfo;
            var ignored = rules.Ignores(path);
            if (!ignored)
            {
                entries.Add(Entry(path, info, isLink, isDirectory));
            }

            if (isDirectory && (!ignored || rules.MayKeepInside(path)))
            {
                Walk((DirectoryInfo)info, path + "/", rules, entries, cancellationToken);
            }
        }
    }

    private static ContextEntry Entry(string path, FileSystemInfo info, bool isLink, bool isDirectory)
        => isLink ? new ContextEntry(path, info.FullName, ContextEntryKind.SymbolicLink, IsExecutable: true, info.LinkTarget!.Replace('\\', '/'))
            : isDirectory ? new ContextEntry(path, info.FullName, ContextEntryKind.Directory, IsExecutable: true, LinkTarget: null)
            : new ContextEntry(path, info.FullName, ContextEntryKind.File, MayExecute(info), LinkTarget: null);

    /// <summary>Windows has no such bit; there every file counts as executable, as with Docker's own client.</summary>
    private static bool MayExecute(FileSystemInfo info) => OperatingSystem.IsWindows() || info.UnixFileMode.HasFlag(UnixFileMode.UserExecute);
}
