using System.Formats.Tar;
using System.Text;

namespace Tiketi.Pipeline.Images;

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

    private readonly bool _rulesAreTheDockerfilesOwn;
    private readonly byte[] _dockerfileToBuild;
    private readonly Lazy<ContextFiles> _files;

    private BuildContext(string root, string dockerfile, byte[] dockerfileToBuild, string dockerfileText, Lazy<ContextFiles> files, string rulesFile)
    {
        Root = root;
        Dockerfile = dockerfile;
        DockerfileText = dockerfileText;
        _files = files;
        RulesFile = rulesFile;
        _dockerfileToBuild = dockerfileToBuild;
        _rulesAreTheDockerfilesOwn = rulesFile == dockerfile + IgnoreFile;
    }

    /// <summary>Full path of the context.</summary>
    public string Root { get; }

    /// <summary>Full path of the Dockerfile, which may lie outside the context.</summary>
    public string Dockerfile { get; }

    /// <summary>The Dockerfile as it stands there.</summary>
    public string DockerfileText { get; }

    /// <summary>What COPY can reach; read when first asked for.</summary>
    /// <exception cref="PipelineException">The ignore file is malformed, or a file can't be read.</exception>
    public ContextFiles Files => _files.Value;

    /// <summary>Full path of the ignore file in force, whether or not there is one.</summary>
    internal string RulesFile { get; }

    /// <summary>The Dockerfile as it is to be built.</summary>
    internal string DockerfileToBuild => Encoding.UTF8.GetString(_dockerfileToBuild);

    /// <summary>Reads a context. <c>DOCKERFILE.dockerignore</c> beside the Dockerfile takes the place of the context's <c>.dockerignore</c>.</summary>
    /// <param name="root">Full path of the context.</param>
    /// <param name="dockerfile">Full path of the Dockerfile.</param>
    /// <param name="files">Contexts read before in this run; null when there are none to share.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="PipelineException">The context or the Dockerfile is missing, or an ignore file is malformed.</exception>
    public static BuildContext Scan(string root, string dockerfile, ContextCache? files = null, CancellationToken cancellationToken = default)
    {
        var context = Open(root, dockerfile, files ?? new ContextCache(FileHashes.None), cancellationToken);
        _ = context.Files;
        return context;
    }

    /// <summary>Reads the Dockerfile alone; the files are read when they are asked for.</summary>
    /// <exception cref="PipelineException">The context or the Dockerfile is missing.</exception>
    internal static BuildContext Open(string root, string dockerfile, ContextCache files, CancellationToken cancellationToken)
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
        var rulesFile = File.Exists(own) ? own : Path.Combine(root, IgnoreFile);
        var bytes = File.ReadAllBytes(dockerfile);
        return new BuildContext(root, dockerfile, bytes, Encoding.UTF8.GetString(bytes), new Lazy<ContextFiles>(() => files.Read(root, rulesFile, cancellationToken)), rulesFile);
    }

    /// <summary>The same context, built by other instructions; COPY still finds the Dockerfile as it stands.</summary>
    public BuildContext BuiltBy(string dockerfileText)
        => dockerfileText == DockerfileText ? this : new BuildContext(Root, Dockerfile, Encoding.UTF8.GetBytes(dockerfileText), DockerfileText, _files, RulesFile);

    /// <summary>Writes the context as the engine wants it. Owners are left out; times are the files' own, or the given one (SOURCE_DATE_EPOCH).</summary>
    /// <exception cref="PipelineException">A file can't be read any more.</exception>
    public async Task WriteTarAsync(Stream target, DateTimeOffset? modificationTime, CancellationToken cancellationToken)
    {
        await using var tar = new TarWriter(target, TarEntryFormat.Pax, leaveOpen: true);
        var extras = Extras().ToDictionary(StringComparer.Ordinal);
        foreach (var entry in Files.Entries.Where(entry => !extras.ContainsKey(entry.Path)))
        {
            await WriteAsync(tar, entry, modificationTime, cancellationToken);
        }

        foreach (var (path, content) in extras)
        {
            await using var stream = new MemoryStream(content);
            await tar.WriteEntryAsync(
                new PaxTarEntry(TarEntryType.RegularFile, path) { DataStream = stream, Mode = Plain, ModificationTime = modificationTime ?? DateTimeOffset.UnixEpoch }, cancellationToken);
        }
    }

    /// <summary>The Dockerfile's path inside the stream.</summary>
    public string DockerfileInTar => DockerfileInContext is { } path && (Contains(path) ? DockerfileToBuild == DockerfileText : !_rulesAreTheDockerfilesOwn) ? path : HiddenDockerfile;

    private string? DockerfileInContext
        => Path.GetRelativePath(Root, Dockerfile).Replace('\\', '/') is var path && !path.StartsWith("../", StringComparison.Ordinal) && !Path.IsPathRooted(path) ? path : null;

    private bool Contains(string path) => Files.Entries.Any(entry => entry.Path == path);

    /// <summary>
    /// Files that the engine must get though COPY may not: it removes from the context what <c>.dockerignore</c> excludes of
    /// the two itself. A Dockerfile it would not remove by those rules goes under a name that is excluded.
    /// </summary>
    private IEnumerable<KeyValuePair<string, byte[]>> Extras()
    {
        var ignoreFile = Path.Combine(Root, IgnoreFile);
        if (DockerfileInTar == HiddenDockerfile)
        {
            yield return new(HiddenDockerfile, _dockerfileToBuild);
            var rules = Contains(IgnoreFile) ? $"{File.ReadAllText(ignoreFile)}\n{HiddenDockerfile}\n" : $"{IgnoreFile}\n{HiddenDockerfile}\n";
            yield return new(IgnoreFile, Encoding.UTF8.GetBytes(rules));
            yield break;
        }

        if (!Contains(DockerfileInTar))
        {
            yield return new(DockerfileInTar, _dockerfileToBuild);
        }

        if (!_rulesAreTheDockerfilesOwn && !Contains(IgnoreFile) && File.Exists(ignoreFile))
        {
            yield return new(IgnoreFile, File.ReadAllBytes(ignoreFile));
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

        await using var content = ContextEntry.Open(entry.FullPath);
        header.DataStream = content;
        await tar.WriteEntryAsync(header, cancellationToken);
    }
}
