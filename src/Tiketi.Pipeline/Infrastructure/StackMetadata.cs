using YamlDotNet.RepresentationModel;

namespace Tiketi.Pipeline.Infrastructure;

/// <summary>An output of another stack, by the stack's short name.</summary>
/// <param name="Stack">"edge".</param>
/// <param name="Output">"CertificateArn".</param>
/// <param name="Line">Where the template names it, counted from 1.</param>
public sealed record OutputSource(string Stack, string Output, long Line);

/// <summary>
/// What a template tells the pipeline, and CloudFormation ignores: its top-level <c>Metadata: { Tiketi: { ... } }</c>.
/// </summary>
public sealed record StackMetadata
{
    /// <summary>The region that the stack lives in, whatever the environment's own is; null: the environment's.</summary>
    public string? Region { get; init; }

    /// <summary>The parameter without whose value the environment does without the stack; null: every environment has it.</summary>
    public string? When { get; init; }

    /// <summary>Parameters that get another stack's output where the environment gives them no value.</summary>
    public IReadOnlyDictionary<string, OutputSource> ParametersFrom { get; init; } = new Dictionary<string, OutputSource>(StringComparer.Ordinal);

    /// <summary>Parameters that another step sets: where nothing else gives a value, the deployed stack's stays.</summary>
    public IReadOnlyList<string> Keep { get; init; } = [];

    /// <summary>Reads the section, strictly: what is misspelt would silently have no effect.</summary>
    /// <param name="file">The template's file, for messages.</param>
    /// <param name="section">Metadata.Tiketi; null: the template has none.</param>
    /// <param name="parameters">The names that the template declares.</param>
    /// <exception cref="PipelineException">A key or a parameter that is not known, or a value of another form.</exception>
    internal static StackMetadata Read(string file, YamlNode? section, IReadOnlyCollection<string> parameters)
    {
        if (section is null)
        {
            return new StackMetadata();
        }

        var entries = Mapping(section, "Metadata.Tiketi").ToDictionary(entry => entry.Key, entry => entry.Value, StringComparer.Ordinal);
        foreach (var (key, value) in entries.Where(entry => entry.Key is not ("Region" or "When" or "ParametersFrom" or "Keep")))
        {
            throw Wrong(value, $"Metadata.Tiketi has no key {key}", "Known are Region, When, ParametersFrom and Keep.");
        }

        return new StackMetadata
        {
            Region = entries.TryGetValue("Region", out var region) ? Text(region, "Region") : null,
            When = entries.TryGetValue("When", out var when) ? Parameter(Text(when, "When"), when) : null,
            ParametersFrom = entries.TryGetValue("ParametersFrom", out var from)
                ? Mapping(from, "ParametersFrom").ToDictionary(entry => Parameter(entry.Key, entry.Value), entry => Source(entry.Value), StringComparer.Ordinal)
                : new Dictionary<string, OutputSource>(StringComparer.Ordinal),
            Keep = entries.TryGetValue("Keep", out var keep)
                ? [.. (keep as YamlSequenceNode ?? throw Wrong(keep, "Keep is not a list", "Write Keep: [PARAMETER, ...].")).Children.Select(item => Parameter(Text(item, "Keep"), item))]
                : [],
        };

        PipelineException Wrong(YamlNode node, string what, string remedy) => new($"{file}({node.Start.Line}): {what}.", remedy);

        string Text(YamlNode node, string key) => node is YamlScalarNode { Value: { Length: > 0 } text } ? text : throw Wrong(node, $"{key} is not a text", $"Give {key} one value.");

        IEnumerable<KeyValuePair<string, YamlNode>> Mapping(YamlNode node, string key) => node is YamlMappingNode mapping
            ? mapping.Children.Select(pair => KeyValuePair.Create(Text(pair.Key, key), pair.Value))
            : throw Wrong(node, $"{key} is not a mapping", $"Write {key}: {{ NAME: VALUE }}.");

        string Parameter(string name, YamlNode node) => parameters.Contains(name) ? name
            : throw Wrong(node, $"Metadata.Tiketi names the parameter {name}, which the template does not declare", $"Declare it, or name one of: {string.Join(", ", parameters)}.");

        OutputSource Source(YamlNode node) => Text(node, "ParametersFrom").Split('.') is [{ Length: > 0 } stack, { Length: > 0 } output]
            ? new OutputSource(stack, output, node.Start.Line)
            : throw Wrong(node, $"\"{node}\" is not an output of a stack", "Write STACK.OUTPUT, for example edge.CertificateArn.");
    }
}
