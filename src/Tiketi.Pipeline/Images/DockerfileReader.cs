using System.Text;
using System.Text.RegularExpressions;

namespace Tiketi.Pipeline.Images;

/// <summary>What must be known of a Dockerfile before it is built: the images it names, and whether it needs BuildKit.</summary>
public sealed partial class DockerfileReader
{
    private const char DefaultEscape = '\\';

    private readonly List<Instruction> _instructions;
    private readonly IReadOnlyDictionary<string, string> _arguments;

    private DockerfileReader(List<Instruction> instructions, IReadOnlyDictionary<string, string> arguments)
    {
        _instructions = instructions;
        _arguments = arguments;
    }

    public static DockerfileReader Parse(string text, IReadOnlyDictionary<string, string> buildArguments)
        => new(Instructions(text), buildArguments);

    /// <summary>
    /// The images that FROM and COPY --from name, arguments put in, each once in order; no stages of the file itself, no <c>scratch</c>.
    /// </summary>
    /// <exception cref="PipelineException">A FROM uses an argument that has no value.</exception>
    public IReadOnlyList<string> BaseImages()
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        var stages = new HashSet<string>(StringComparer.OrdinalIgnoreCase) { "scratch" };
        var images = new List<string>();
        foreach (var instruction in _instructions)
        {
            if (instruction.Keyword == "ARG" && stages.Count == 1)
            {
                Declare(instruction, values);
            }
            else if (instruction.Keyword == "FROM")
            {
                var words = instruction.Words.Where(word => !word.StartsWith("--", StringComparison.Ordinal)).ToList();
                Note(Substitute(words.FirstOrDefault() ?? "", values, instruction), stages, images);
                stages.Add(words is [_, var keyword, var name] && keyword.Equals("AS", StringComparison.OrdinalIgnoreCase) ? name : $"stage {stages.Count}");
            }
            else if (instruction.Keyword == "COPY" && instruction.Words.FirstOrDefault(word => word.StartsWith("--from=", StringComparison.Ordinal)) is { } from)
            {
                var source = from["--from=".Length..];
                if (!source.All(char.IsAsciiDigit))
                {
                    Note(source, stages, images);
                }
            }
        }

        return images;
    }

    /// <summary>What the engine's classic builder does not know, as "line 3: RUN --mount"; null when it knows everything.</summary>
    public string? NeedsBuildKit()
        => _instructions.Select(instruction => Feature(instruction) is { } feature ? $"line {instruction.Line}: {feature}" : null).FirstOrDefault(feature => feature is not null);

    private static string? Feature(Instruction instruction)
    {
        var flags = instruction.Words.TakeWhile(word => word.StartsWith("--", StringComparison.Ordinal)).Select(word => word.Split('=')[0]);
        var flag = flags.FirstOrDefault(flag => instruction.Keyword switch
        {
            "RUN" => true, // --mount, --network, --security: the classic builder knows no flag of RUN at all
            "COPY" => flag is not ("--from" or "--chown"),
            "ADD" => flag is not "--chown",
            _ => false,
        });
        return flag is not null ? $"{instruction.Keyword} {flag}"
            : instruction.Keyword is "RUN" or "COPY" or "ADD" && HereDocument().IsMatch(instruction.Text) ? $"{instruction.Keyword} with a here-document"
            : null;
    }

    private static void Note(string image, HashSet<string> stages, List<string> images)
    {
        if (!stages.Contains(image) && !images.Contains(image))
        {
            images.Add(image);
        }
    }

    private void Declare(Instruction instruction, Dictionary<string, string> values)
    {
        foreach (var word in instruction.Words)
        {
            var pair = word.Split('=', 2);
            if (_arguments.TryGetValue(pair[0], out var given))
            {
                values[pair[0]] = given;
            }
            else if (pair.Length == 2)
            {
                values[pair[0]] = Substitute(pair[1].Trim('"', '\''), values, instruction);
            }
        }
    }

    private static string Substitute(string text, Dictionary<string, string> values, Instruction instruction)
    {
        var result = Variable().Replace(text, match =>
        {
            var value = values.GetValueOrDefault(match.Groups["name"].Value, "");
            return match.Groups["operator"].Value switch
            {
                ":-" => value.Length > 0 ? value : match.Groups["word"].Value,
                ":+" => value.Length > 0 ? match.Groups["word"].Value : "",
                _ => value,
            };
        });
        return result.Length > 0 || instruction.Keyword != "FROM"
            ? result
            : throw new PipelineException($"The Dockerfile's line {instruction.Line}, 'FROM {text}', names no image: its argument has no value.", "Give the ARG above it a default, or set the service's buildArguments in tiketi.yaml.");
    }

    private static List<Instruction> Instructions(string text)
    {
        var instructions = new List<Instruction>();
        var escape = EscapeDirective().Match(text) is { Success: true } directive ? directive.Groups["char"].Value[0] : DefaultEscape;
        var current = new StringBuilder();
        var (number, start) = (0, 0);
        foreach (var raw in text.Split('\n'))
        {
            number++;
            var line = raw.TrimEnd();
            if (line.TrimStart().StartsWith('#') || (line.Length == 0 && current.Length > 0))
            {
                continue; // a comment or an empty line does not end a continued instruction
            }

            start = current.Length == 0 ? number : start;
            if (line.EndsWith(escape))
            {
                current.Append(line, 0, line.Length - 1);
                continue;
            }

            current.Append(line);
            if (current.ToString().Trim() is { Length: > 0 } whole)
            {
                var parts = whole.Split((char[]?)null, 2, StringSplitOptions.RemoveEmptyEntries);
                instructions.Add(new Instruction(start, parts[0].ToUpperInvariant(), parts.Length > 1 ? parts[1] : ""));
            }

            current.Clear();
        }

        return instructions;
    }

    [GeneratedRegex(@"\$(\{(?<name>\w+)((?<operator>:[-+])(?<word>[^}]*))?\}|(?<name>\w+))", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Variable();

    [GeneratedRegex(@"\A(#[^\n]*=[^\n]*\n)*?#\s*escape\s*=\s*(?<char>[\\`])", RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase, matchTimeoutMilliseconds: 1000)]
    private static partial Regex EscapeDirective();

    [GeneratedRegex(@"(^|\s)\d*<<-?\s*[""']?[A-Za-z_]\w*[""']?(\s|$)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex HereDocument();

    private sealed record Instruction(int Line, string Keyword, string Text)
    {
        public IReadOnlyList<string> Words { get; } = Text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
    }
}
