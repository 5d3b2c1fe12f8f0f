namespace Tiketi.LocalCloud.CloudFront.Edge;

/// <summary>One path of an invalidation: a path, or everything that begins with one when it ends with <c>*</c>. A <c>*</c> elsewhere is a character.</summary>
internal readonly record struct InvalidationPattern(string Text)
{
    public bool IsWildcard => Text.EndsWith('*');

    /// <summary>Must begin with a slash; CloudFront accepts a missing one and adds it.</summary>
    public static InvalidationPattern Parse(string path) => new(Uri.UnescapeDataString(path.StartsWith('/') ? path : "/" + path));

    /// <summary>Whether it covers a cached path with its part of the query ("/a/b.js", "/list?page=2").</summary>
    public bool Covers(string path) => IsWildcard ? path.StartsWith(Text.AsSpan(0, Text.Length - 1), StringComparison.Ordinal) : path == Text;
}
