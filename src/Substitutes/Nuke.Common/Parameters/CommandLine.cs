namespace Nuke.Common.Parameters;

/// <summary>What a word on the command line takes for itself.</summary>
internal enum OptionArity
{
    /// <summary>Nothing, or the word true or false.</summary>
    Flag,

    /// <summary>The next word.</summary>
    Single,

    /// <summary>All words up to the next option.</summary>
    Many,
}

/// <summary>The command line taken apart: options with their values, and the other words, which name targets.</summary>
/// <param name="Options">Values by normalized name; of repeated options the last one counts.</param>
/// <param name="Positional">Words that belong to no option.</param>
/// <param name="UnknownOptions">Options as written that no parameter knows.</param>
internal sealed record CommandLine(
    IReadOnlyDictionary<string, string[]> Options,
    IReadOnlyList<string> Positional,
    IReadOnlyList<string> UnknownOptions)
{
    /// <summary>Dashes and case do not matter: --app-root, --AppRoot and -approot are the same option.</summary>
    public static string Normalize(string name) => name.Replace("-", string.Empty, StringComparison.Ordinal).ToLowerInvariant();

    /// <param name="arguments">The words.</param>
    /// <param name="getArity">The arity of a normalized name, or null if there is no such parameter.</param>
    public static CommandLine Parse(IReadOnlyList<string> arguments, Func<string, OptionArity?> getArity)
    {
        var options = new Dictionary<string, string[]>(StringComparer.Ordinal);
        var positional = new List<string>();
        var unknown = new List<string>();
        for (var i = 0; i < arguments.Count;)
        {
            var word = arguments[i++];
            if (!IsOption(word))
            {
                positional.Add(word);
                continue;
            }

            var equals = word.IndexOf('=', StringComparison.Ordinal);
            var name = Normalize(equals < 0 ? word : word[..equals]);
            var values = new List<string>();
            if (equals >= 0)
                values.Add(word[(equals + 1)..]);
            var arity = getArity(name);
            if (arity == null)
                unknown.Add(equals < 0 ? word : word[..equals]);

            var first = i;
            while (equals < 0 && i < arguments.Count && !IsOption(arguments[i]) && Takes(arity, i - first, arguments[i]))
                values.Add(arguments[i++]);
            options[name] = [.. values];
        }

        return new CommandLine(options, positional, unknown);
    }

    private static bool Takes(OptionArity? arity, int taken, string word) => arity switch
    {
        OptionArity.Flag => taken == 0 && bool.TryParse(word, out _),
        OptionArity.Single => taken == 0,
        _ => true,
    };

    // A negative number is a value; a lone dash is customary for standard input.
    private static bool IsOption(string word) => word.Length > 1 && word[0] == '-' && !char.IsAsciiDigit(word[1]) && word[1] != '.';
}
