#nullable disable
using System.Text;

namespace Nuke.Common.IO;

/// <summary>Puts paths together, for Unix, Windows and UNC roots alike.</summary>
public static class PathConstruction
{
    private const char WinSeparator = '\\';
    private const char UnixSeparator = '/';

    public static bool HasPathRoot(string path)
    {
        return HasUnixRoot(path) || HasUncRoot(path) || HasWinRoot(path);
    }

    internal static bool HasWinRoot(string path)
    {
        return path is { Length: >= 2 } && char.IsAsciiLetter(path[0]) && path[1] == ':';
    }

    internal static bool HasUnixRoot(string path)
    {
        return path is { Length: >= 1 } && path[0] == UnixSeparator;
    }

    internal static bool HasUncRoot(string path)
    {
        return path is { Length: >= 2 } && path[0] == WinSeparator && path[1] == WinSeparator;
    }

    internal static bool IsRoot(string path)
    {
        return path == "/" || (HasWinRoot(path) && path.Length <= 3) || (HasUncRoot(path) && path.LastIndexOf(WinSeparator) == 1);
    }

    /// <summary>Right appended to left; a rooted right replaces left.</summary>
    public static string Combine(string left, string right, char? separator = null)
    {
        if (string.IsNullOrEmpty(right))
            return left;
        if (string.IsNullOrEmpty(left) || HasPathRoot(right))
            return right;
        var glue = separator ?? GetSeparator(left);
        return $"{left.TrimEnd(WinSeparator, UnixSeparator)}{glue}{right.TrimStart(WinSeparator, UnixSeparator)}";
    }

    /// <summary>The path with one kind of separator and without "." and "..".</summary>
    public static string NormalizePath(string path, char? separator = null)
    {
        path ??= string.Empty;
        var glue = separator ?? GetSeparator(path);
        var root = HasUnixRoot(path) ? "/" : HasUncRoot(path) ? @"\\" : HasWinRoot(path) ? path[..2] + glue : string.Empty;
        var rest = HasWinRoot(path) ? path[2..] : path[root.Length..];
        var parts = new List<string>();
        // A backslash is a legal character of Unix file names only in theory; builds write both kinds.
        foreach (var part in rest.Split([UnixSeparator, WinSeparator], StringSplitOptions.RemoveEmptyEntries))
        {
            if (part == ".")
                continue;
            if (part != "..")
                parts.Add(part);
            else if (parts.Count > 0 && parts[^1] != "..")
                parts.RemoveAt(parts.Count - 1);
            else if (root.Length == 0)
                parts.Add(part);
            else
                Assert.Fail($"Path '{path}' leads above its root");
        }

        return new StringBuilder(root).AppendJoin(glue, parts).ToString();
    }

    /// <summary>The way from one path to another.</summary>
    public static string GetRelativePath(string basePath, string destinationPath, bool normalize = true)
    {
        var from = NormalizePath(basePath);
        var to = NormalizePath(destinationPath);
        var relative = Path.GetRelativePath(from, to);
        return normalize ? NormalizePath(relative, GetSeparator(from)) : relative;
    }

    private static char GetSeparator(string path)
    {
        return HasWinRoot(path) || HasUncRoot(path) ? WinSeparator
            : HasUnixRoot(path) ? UnixSeparator
            : Path.DirectorySeparatorChar;
    }
}

/// <summary>A path relative to somewhere, with the platform's separator.</summary>
public class RelativePath
{
    private readonly string _path;
    private readonly char? _separator;

    protected RelativePath(string path, char? separator = null)
    {
        _separator = separator;
        _path = PathConstruction.NormalizePath(path, separator ?? Path.DirectorySeparatorChar);
    }

    public static implicit operator RelativePath(string path)
    {
        return path == null ? null : new RelativePath(path);
    }

    public static implicit operator string(RelativePath path)
    {
        return path?._path;
    }

    public static RelativePath operator /(RelativePath left, string right)
    {
        return new RelativePath(PathConstruction.Combine(left._path, right, left._separator ?? Path.DirectorySeparatorChar), left._separator);
    }

    public override string ToString()
    {
        return _path;
    }
}

/// <summary>A relative path with slashes.</summary>
public class UnixRelativePath : RelativePath
{
    protected UnixRelativePath(string path)
        : base(path, '/')
    {
    }

    public static implicit operator UnixRelativePath(string path)
    {
        return path == null ? null : new UnixRelativePath(path);
    }
}

/// <summary>A relative path with backslashes.</summary>
public class WinRelativePath : RelativePath
{
    protected WinRelativePath(string path)
        : base(path, '\\')
    {
    }

    public static implicit operator WinRelativePath(string path)
    {
        return path == null ? null : new WinRelativePath(path);
    }
}
