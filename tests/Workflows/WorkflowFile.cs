using YamlDotNet.RepresentationModel;

namespace Tiketi.Workflows.Tests;

/// <summary>A workflow file as any YAML parser reads it, beside its text, which alone has the comments.</summary>
internal sealed record WorkflowFile(string Name, string Text, YamlMappingNode Root)
{
    public static WorkflowFile Parse(string name, string text)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(text));
        return new WorkflowFile(name, text, (YamlMappingNode)stream.Documents[0].RootNode);
    }

    public IReadOnlyList<WorkflowFileJob> Jobs => [.. ((YamlMappingNode)Root["jobs"]).Children.Select(job => new WorkflowFileJob(((YamlScalarNode)job.Key).Value!, (YamlMappingNode)job.Value))];

    public string[] Lines => Text.Split('\n');
}

internal sealed record WorkflowFileJob(string Id, YamlMappingNode Node)
{
    public string? Environment => Node.Get("environment") switch { YamlScalarNode name => name.Value, YamlMappingNode mapping => mapping.Text("name"), _ => null };

    public IReadOnlyList<string> Needs => Node.Get("needs") switch
    {
        YamlScalarNode { Value: { } one } => [one],
        YamlSequenceNode several => [.. several.Select(each => ((YamlScalarNode)each).Value!)],
        _ => [],
    };

    public IReadOnlyDictionary<string, string> Permissions => Node.Get("permissions") is YamlMappingNode mapping
        ? mapping.Children.ToDictionary(each => $"{each.Key}", each => $"{each.Value}", StringComparer.Ordinal)
        : new Dictionary<string, string>(StringComparer.Ordinal);

    public IReadOnlyList<YamlMappingNode> Steps => [.. ((YamlSequenceNode)Node["steps"]).Cast<YamlMappingNode>()];

    /// <summary>Whether it can change something beyond itself.</summary>
    public bool Publishes => Environment is not null || Permissions.Any(permission => permission.Value == "write");
}

internal static class YamlNodes
{
    public static YamlNode? Get(this YamlMappingNode node, string key) => node.Children.TryGetValue(new YamlScalarNode(key), out var value) ? value : null;

    public static string? Text(this YamlMappingNode node, string key) => (node.Get(key) as YamlScalarNode)?.Value;

    /// <summary>All scalars below, each with the path to it.</summary>
    public static IEnumerable<(string Path, string Value)> Scalars(this YamlNode node, string path = "") => node switch
    {
        YamlScalarNode scalar => [(path, scalar.Value ?? "")],
        YamlSequenceNode sequence => sequence.SelectMany((each, index) => each.Scalars($"{path}[{index}]")),
        YamlMappingNode mapping => mapping.SelectMany(each => each.Value.Scalars($"{path}.{each.Key}").Prepend(($"{path}.{each.Key}#", $"{each.Key}"))),
        _ => [],
    };
}
