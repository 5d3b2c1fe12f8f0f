using System.IO.Enumeration;

namespace Tiketi.LocalCloud.Lifecycle;

/// <summary>The state directory as a place that can be written to.</summary>
internal static class StateFolder
{
    /// <exception cref="LocalCloudException">It can't be made or written to: no permission, or no space left.</exception>
    public static void Prepare(string path)
    {
        try
        {
            Directory.CreateDirectory(path);
            var probe = Path.Combine(path, ".probe");
            File.WriteAllText(probe, "writable");
            File.Delete(probe);
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new LocalCloudException($"No permission to write to {path} ({exception.Message})", "Mend its owner ('chown'), or name another directory with --state.", exception);
        }
        catch (IOException exception)
        {
            throw new LocalCloudException($"Can't write to {path}: {exception.Message}", "Free some space, or name another directory with --state.", exception);
        }
    }

    /// <summary>
    /// Bytes under a directory; what can't be read, or vanishes meanwhile, counts as nothing. A private engine's "merged"
    /// folders are mounts that show its layers a second time, so they are not entered.
    /// </summary>
    public static long Size(DirectoryInfo directory)
    {
        var options = new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true, AttributesToSkip = FileAttributes.ReparsePoint };
        return new FileSystemEnumerable<long>(directory.FullName, (ref FileSystemEntry entry) => entry.IsDirectory ? 0 : entry.Length, options)
        {
            ShouldRecursePredicate = (ref FileSystemEntry entry) => !entry.FileName.SequenceEqual("merged"),
        }.Sum();
    }

    /// <summary>The last lines of a log, for an error message. Stack frames are left out: the line above them says what happened.</summary>
    public static string Tail(string file, int lines = 15)
    {
        if (!File.Exists(file))
        {
            return "(no log was written)";
        }

        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        stream.Seek(-Math.Min(stream.Length, 16 * 1024), SeekOrigin.End);
        using var reader = new StreamReader(stream);
        return string.Join('\n', reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Where(line => !line.StartsWith("   at ", StringComparison.Ordinal)).TakeLast(lines).Select(line => "  " + line));
    }
}
