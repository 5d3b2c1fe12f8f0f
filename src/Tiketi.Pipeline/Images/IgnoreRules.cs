using System.Text;
using System.Text.RegularExpressions;

namespace Tiketi.Pipeline.Images;

/// <summary>
/// The rules of a <c>.dockerignore</c> file, as Docker documents them: one pattern a line, <c>#</c> in the first column a
/// comment, <c>!</c> an exception, the last pattern that matches decides, <c>**</c> any number of folders, and a pattern
/// that matches a folder covers what is in it.
/// </summary>
public sealed class IgnoreRules
{
    private static readonly TimeSpan MatchTime = TimeSpan.FromSeconds(1);

    private readonly List<Rule> _rules;

    private IgnoreRules(List<Rule> rules) => _rules = rules;

    public static IgnoreRules None { get; } = new([]);

    /// <param name="text">The file's content.</param>
    /// <param name="source">The file's name for messages.</param>
    /// <exception cref="PipelineException">A pattern is malformed: named with its line.</exception>
    public static IgnoreRules Parse(string text, string source)
    {
        var rules = new List<Rule>();
        var number = 0;
        foreach (var line in text.TrimStart('\uFEFF').Split('\n'))
        {
            number++;
            var pattern = line.StartsWith('#') ? "" : line.Trim();
            var exception = pattern.StartsWith('!');
            pattern = exception ? pattern[1..].Trim() : pattern;
            if (exception && pattern.Length == 0)
            {
                throw Malformed(source, number, line, "an exception needs a pattern");
            }

            if (pattern.Length > 0)
            {
                pattern = Clean(pattern);
                rules.Add(new Rule(pattern, exception, Compile(pattern, problem => Malformed(source, number, line, problem))));
            }
        }

        return new IgnoreRules(rules);
    }

    /// <summary>Whether a path (relative to the context, with <c>/</c>) stays out of the context.</summary>
    public bool Ignores(string path)
    {
        var ignored = false;
        foreach (var rule in _rules)
        {
            // a rule that could not change the outcome so far is not looked at
            if (rule.Exception == ignored && Covers(rule, path))
            {
                ignored = !rule.Exception;
            }
        }

        return ignored;
    }

    /// <summary>Whether an exception may bring back something inside a folder that is ignored itself, so that it must be looked into.</summary>
    public bool MayKeepInside(string folder)
        => _rules.Exists(rule => rule.Exception && (rule.FixedPart.StartsWith(folder + "/", StringComparison.Ordinal) || (rule.HasWildcard && (folder + "/").StartsWith(rule.FixedPart, StringComparison.Ordinal))));

    private static bool Covers(Rule rule, string path)
    {
        if (rule.Pattern.IsMatch(path))
        {
            return true;
        }

        for (var slash = path.IndexOf('/', StringComparison.Ordinal); slash >= 0; slash = path.IndexOf('/', slash + 1))
        {
            if (rule.Pattern.IsMatch(path[..slash]))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Lexical clean-up as by Go's filepath.Clean, then without the leading slash: every pattern is relative to the context.</summary>
    private static string Clean(string pattern)
    {
        var parts = new List<string>();
        foreach (var part in pattern.Split('/').Where(part => part.Length > 0 && part != "."))
        {
            if (part == ".." && parts.Count > 0 && parts[^1] != "..")
            {
                parts.RemoveAt(parts.Count - 1);
            }
            else if (part != ".." || !pattern.StartsWith('/'))
            {
                parts.Add(part);
            }
        }

        return parts.Count == 0 ? "." : string.Join('/', parts);
    }

    private static Regex Compile(string pattern, Func<string, PipelineException> malformed)
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
                    text.Append(end < 0 ? throw malformed("'[' is not closed") : pattern.AsSpan(index, end - index + 1));
                    index = end;
                    break;
                case '\\' when index == pattern.Length - 1:
                    throw malformed("it ends with a lone '\\'");
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
        catch (ArgumentException)
        {
            throw malformed("it is no pattern");
        }
    }

    private static char Next(string pattern, int index) => index + 1 < pattern.Length ? pattern[index + 1] : '\0';

    /// <summary>Index of the <c>]</c> that ends a character class; a <c>]</c> after a backslash does not.</summary>
    private static int ClassEnd(string pattern, int start)
    {
        for (var index = start + 1; index < pattern.Length; index++)
        {
            if (pattern[index] == '\\')
            {
                index++;
            }
            else if (pattern[index] == ']' && index > start + 1)
            {
                return index;
            }
        }

        return -1;
    }

    private static PipelineException Malformed(string source, int number, string line, string problem)
        => new($"{source}:{number}: '{line.Trim()}' is malformed: {problem}.", "Correct the pattern; docs.docker.com/build/concepts/context/#dockerignore-files describes them.");

    private sealed record Rule(string Text, bool Exception, Regex Pattern)
    {
        public string FixedPart { get; } = Text.IndexOfAny(['*', '?', '[', '\\']) is >= 0 and var wildcard ? Text[..wildcard] : Text;

        public bool HasWildcard => FixedPart.Length < Text.Length;
    }
}
