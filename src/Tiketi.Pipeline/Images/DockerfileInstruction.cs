using System.Text;
using System.Text.RegularExpressions;

namespace Tiketi.Pipeline.Images;

/// <summary>One instruction of a Dockerfile, continued lines put together; the body of a here-document is no part of it.</summary>
/// <param name="FirstLine">From 1.</param>
/// <param name="LastLine">Of the instruction itself.</param>
/// <param name="Keyword">In capitals: "FROM".</param>
/// <param name="Text">What follows the keyword.</param>
internal sealed partial record DockerfileInstruction(int FirstLine, int LastLine, string Keyword, string Text)
{
    private const char DefaultEscape = '\\';

    public IReadOnlyList<string> Words { get; } = Text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);

    /// <summary>The words that begin with <c>--</c>, before all others.</summary>
    public IEnumerable<string> Flags => Words.TakeWhile(word => word.StartsWith("--", StringComparison.Ordinal));

    public bool HasHereDocument => Keyword is "RUN" or "COPY" or "ADD" && HereDocument().IsMatch(Text);

    public static List<DockerfileInstruction> ReadAll(string text)
    {
        var instructions = new List<DockerfileInstruction>();
        var escape = EscapeDirective().Match(text) is { Success: true } directive ? directive.Groups["char"].Value[0] : DefaultEscape;
        var current = new StringBuilder();
        var first = 0;
        var lines = text.Split('\n');
        for (var index = 0; index < lines.Length; index++)
        {
            var line = lines[index].TrimEnd();
            if (line.TrimStart().StartsWith('#') || (line.Length == 0 && current.Length > 0))
            {
                continue; // a comment or an empty line does not end a continued instruction
            }

            first = current.Length == 0 ? index + 1 : first;
            var continues = line.EndsWith(escape);
            current.Append(continues ? line[..^1] : line);
            if (continues && index < lines.Length - 1)
            {
                continue;
            }

            if (current.ToString().Trim() is { Length: > 0 } whole)
            {
                var parts = whole.Split((char[]?)null, 2, StringSplitOptions.RemoveEmptyEntries);
                var instruction = new DockerfileInstruction(first, index + 1, parts[0].ToUpperInvariant(), parts.Length > 1 ? parts[1] : "");
                instructions.Add(instruction);
                index = instruction.EndOfHereDocuments(lines, index);
            }

            current.Clear();
        }

        return instructions;
    }

    /// <summary>The index of the line that ends the last here-document of this instruction.</summary>
    private int EndOfHereDocuments(string[] lines, int index)
    {
        foreach (var match in HasHereDocument ? HereDocument().Matches(Text) : Enumerable.Empty<Match>())
        {
            string Line(string line) => (match.Groups["tabs"].Length > 0 ? line.TrimStart('\t') : line).TrimEnd('\r');

            var end = Array.FindIndex(lines, index + 1, line => Line(line) == match.Groups["name"].Value);
            index = end < 0 ? lines.Length - 1 : end;
        }

        return index;
    }

    [GeneratedRegex(@"\A(#[^\n]*=[^\n]*\n)*?#\s*escape\s*=\s*(?<char>[\\`])", RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase, matchTimeoutMilliseconds: 1000)]
    private static partial Regex EscapeDirective();

    [GeneratedRegex(@"(?<=^|\s)\d*<<(?<tabs>-?)\s*[""']?(?<name>[A-Za-z_]\w*)[""']?(?=\s|$)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex HereDocument();
}
