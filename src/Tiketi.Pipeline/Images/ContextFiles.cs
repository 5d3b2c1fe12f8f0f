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
/// <param name="Hash">A file's SHA-256; else null.</param>
public sealed record ContextEntry(string Path, string FullPath, ContextEntryKind Kind, bool IsExecutable, string? LinkTarget, byte[]? Hash)
{
    /// <exception cref="PipelineException">The file can't be read: no permission, or it is a socket or device.</exception>
    internal static FileStream Open(string path)
    {
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0, FileOptions.SequentialScan);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new PipelineException($"{path} in the build context can't be read: {exception.Message}", "Mend its permissions, or exclude it in .dockerignore.", exception);
        }
    }
}

/// <summary>The files of a context that its ignore rules leave, read once for all services that share them.</summary>
public sealed class ContextFiles
{
    private const UnixFileMode ForAll = UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private const UnixFileMode ForAllToEnter = ForAll | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    private ContextFiles(IReadOnlyList<ContextEntry> entries, IReadOnlyList<string> closed, int foldersRead)
    {
        Entries = entries;
        Closed = closed;
        FoldersRead = foldersRead;
        Digest = DigestOf(entries);
    }

    /// <summary>Ordered by path (ordinal).</summary>
    public IReadOnlyList<ContextEntry> Entries { get; }

    /// <summary>
    /// Paths, in the same order, that not everybody may read: a checkout with a umask of 077 consists of them. Only a builder that
    /// keeps the files' own modes puts that into the image.
    /// </summary>
    public IReadOnlyList<string> Closed { get; }

    /// <summary>How many folders were looked into: an ignored one is not, unless an exception may keep something inside.</summary>
    public int FoldersRead { get; }

    /// <summary>SHA-256 over every entry's kind, path, mode, link target and content, in lower-case hex.</summary>
    public string Digest { get; }

    /// <exception cref="PipelineException">A file can't be read.</exception>
    public static ContextFiles Read(string root, IgnoreRules rules, FileHashes hashes, CancellationToken cancellationToken = default)
    {
        var entries = new List<ContextEntry>();
        var closed = new List<string>();
        var folders = 0;
        Walk(new DirectoryInfo(root), "", rules.AtRoot);
        entries.Sort((left, right) => string.CompareOrdinal(left.Path, right.Path));
        closed.Sort(string.CompareOrdinal);
        return new ContextFiles(entries, closed, folders);

        void Walk(DirectoryInfo folder, string prefix, IgnoreRules.Verdict verdict)
        {
            folders++;
            foreach (var info in folder.EnumerateFileSystemInfos())
            {
                cancellationToken.ThrowIfCancellationRequested();
                var path = prefix + info.Name;
                var isLink = info.Attributes.HasFlag(FileAttributes.ReparsePoint);
                var own = rules.Judge(path, verdict);
                if (!own.Ignored)
                {
                    entries.Add(Entry(path, info, isLink, hashes));
                    if (!isLink && IsClosed(info))
                    {
                        closed.Add(path);
                    }
                }

                if (info is DirectoryInfo inner && !isLink && (!own.Ignored || rules.MayKeepInside(path)))
                {
                    Walk(inner, path + "/", own);
                }
            }
        }
    }

    private static ContextEntry Entry(string path, FileSystemInfo info, bool isLink, FileHashes hashes)
        => isLink ? new ContextEntry(path, info.FullName, ContextEntryKind.SymbolicLink, IsExecutable: true, info.LinkTarget!.Replace('\\', '/'), Hash: null)
            : info is DirectoryInfo ? new ContextEntry(path, info.FullName, ContextEntryKind.Directory, IsExecutable: true, LinkTarget: null, Hash: null)
            : new ContextEntry(path, info.FullName, ContextEntryKind.File, MayExecute(info), LinkTarget: null, hashes.Of(info.FullName));

    private static bool IsClosed(FileSystemInfo info)
        => !OperatingSystem.IsWindows() && !info.UnixFileMode.HasFlag(info is DirectoryInfo ? ForAllToEnter : ForAll);

    /// <summary>Windows has no such bit; there every file counts as executable, as with Docker's own client.</summary>
    private static bool MayExecute(FileSystemInfo info) => OperatingSystem.IsWindows() || info.UnixFileMode.HasFlag(UnixFileMode.UserExecute);

    private static string DigestOf(IReadOnlyList<ContextEntry> entries)
    {
        using var hash = new DigestWriter();
        foreach (var entry in entries)
        {
            hash.Add(entry.Kind.ToString(), entry.Path, entry.IsExecutable ? "x" : "", entry.LinkTarget ?? "");
            hash.Add(entry.Hash ?? []);
        }

        return hash.Finish();
    }
}
