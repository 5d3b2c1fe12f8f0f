namespace Tiketi.Pipeline.Frontend;

/// <summary>The outputs of the last few builds of one frontend, each under the digest of its inputs. Losing it costs a build.</summary>
internal sealed class BuildCache(string directory)
{
    private const int Builds = 3;

    public bool IsEmpty => !Directory.Exists(directory);

    public BuildRecord? Find(string digest) => Read(Of(digest));

    /// <summary>The build that was used last of those with other inputs; null when none is kept.</summary>
    public BuildRecord? LastOther(string digest) =>
        Kept().Where(build => build.FullName != Path.GetFullPath(Of(digest))).Select(build => Read(build.FullName)).FirstOrDefault(record => record is not null);

    /// <summary>Puts a build's output in place.</summary>
    /// <returns>Whether what was kept is what was built; otherwise nothing has changed.</returns>
    public async Task<bool> RestoreAsync(BuildRecord record, string output, CancellationToken cancellationToken)
    {
        var kept = FilesOf(record.InputDigest);
        if (!(await BuildRecord.FilesOfAsync(kept, cancellationToken)).SequenceEqual(record.Files))
        {
            return false;
        }

        Copy(kept, output);
        Directory.SetLastWriteTimeUtc(Of(record.InputDigest), DateTime.UtcNow);
        return true;
    }

    public void Keep(BuildRecord record, string output)
    {
        Copy(output, FilesOf(record.InputDigest));
        KeptJson.Write(RecordIn(Of(record.InputDigest)), record);
        foreach (var old in Kept().Skip(Builds))
        {
            old.Delete(recursive: true);
        }
    }

    /// <summary>Newest first.</summary>
    private IEnumerable<DirectoryInfo> Kept() => new DirectoryInfo(directory).GetDirectories().OrderByDescending(build => build.LastWriteTimeUtc);

    // Without a readable record the next step is a build, which writes a new one.
    private static BuildRecord? Read(string build) => KeptJson.Read<BuildRecord>(RecordIn(build));

    private string Of(string digest) => Path.Combine(directory, digest[..16]);

    private static string RecordIn(string build) => Path.Combine(build, "record.json");

    private string FilesOf(string digest) => Path.Combine(Of(digest), "output");

    private static void Copy(string from, string to)
    {
        if (Directory.Exists(to))
        {
            Directory.Delete(to, recursive: true);
        }

        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }
}
