using System.Text.RegularExpressions;

namespace Tiketi.Pipeline.Images;

/// <summary>What must be known of a Dockerfile before it is built: the images it names, and whether it needs BuildKit.</summary>
public sealed partial class DockerfileReader
{
    private readonly string _text;
    private readonly List<DockerfileInstruction> _instructions;
    private readonly IReadOnlyDictionary<string, string> _arguments;
    private readonly List<ImageUse> _uses = [];

    private DockerfileReader(string text, IReadOnlyDictionary<string, string> arguments, string platform)
    {
        _text = text;
        _instructions = DockerfileInstruction.ReadAll(text);
        _arguments = arguments;
        FindImages(PlatformArguments(platform));
    }

    /// <param name="text">The Dockerfile.</param>
    /// <param name="buildArguments">They may name images.</param>
    /// <param name="platform">"linux/amd64": what BuildKit's own arguments (TARGETARCH ...) are made of.</param>
    /// <exception cref="PipelineException">A FROM uses an argument that has no value.</exception>
    public static DockerfileReader Parse(string text, IReadOnlyDictionary<string, string> buildArguments, string platform) => new(text, buildArguments, platform);

    /// <summary>
    /// The images that FROM, COPY --from and RUN --mount=from name, arguments put in, each once in order; no stages of the
    /// file itself, no <c>scratch</c>.
    /// </summary>
    public IReadOnlyList<string> BaseImages => [.. _uses.Select(use => use.Image).Distinct(StringComparer.Ordinal)];

    /// <summary>The image that <c># syntax=</c> names: BuildKit reads the file by it; null when there is none.</summary>
    public string? Syntax => SyntaxDirective().Match(_text) is { Success: true } match ? match.Groups["image"].Value : null;

    /// <summary>Whether the file asks for a build argument.</summary>
    public bool Declares(string argument)
        => _instructions.Exists(instruction => instruction.Keyword == "ARG" && instruction.Words.Any(word => word.Split('=')[0] == argument));

    /// <summary>What the engine's classic builder does not know, as "line 3: RUN --mount"; null when it knows everything.</summary>
    public string? NeedsBuildKit()
        => Syntax is { } syntax ? $"line {_text[..SyntaxDirective().Match(_text).Groups["image"].Index].Count(character => character == '\n') + 1}: # syntax={syntax}"
            : _instructions.Select(instruction => Feature(instruction) is { } feature ? $"line {instruction.FirstLine}: {feature}" : null).FirstOrDefault(feature => feature is not null);

    /// <summary>The Dockerfile with other images in the place of those that it names; its lines keep their numbers.</summary>
    /// <param name="replacements">By name as in <see cref="BaseImages"/> or <see cref="Syntax"/>.</param>
    public string With(IReadOnlyDictionary<string, string> replacements)
    {
        var lines = _text.Split('\n');
        foreach (var uses in _uses.Where(use => replacements.ContainsKey(use.Image)).GroupBy(use => use.Instruction))
        {
            var text = uses.Aggregate(uses.Key.Text, (text, use) => use.Put(replacements[use.Image], text));
            for (var line = uses.Key.FirstLine; line < uses.Key.LastLine; line++)
            {
                lines[line - 1] = lines[line - 1].TrimStart().StartsWith('#') ? lines[line - 1] : "";
            }

            lines[uses.Key.LastLine - 1] = $"{uses.Key.Keyword} {text}";
        }

        var result = string.Join('\n', lines);
        return Syntax is { } syntax && replacements.TryGetValue(syntax, out var mirrored)
            ? SyntaxDirective().Replace(result, match => match.Value[..^syntax.Length] + mirrored, 1)
            : result;
    }

    private static string? Feature(DockerfileInstruction instruction)
    {
        var flag = instruction.Flags.Select(word => word.Split('=')[0]).FirstOrDefault(flag => instruction.Keyword switch
        {
            "RUN" => true, // --mount, --network, --security: the classic builder knows no flag of RUN at all
            "COPY" => flag is not ("--from" or "--chown"),
            "ADD" => flag is not "--chown",
            _ => false,
        });
        return flag is not null ? $"{instruction.Keyword} {flag}"
            : instruction.HasHereDocument ? $"{instruction.Keyword} with a here-document"
            : instruction.Keyword == "FROM" && PlatformArgument().Match(instruction.Text) is { Success: true } argument ? $"FROM with {argument.Value}"
            : null;
    }

