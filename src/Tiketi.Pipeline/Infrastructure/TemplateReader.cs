using YamlDotNet.RepresentationModel;

namespace Tiketi.Pipeline.Infrastructure;

/// <summary>Walks a template's YAML; short-form functions (!Ref, !ImportValue) are tags on nodes, long forms one-key mappings.</summary>
internal sealed class TemplateReader(string name, string file, string body, YamlNode root)
{
    private readonly List<TemplateImport> _imports = [];

    public StackTemplate Read()
    {
        if (root is not YamlMappingNode || Section("Resources").Count == 0)
        {
            throw new PipelineException($"{file} declares no Resources, so it is not a CloudFormation template.", $"Correct {file}.");
        }

        Walk(root, "");
        var parameters = Section("Parameters").Select(Parameter).ToDictionary(parameter => parameter.Name, StringComparer.Ordinal);
        return new StackTemplate
        {
            Name = name,
            File = file,
            Body = body,
            Metadata = StackMetadata.Read(file, Child(Child(root, "Metadata"), "Tiketi"), parameters.Keys),
            Parameters = parameters,
            Resources = [.. Section("Resources").Select(Resource)],
            Outputs = [.. Section("Outputs").Select(entry => entry.Key)],
            Exports = [.. Section("Outputs").Select(Export).OfType<TemplateExport>()],
            Imports = _imports,
        };
    }

    private TemplateResource Resource(KeyValuePair<string, YamlNode> entry) => new(
        entry.Key,
        Text(entry.Value, "Type") ?? throw new PipelineException($"{file}({entry.Value.Start.Line}): resource {entry.Key} has no Type.", $"Correct {file}."),
        Text(entry.Value, "DeletionPolicy"),
        Text(entry.Value, "UpdateReplacePolicy"));

    private static TemplateParameter Parameter(KeyValuePair<string, YamlNode> entry) => new(
        entry.Key, Text(entry.Value, "Type") ?? "String", Text(entry.Value, "Default"),
        string.Equals(Text(entry.Value, "NoEcho"), "true", StringComparison.OrdinalIgnoreCase));

    private static TemplateExport? Export(KeyValuePair<string, YamlNode> entry) =>
        Child(Child(entry.Value, "Export"), "Name") is { } exported
            ? new TemplateExport(entry.Key, Expression(exported), exported.Start.Line)
            : null;

    private void Walk(YamlNode node, string path)
    {
        switch (node)
        {
            case YamlScalarNode or YamlMappingNode when Function(node) is ("Fn::ImportValue", { } imported):
                _imports.Add(new TemplateImport(path, Expression(imported), node.Start.Line));
                break;
            case YamlMappingNode mapping:
                foreach (var (key, value) in mapping.Children)
                {
                    Walk(value, path.Length == 0 ? $"{key}" : $"{path}.{key}");
                }

                break;
            case YamlSequenceNode sequence:
                for (var i = 0; i < sequence.Children.Count; i++)
                {
                    Walk(sequence.Children[i], $"{path}[{i}]");
                }

                break;
        }
    }

    /// <summary>The function a node calls and its argument: "!Sub x" and "Fn::Sub: x" are the same.</summary>
    private static (string? Name, YamlNode? Argument) Function(YamlNode node)
    {
        if (!node.Tag.IsEmpty && node.Tag.Value is ['!', not '!', ..] tag)
        {
            return (tag is "!Ref" or "!Condition" ? tag[1..] : "Fn::" + tag[1..], Untagged(node));
        }

        return node is YamlMappingNode { Children: [{ Key: YamlScalarNode { Value: { } key } } only] }
            && (key == "Ref" || key.StartsWith("Fn::", StringComparison.Ordinal))
            ? (key, only.Value)
            : (null, null);
    }

    private static YamlNode Untagged(YamlNode node) => node switch
    {
        // "!ImportValue {Fn::Sub: x}" and "!ImportValue\n  Fn::Sub: x" are tagged mappings.
        YamlMappingNode mapping => new YamlMappingNode(mapping.Children),
        YamlSequenceNode sequence => new YamlSequenceNode(sequence.Children),
        _ => new YamlScalarNode(((YamlScalarNode)node).Value),
    };

    /// <summary>An expression as one comparable text: what !Sub is given, else the function spelled out.</summary>
    private static string Expression(YamlNode node) => Function(node) switch
    {
        ("Fn::Sub", { } argument) => Expression(argument),
        (null, _) => node switch
        {
            YamlScalarNode scalar => scalar.Value ?? "",
            YamlSequenceNode sequence => $"[{string.Join(", ", sequence.Children.Select(Expression))}]",
            YamlMappingNode mapping => $"{{{string.Join(", ", mapping.Children.Select(pair => $"{Expression(pair.Key)}: {Expression(pair.Value)}"))}}}",
            _ => node.ToString(),
        },
        var (function, argument) => $"{function}({Expression(argument!)})",
    };

    private List<KeyValuePair<string, YamlNode>> Section(string key) => Child(root, key) is YamlMappingNode section
        ? [.. section.Children.Select(pair => KeyValuePair.Create(((YamlScalarNode)pair.Key).Value ?? "", pair.Value))]
        : [];

    private static YamlNode? Child(YamlNode? node, string key) =>
        node is YamlMappingNode mapping && mapping.Children.TryGetValue(new YamlScalarNode(key), out var child) ? child : null;

    private static string? Text(YamlNode node, string key) => (Child(node, key) as YamlScalarNode)?.Value;
}
