#nullable disable
using System.Security.Cryptography;
using System.Text;

namespace Nuke.Common.IO;

/// <summary>What builds do with paths: look, create, delete, list.</summary>
public static partial class AbsolutePathExtensions
{
    public static bool FileExists(this AbsolutePath path)
    {
        return File.Exists(path);
    }

    public static bool DirectoryExists(this AbsolutePath path)
    {
        return Directory.Exists(path);
    }

    /// <summary>Whether there is a file or directory.</summary>
    public static bool Exists(this AbsolutePath path)
    {
        return path.FileExists() || path.DirectoryExists();
    }

    public static bool ContainsFile(this AbsolutePath path, string pattern, SearchOption options = SearchOption.TopDirectoryOnly)
    {
        return path.DirectoryExists() && Directory.EnumerateFiles(path, pattern, options).Any();
    }

    public static bool ContainsDirectory(this AbsolutePath path, string pattern, SearchOption options = SearchOption.TopDirectoryOnly)
    {
        return path.DirectoryExists() && Directory.EnumerateDirectories(path, pattern, options).Any();
    }

    /// <summary>The path if it is a file, otherwise null.</summary>
    public static AbsolutePath ExistingFile(this AbsolutePath path)
    {
        return path.FileExists() ? path : null;
    }

    /// <summary>The path if it is a directory, otherwise null.</summary>
    public static AbsolutePath ExistingDirectory(this AbsolutePath path)
    {
        return path.DirectoryExists() ? path : null;
    }

    public static bool HasExtension(this AbsolutePath path, string extension, params string[] alternativeExtensions)
    {
        return alternativeExtensions.Prepend(extension)
            .Any(x => path.Extension.Equals(x.StartsWith('.') ? x : "." + x, StringComparison.OrdinalIgnoreCase));
    }

    public static AbsolutePath WithExtension(this AbsolutePath path, string extension)
    {
        return path.Parent / Path.ChangeExtension(path.Name, extension);
    }

    public static AbsolutePath FindParent(this AbsolutePath path, Func<AbsolutePath, bool> predicate)
    {
        return path.Parent.FindParentOrSelf(predicate);
    }

    public static AbsolutePath FindParentOrSelf(this AbsolutePath path, Func<AbsolutePath, bool> predicate)
    {
        while (path != null && !predicate(path))
            path = path.Parent;
        return path;
    }

    public static bool Contains(this AbsolutePath path, AbsolutePath otherPath)
    {
        return otherPath.FindParentOrSelf(x => x == path) != null;
    }

    public static RelativePath GetRelativePathTo(this AbsolutePath path, AbsolutePath destinationPath)
    {
        return PathConstruction.GetRelativePath(path, destinationPath);
    }

    public static UnixRelativePath GetUnixRelativePathTo(this AbsolutePath path, AbsolutePath destinationPath)
    {
        return PathConstruction.GetRelativePath(path, destinationPath);
    }

    public static WinRelativePath GetWinRelativePathTo(this AbsolutePath path, AbsolutePath destinationPath)
    {
        return PathConstruction.GetRelativePath(path, destinationPath);
    }

    public static FileInfo ToFileInfo(this AbsolutePath path)
    {
        return path == null ? null : new FileInfo(path);
    }

    public static DirectoryInfo ToDirectoryInfo(this AbsolutePath path)
    {
        return path == null ? null : new DirectoryInfo(path);
    }

    public static AbsolutePath CreateDirectory(this AbsolutePath path)
    {
        Directory.CreateDirectory(path);
        return path;
    }

    /// <summary>Creates the directory, empty.</summary>
    public static AbsolutePath CreateOrCleanDirectory(this AbsolutePath path)
    {
        path.DeleteDirectory();
        return path.CreateDirectory();
    }

    public static AbsolutePath TouchFile(this AbsolutePath path, DateTime? time = null, bool createDirectories = true)
    {
        if (createDirectories)
            path.Parent.CreateDirectory();
        if (!path.FileExists())
            File.WriteAllBytes(path, []);
        File.SetLastWriteTime(path, time ?? DateTime.Now);
        return path;
    }

    public static void DeleteFile(this AbsolutePath path)
    {
        if (!path.FileExists())
            return;
        File.SetAttributes(path, FileAttributes.Normal);
        File.Delete(path);
    }

    public static void DeleteDirectory(this AbsolutePath path)
    {
        if (!path.DirectoryExists())
            return;
        foreach (var file in Directory.EnumerateFiles(path, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint }))
        {
            if ((File.GetAttributes(file) & FileAttributes.ReadOnly) != 0)
                File.SetAttributes(file, FileAttributes.Normal);
        }

        Directory.Delete(path, recursive: true);
    }

    public static void DeleteFiles(this IEnumerable<AbsolutePath> paths)
    {
        foreach (var path in paths)
            path.DeleteFile();
    }

    public static void DeleteDirectories(this IEnumerable<AbsolutePath> paths)
    {
        foreach (var path in paths)
            path.DeleteDirectory();
    }

    public static void CreateDirectories(this IEnumerable<AbsolutePath> paths)
    {
        foreach (var path in paths)
            path.CreateDirectory();
    }

    /// <summary>Files down to <paramref name="depth"/> levels, in ordinal order.</summary>
    public static IEnumerable<AbsolutePath> GetFiles(this AbsolutePath path, string pattern = "*", int depth = 1, FileAttributes attributes = 0)
    {
        return Directory.EnumerateFiles(path, pattern, Levels(depth))
            .Where(x => (File.GetAttributes(x) & attributes) == attributes)
            .Order(StringComparer.Ordinal)
            .Select(AbsolutePath.Create);
    }

    /// <inheritdoc cref="GetFiles"/>
    public static IEnumerable<AbsolutePath> GetDirectories(this AbsolutePath path, string pattern = "*", int depth = 1, FileAttributes attributes = 0)
    {
        return Directory.EnumerateDirectories(path, pattern, Levels(depth))
            .Where(x => (File.GetAttributes(x) & attributes) == attributes)
            .Order(StringComparer.Ordinal)
            .Select(AbsolutePath.Create);
    }

    /// <summary>MD5 of the content, as lower-case hexadecimal text.</summary>
    public static string GetFileHash(this AbsolutePath path)
    {
        using var stream = File.OpenRead(path);
#pragma warning disable CA5351 // a content key, not a protection; the algorithm is the published one
        return Convert.ToHexStringLower(MD5.HashData(stream));
#pragma warning restore CA5351
    }

    /// <summary>MD5 over the relative names and contents of all files below.</summary>
    public static string GetDirectoryHash(this AbsolutePath path, params string[] globs)
    {
        var text = new StringBuilder();
        foreach (var file in globs.Length == 0 ? path.GetFiles(depth: int.MaxValue) : path.GlobFiles(globs))
            text.Append(path.GetUnixRelativePathTo(file)).Append(':').Append(file.GetFileHash()).Append('\n');
#pragma warning disable CA5351 // as above
        return Convert.ToHexStringLower(MD5.HashData(Encoding.UTF8.GetBytes(text.ToString())));
#pragma warning restore CA5351
    }

    private static EnumerationOptions Levels(int depth)
    {
        Assert.True(depth >= 0, "Depth must not be negative");
        return new EnumerationOptions
        {
            RecurseSubdirectories = depth > 1,
            MaxRecursionDepth = Math.Max(depth - 1, 0),
            AttributesToSkip = FileAttributes.None,
            MatchType = MatchType.Simple,
        };
    }
}
