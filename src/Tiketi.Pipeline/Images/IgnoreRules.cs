namespace Tiketi.Pipeline.Images;

/// <summary>
/// The rules of a <c>.dockerignore</c> file, as Docker documents them: one pattern a line, <c>#</c> in the first column a
/// comment, <c>!</c> an exception, the last pattern that matches decides, <c>**</c> any number of folders, and a pattern
/// that matches a folder covers what is in it.
/// </summary>
public sealed class IgnoreRules
{
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
            try
            {
                if (pattern.Length > 0)
                {
                    rules.Add(new Rule(IgnorePattern.Parse(Clean(pattern)), exception));
                }
                else if (exception)
                {
                    throw new FormatException("an exception needs a pattern");
                }
            }
            catch (FormatException problem)
            {
                throw new PipelineException(
                    $"{source}:{number}: '{line.Trim()}' is malformed: {problem.Message}.", "Correct the pattern; docs.docker.com/build/concepts/context/#dockerignore-files describes them.", problem);
            }
        }

        return new IgnoreRules(rules);
    }

    /// <summary>Whether a path (relative to the context, with <c>/</c>) stays out of the context.</summary>
    public bool Ignores(string path)
    {
        var verdict = AtRoot;
        for (var slash = path.IndexOf('/', StringComparison.Ordinal); slash >= 0; slash = path.IndexOf('/', slash + 1))
        {
            verdict = Judge(path[..slash], verdict);
        }

        return Judge(path, verdict).Ignored;
    }

    /// <summary>Where a walk through a context begins.</summary>
    internal Verdict AtRoot => new(Ignored: false, new bool[_rules.Count]);

    /// <summary>
    /// Judges a path by its folder's verdict: a rule that matched the folder covers the path. A rule that could not have
    /// changed the outcome was not looked at (as in Docker, which is why it then does not cover what is in the folder).
    /// </summary>
    internal Verdict Judge(string path, Verdict folder)
    {
        var ignored = false;
        var matched = new bool[_rules.Count];
        for (var index = 0; index < matched.Length; index++)
        {
            var rule = _rules[index];
            if (folder.Matched[index] || (rule.Exception == ignored && rule.Pattern.Matches(path)))
            {
                matched[index] = true;
                ignored = !rule.Exception;
            }
        }

        return new Verdict(ignored, matched);
    }

    /// <summary>Whether an exception may bring back something inside a folder that is ignored itself, so that it must be looked into.</summary>
    public bool MayKeepInside(string folder)
        => _rules.Exists(rule => rule.Exception
            && (rule.Pattern.FixedPart.StartsWith(folder + "/", StringComparison.Ordinal) || (rule.Pattern.HasWildcard && (folder + "/").StartsWith(rule.Pattern.FixedPart, StringComparison.Ordinal))));

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

    /// <summary>What the rules say of a path, and which of them matched it.</summary>
    internal readonly record struct Verdict(bool Ignored, bool[] Matched);

    private sealed record Rule(IgnorePattern Pattern, bool Exception);
}