    private static Dictionary<string, string> PlatformArguments(string platform)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var side in new[] { "BUILD", "TARGET" })
        {
            values[side + "PLATFORM"] = platform;
            values[side + "OS"] = platform.Split('/')[0];
            values[side + "ARCH"] = platform.Split('/')[^1];
        }

        return values;
    }

    private void FindImages(Dictionary<string, string> values)
    {
        var stages = new HashSet<string>(StringComparer.OrdinalIgnoreCase) { "scratch" };
        foreach (var instruction in _instructions)
        {
            if (instruction.Keyword == "ARG" && stages.Count == 1)
            {
                Declare(instruction, values);
            }
            else if (instruction.Keyword == "FROM")
            {
                var words = instruction.Words.Skip(instruction.Flags.Count()).ToList();
                var written = words.FirstOrDefault() ?? "";
                Note(new ImageUse(instruction, Substitute(written, values, instruction), "", written, ""), stages);
                stages.Add(words is [_, var keyword, var name] && keyword.Equals("AS", StringComparison.OrdinalIgnoreCase) ? name : $"stage {stages.Count}");
            }
            else
            {
                foreach (var match in instruction.Flags.Select(flag => Source(instruction.Keyword).Match(flag)).Where(match => match.Success && !match.Groups["image"].Value.All(char.IsAsciiDigit)))
                {
                    var image = match.Groups["image"].Value;
                    Note(new ImageUse(instruction, image, match.Groups["before"].Value, image, match.Groups["after"].Value), stages);
                }
            }
        }
    }

    /// <summary>The flag that copies or mounts from an image or a stage.</summary>
    private static Regex Source(string keyword) => keyword switch
    {
        "COPY" => CopySource(),
        "RUN" => MountSource(),
        _ => Nothing(),
    };

    private void Note(ImageUse use, HashSet<string> stages)
    {
        if (!stages.Contains(use.Image))
        {
            _uses.Add(use);
        }
    }

    private void Declare(DockerfileInstruction instruction, Dictionary<string, string> values)
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

    private static string Substitute(string text, Dictionary<string, string> values, DockerfileInstruction instruction)
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
            : throw new PipelineException(
                $"The Dockerfile's line {instruction.FirstLine}, 'FROM {text}', names no image: its argument has no value.", "Give the ARG above it a default, or set the service's buildArguments in tiketi.yaml.");
    }

    [GeneratedRegex(@"\$(\{(?<name>\w+)((?<operator>:[-+])(?<word>[^}]*))?\}|(?<name>\w+))", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Variable();

    [GeneratedRegex(@"\$\{?(BUILD|TARGET)(PLATFORM|OS|ARCH|VARIANT)\b\}?", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex PlatformArgument();

    // a directive stands above everything else, comments that are none included
    [GeneratedRegex(@"\A\uFEFF?(#[^\S\n]*\w+[^\S\n]*=[^\n]*\n)*?#[^\S\n]*syntax[^\S\n]*=[^\S\n]*(?<image>\S+)", RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase, matchTimeoutMilliseconds: 1000)]
    private static partial Regex SyntaxDirective();

    [GeneratedRegex(@"\A(?<before>--from=)(?<image>.+)(?<after>)\z", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex CopySource();

    [GeneratedRegex(@"\A(?<before>--mount=(.*,)?from=)(?<image>[^,]+)(?<after>.*)\z", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex MountSource();

    [GeneratedRegex(@"(?!)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Nothing();

    /// <summary>A place where an image is named.</summary>
    /// <param name="Image">Arguments put in.</param>
    /// <param name="Before">What stands before it in the same word.</param>
    /// <param name="Written">As it stands there.</param>
    /// <param name="After">What stands after it in the same word.</param>
    private sealed record ImageUse(DockerfileInstruction Instruction, string Image, string Before, string Written, string After)
    {
        /// <summary>The instruction's text with another image in this one's place.</summary>
        public string Put(string image, string text)
        {
            var word = new Regex($@"(?<=^|\s){Regex.Escape(Before + Written + After)}(?=\s|$)", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1));
            return word.Replace(text, $"{Before}{image}{After}".Replace("$", "$$", StringComparison.Ordinal), 1);
        }
    }
}
