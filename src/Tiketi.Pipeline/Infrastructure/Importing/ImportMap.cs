using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Tiketi.Pipeline.Infrastructure.Importing;

/// <summary>One existing resource and its place in a template.</summary>
/// <param name="Stack">Short name of the stack.</param>
/// <param name="LogicalId">Its name in the template.</param>
/// <param name="Identifier">
/// What it is called in AWS: by the names of its type's primary identifier, or one value under "" where the type has one only.
/// </param>
public sealed record ImportedResource(string Stack, string LogicalId, IReadOnlyDictionary<string, string> Identifier)
{
    /// <summary>"tiketi-uploads-prod", "rtb-1 0.0.0.0/0".</summary>
    public string Shown => string.Join(' ', Identifier.Values);
}

/// <summary>Reads which existing resource belongs where: <c>STACK: { LOGICAL-ID: NAME }</c>.</summary>
public static class ImportMap
{
    /// <summary>Reads a file.</summary>
    /// <exception cref="PipelineException">It is not there, or not of that form.</exception>
    public static IReadOnlyList<ImportedResource> Load(string file) => File.Exists(file)
        ? Parse(file, File.ReadAllText(file))
        : throw new PipelineException($"There is no file {file}.", "Write one: STACK: { LOGICAL-ID: NAME }, see docs/operations.md.");

    /// <summary>Reads a text.</summary>
    /// <exception cref="PipelineException">It is not of that form.</exception>
    public static IReadOnlyList<ImportedResource> Parse(string file, string text)
    {
        var yaml = new YamlStream();
        try
        {
            yaml.Load(new StringReader(text));
        }
        catch (YamlException error)
        {
            throw new PipelineException($"{file}({error.Start.Line},{error.Start.Column}): {error.Message}", $"Correct the YAML of {file}.", error);
        }

        var resources = new List<ImportedResource>();
        foreach (var (stack, members) in Mapping(file, yaml.Documents.Count == 0 ? null : yaml.Documents[0].RootNode))
        {
            resources.AddRange(Mapping(file, members).Select(member => new ImportedResource(stack, member.Key, Identifier(file, member.Value))));
        }

        return resources;
    }

    private static Dictionary<string, string> Identifier(string file, YamlNode node) => node is YamlScalarNode { Value: { Length: > 0 } name }
        ? new Dictionary<string, string>(StringComparer.Ordinal) { [""] = name }
        : Mapping(file, node).ToDictionary(part => part.Key, part => (part.Value as YamlScalarNode)?.Value ?? throw Wrong(file, part.Value), StringComparer.Ordinal);

    private static IEnumerable<KeyValuePair<string, YamlNode>> Mapping(string file, YamlNode? node) => node is YamlMappingNode mapping
        ? mapping.Children.Select(pair => KeyValuePair.Create(((YamlScalarNode)pair.Key).Value ?? "", pair.Value))
        : throw Wrong(file, node);

    private static PipelineException Wrong(string file, YamlNode? node) => new(
        $"{file}({node?.Start.Line ?? 1}): this is no STACK: {{ LOGICAL-ID: NAME }}.", "Where a type has more than one identifying property, write LOGICAL-ID: { PROPERTY: VALUE, ... }.");
}
