using System.Globalization;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Tiketi.Pipeline.Configuration;

/// <summary>One mapping of a YAML file, read key by key. Every problem is collected with its file and line, so that one run shows them all.</summary>
internal sealed class YamlSection
{
    private readonly Dictionary<string, (YamlScalarNode Key, YamlNode Value)> _entries = new(StringComparer.Ordinal);
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);
    private readonly List<YamlSection> _children = [];
    private readonly string _file;
    private readonly string _path;
    private readonly List<string> _problems;

    private YamlSection(string file, string path, YamlNode? node, List<string> problems)
    {
        (_file, _path, _problems) = (file, path, problems);
        if (node is YamlMappingNode mapping)
        {
            foreach (var (key, value) in mapping.Children)
            {
                _entries[((YamlScalarNode)key).Value ?? ""] = ((YamlScalarNode)key, value);
            }
        }
        else if (node is not null && !IsNull(node))
        {
            Report(node, $"'{path}' must be a mapping (key: value lines)");
        }
    }

    public IEnumerable<string> Keys => _entries.Keys;

    /// <summary>Parses a file; an empty one is an empty mapping.</summary>
    public static YamlSection Parse(string file, string text)
    {
        var problems = new List<string>();
        var stream = new YamlStream();
        try
        {
            stream.Load(new StringReader(text));
        }
        catch (YamlException exception)
        {
            throw new PipelineException(
                $"{file}:{exception.End.Line}: this is not valid YAML: {exception.Message}",
                "Mend the line: a tab for indentation and a missing space after ':' are the usual causes.",
                exception);
        }

        return new YamlSection(file, "", stream.Documents.Count == 0 ? null : stream.Documents[0].RootNode, problems);
    }

    public YamlSection Section(string key)
    {
        var child = new YamlSection(_file, PathOf(key), Find(key), _problems);
        _children.Add(child);
        return child;
    }

    /// <summary>A list of mappings; empty where the key is missing.</summary>
    public IReadOnlyList<YamlSection> Sections(string key)
    {
        if (Find(key) is not { } node || IsNull(node))
        {
            return [];
        }

        if (node is not YamlSequenceNode sequence)
        {
            Report(node, $"'{PathOf(key)}' must be a list (lines that begin with '- ')");
            return [];
        }

        var sections = sequence.Select((item, index) => new YamlSection(_file, $"{PathOf(key)}[{index}]", item, _problems)).ToList();
        _children.AddRange(sections);
        return sections;
    }

    /// <summary>A list of single values, or one alone; empty where the key is missing.</summary>
    public IReadOnlyList<string> Texts(string key)
    {
        if (Find(key) is not YamlSequenceNode sequence)
        {
            return Text(key) is { } one ? [one] : [];
        }

        foreach (var item in sequence.Where(item => item is not YamlScalarNode))
        {
            Report(item, $"'{PathOf(key)}' must hold single values");
        }

        return [.. sequence.OfType<YamlScalarNode>().Select(item => item.Value ?? "")];
    }

    /// <summary>Whatever stands there, as JSON: plain scalars that read as numbers, booleans or null become such. Null where the key is missing.</summary>
    public JsonNode? Json(string key) => Find(key) is { } node ? ToJson(node) : null;

    public string? Text(string key, params ReadOnlySpan<string> allowed)
    {
        if (Find(key) is not { } node || IsNull(node))
        {
            return null;
        }

        if (node is not YamlScalarNode { Value: { } value })
        {
            Report(node, $"'{PathOf(key)}' must be a single value");
            return null;
        }

        if (!allowed.IsEmpty && !allowed.Contains(value))
        {
            Report(node, $"'{PathOf(key)}' is '{value}'; allowed: {string.Join(", ", allowed.ToArray())}");
            return null;
        }

        return value;
    }

    public int? Number(string key, int minimum, int maximum)
    {
        if (Text(key) is not { } text)
        {
            return null;
        }

        if (int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var number) && number >= minimum && number <= maximum)
        {
            return number;
        }

        Report(Find(key)!, $"'{PathOf(key)}' is '{text}'; allowed: a whole number from {minimum} to {maximum}");
        return null;
    }

    public bool? Flag(string key) => Text(key, "true", "false") is { } text ? text == "true" : null;

    /// <summary>An absolute http or https address without a path, as browsers see it (no trailing slash).</summary>
    public Uri? Address(string key)
    {
        if (Text(key) is not { } text)
        {
            return null;
        }

        if (Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && uri.AbsolutePath == "/" && uri.Query.Length == 0)
        {
            return uri;
        }

        Report(Find(key)!, $"'{PathOf(key)}' is '{text}'; allowed: an http:// or https:// address without a path, such as https://api.example.com");
        return null;
    }

    /// <summary>Every key with a single value, for sections whose keys are free (stack parameters, build arguments).</summary>
    public Dictionary<string, string> FreeText() =>
        _entries.Keys.Select(key => (key, value: Text(key)))
            .Where(entry => entry.value is not null)
            .ToDictionary(entry => entry.key, entry => entry.value!, StringComparer.Ordinal);

    public void Report(string key, string problem) => Report(Find(key), problem);

    /// <summary>Call once all keys were read: unknown ones are problems too, and any problem ends the run before anything has started.</summary>
    public void ThrowIfInvalid()
    {
        ReportUnknown();
        if (_problems.Count > 0)
        {
            throw new PipelineException(string.Join(Environment.NewLine, _problems), $"Mend {_file} and run the command again; nothing has been started.");
        }
    }

    private void ReportUnknown()
    {
        foreach (var (key, entry) in _entries.Where(entry => !_known.Contains(entry.Key)))
        {
            Report(entry.Key, $"unknown key '{PathOf(key)}'; known here: {string.Join(", ", _known.Order(StringComparer.Ordinal))}");
        }

        _children.ForEach(child => child.ReportUnknown());
    }

    private YamlNode? Find(string key)
    {
        _known.Add(key);
        return _entries.TryGetValue(key, out var entry) ? entry.Value : null;
    }

    private static JsonNode? ToJson(YamlNode node) => node switch
    {
        YamlMappingNode mapping => new JsonObject(mapping.Select(entry => KeyValuePair.Create($"{entry.Key}", ToJson(entry.Value)))),
        YamlSequenceNode sequence => new JsonArray([.. sequence.Select(ToJson)]),
        YamlScalarNode { Style: ScalarStyle.Plain, Value: "true" or "false" } flag => flag.Value == "true",
        YamlScalarNode { Style: ScalarStyle.Plain } number when long.TryParse(number.Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) => whole,
        YamlScalarNode { Style: ScalarStyle.Plain } number when double.TryParse(number.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var real) => real,
        _ when IsNull(node) => null,
        _ => ((YamlScalarNode)node).Value,
    };

    private void Report(YamlNode? node, string problem) =>
        _problems.Add(node is null ? $"{_file}: {problem}" : $"{_file}:{node.Start.Line}: {problem}");

    private void Report(YamlScalarNode key, string problem) => Report((YamlNode)key, problem);

    private string PathOf(string key) => _path.Length == 0 ? key : $"{_path}.{key}";

    private static bool IsNull(YamlNode node) => node is YamlScalarNode { Style: ScalarStyle.Plain, Value: null or "" or "~" or "null" };
}
