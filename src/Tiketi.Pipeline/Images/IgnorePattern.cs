using System.Text;
using System.Text.RegularExpressions;

namespace Tiketi.Pipeline.Images;

/// <summary>
/// One pattern of a <c>.dockerignore</c> file. <c>*</c> and <c>?</c> stay within a name, <c>[...]</c> is a class, <c>\</c>
/// escapes, <c>**/</c> is any number of folders. As in Docker, a leading <c>**</c> with plain text after it matches by the
/// end of the path alone (<c>**.js</c> matches <c>app.js</c>), and plain text with <c>**</c> after it by the beginning.
/// </summary>
internal sealed class IgnorePattern
{
    private static readonly TimeSpan MatchTime = TimeSpan.FromSeconds(1);

    private readonly Func<string, bool> _matches;

    private IgnorePattern(string fixedPart, bool hasWildcard, Func<string, bool> matches)
        => (FixedPart, HasWildcard, _matches) = (fixedPart, hasWildcard, matches);

    /// <summary>What every match begins with.</summary>
    public string FixedPart { get; }

    public bool HasWildcard { get; }

    /// <exception cref="FormatException">The pattern is malformed; the message says how.</exception>
    public static IgnorePattern Parse(string text)
    {
        Check(text);
        var wildcard = text.IndexOfAny(['*', '?', '[', ']', '\\']);
        if (wildcard < 0)
        {
            return new IgnorePattern(text, hasWildcard: false, path => path == text);
        }

        return new IgnorePattern(text[..wildcard], hasWildcard: true, Matcher(text));
    }

    public bool Matches(string path) => _matches(path);

    private static Func<string, bool> Matcher(string text)
    {
        const string AnyFolders = "**";
        if (text.StartsWith(AnyFolders, StringComparison.Ordinal) && IsPlain(text[AnyFolders.Length..]))
        {
            var end = text[AnyFolders.Length..];
            return end.StartsWith('/')
                ? path => path.EndsWith(end, StringComparison.Ordinal) || path == end[1..]
                : path => path.EndsWith(end, StringComparison.Ordinal);
        }

        if (text.EndsWith(AnyFolders, StringComparison.Ordinal) && IsPlain(text[..^AnyFolders.Length]))
        {
            var start = text[..^AnyFolders.Length];
            return path => path.StartsWith(start, StringComparison.Ordinal);
        }

        var expression = Expression(text);
        return path => expression.IsMatch(path);
    }

    private static bool IsPlain(string text) => text.IndexOfAny(['*', '?', '[', ']', '\\']) < 0;

    private static Regex Expression(string pattern)
    {
        var text = new StringBuilder(@"\A");
        for (var index = 0; index < pattern.Length; index++)
        {
            switch (pattern[index])
            {
                case '*' when Next(pattern, index) == '*':
                    index += Next(pattern, index + 1) == '/' ? 2 : 1;
                    text.Append(index == pattern.Length - 1 ? ".*" : "(.*/)?");
                    break;
                case '*':
                    text.Append("[^/]*");
                    break;
                case '?':
                    text.Append("[^/]");
                    break;
                case '[':
                    var end = ClassEnd(pattern, index);
                    // a '[' inside a class is plain here, but would begin a subtraction in .NET
                    text.Append('[').Append(pattern[(index + 1)..end].Replace("[", @"\[", StringComparison.Ordinal)).Append(']');
                    index = end;
                    break;
                case '\\':
                    text.Append(Regex.Escape(pattern[++index].ToString()));
                    break;
                case var literal:
                    text.Append(Regex.Escape(literal.ToString()));
                    break;
            }
        }

        try
        {
            return new Regex(text.Append(@"\z").ToString(), RegexOptions.CultureInvariant | RegexOptions.Singleline | RegexOptions.ExplicitCapture, MatchTime);
        }
        catch (ArgumentException exception)
        {
            throw new FormatException("it is no pattern", exception);
        }
    }

    private static void Check(string pattern)
    {
        for (var index = 0; index < pattern.Length; index++)
        {
            index = pattern[index] switch
            {
                '\\' when index == pattern.Length - 1 => throw new FormatException(@"it ends with a lone '\'"),
                '\\' => index + 1,
                '[' => ClassEnd(pattern, index),
                _ => index,
            };
        }
    }

    private static char Next(string pattern, int index) => index + 1 < pattern.Length ? pattern[index + 1] : '\0';

    /// <summary>Index of the <c>]</c> that ends a class: of single characters and ranges, with <c>-</c> and <c>]</c> in it only after a backslash.</summary>
    private static int ClassEnd(string pattern, int start)
    {
        var index = start + 1 + (Next(pattern, start) == '^' ? 1 : 0);
        for (var isEmpty = true; index < pattern.Length; isEmpty = false)
        {
            if (pattern[index] == ']' && !isEmpty)
            {
                return index;
            }

            index = AfterCharacter(pattern, index);
            if (index < pattern.Length && pattern[index] == '-')
            {
                index = AfterCharacter(pattern, index + 1);
            }
        }

        throw new FormatException("'[' is not closed");
    }

    private static int AfterCharacter(string pattern, int index)
    {
        if (index < pattern.Length && pattern[index] is '-' or ']')
        {
            throw new FormatException($"'{pattern[index]}' inside '[]' needs a '\\' before it");
        }

        return index < pattern.Length && pattern[index] == '\\' ? index + 2 : index + 1;
    }
}
