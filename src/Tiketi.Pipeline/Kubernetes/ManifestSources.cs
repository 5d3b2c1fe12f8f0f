using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Tiketi.Pipeline.Kubernetes;

/// <summary>The files that an overlay is made of, so that a field of a rendered object can be told with file and line.</summary>
public sealed class ManifestSources
{
    private readonly List<Document> _documents = []; // what overrides comes before what it overrides
    private readonly HashSet<string> _read = new(StringComparer.Ordinal);

    private ManifestSources()
    {
    }

    /// <summary>Reads the overlay's files and those of everything that it is built on. Broken files are left to the renderer to report.</summary>
    /// <param name="overlayDirectory">A folder with a kustomization.yaml.</param>
    public static ManifestSources Read(string overlayDirectory)
    {
        var sources = new ManifestSources();
        sources.ReadFolder(Path.GetFullPath(overlayDirectory));
        return sources;
    }

    /// <summary>
    /// "k8s/base/backend.yaml:17": the line that sets the field, or the nearest enclosing one where nothing sets it. Null for an
    /// object that no file has.
    /// </summary>
    public string? Locate(ObjectKey key, FieldPath field)
    {
        var named = _documents.Where(document => document.Kind == key.Kind && document.Name == key.Name);
        var shared = _documents.Where(document => document.Kind == key.Kind && document.IsForAll);
        var best = named.Concat(shared)
            .Select(document => (Document: document, Found: Follow(document.Root, field)))
            .OrderByDescending(candidate => candidate.Found.Depth)
            .ThenBy(candidate => _documents.IndexOf(candidate.Document))
            .FirstOrDefault();
        return best.Document is null ? null : $"{Shown(best.Document.File)}:{best.Found.Line}";
    }

    private string Shown(string file)
    {
        var common = Path.GetDirectoryName(file)!;
        while (_read.Any(folder => !folder.StartsWith(common, StringComparison.Ordinal)))
        {
            common = Path.GetDirectoryName(common)!;
        }

        return Path.Combine(Path.GetFileName(common), Path.GetRelativePath(common, file)).Replace('\\', '/');
    }

    private static (int Depth, long Line) Follow(YamlNode node, FieldPath field)
    {
        var (depth, line) = (0, node.Start.Line);
        foreach (var step in field.Steps)
        {
            var (key, next) = (node, step) switch
            {
                (YamlMappingNode map, _) => map.Children.FirstOrDefault(pair => (pair.Key as YamlScalarNode)?.Value == step),
                (YamlSequenceNode list, ['[', .., ']']) => Item(list, step[1..^1]),
                _ => default,
            };
            if (next is null)
            {
                break;
            }

            (node, line, depth) = (next, (key ?? next).Start.Line, depth + 1);
        }

        return (depth, line);
    }

    private static KeyValuePair<YamlNode, YamlNode> Item(YamlSequenceNode list, string name)
    {
        var item = list.FirstOrDefault(candidate => Text(candidate, "name") == name)
            ?? (int.TryParse(name, out var number) ? list.ElementAtOrDefault(number) : null);
        return new(item!, item!);
    }

    private void ReadFolder(string folder)
    {
        var file = Path.Combine(folder, "kustomization.yaml");
        if (!_read.Add(folder) || !File.Exists(file) || Parse(file).FirstOrDefault() is not YamlMappingNode kustomization)
        {
            return;
        }

        foreach (var patch in Items(kustomization, "patches").OfType<YamlMappingNode>())
        {
            var isForAll = Value(patch, "target") is { } target && Text(target, "name") is null;
            if (Text(patch, "path") is { } path)
            {
                ReadFile(Path.GetFullPath(path, folder), isForAll);
            }
        }

        foreach (var part in new[] { "components", "resources" }.SelectMany(name => Items(kustomization, name)).Select(node => Path.GetFullPath(((YamlScalarNode)node).Value!, folder)))
        {
            if (Directory.Exists(part))
            {
                ReadFolder(part);
            }
            else
            {
                ReadFile(part, isForAll: false);
            }
        }
    }

    private void ReadFile(string file, bool isForAll) => _documents.AddRange(
        from root in Parse(file)
        where Text(root, "kind") is not null
        select new Document(file, Text(root, "kind")!, Text(Value(root, "metadata"), "name"), isForAll, root));

    private static IEnumerable<YamlNode> Parse(string file)
    {
        if (!File.Exists(file))
        {
            return [];
        }

        var stream = new YamlStream();
        try
        {
            using var text = File.OpenText(file);
            stream.Load(text);
        }
        catch (YamlException)
        {
            return []; // kustomize names the mistake
        }

        return stream.Documents.Select(document => document.RootNode);
    }

    private static IEnumerable<YamlNode> Items(YamlMappingNode node, string name) =>
        Value(node, name) is YamlSequenceNode list ? list : [];

    private static YamlNode? Value(YamlNode? node, string name) => node is YamlMappingNode map && map.Children.TryGetValue(name, out var value) ? value : null;

    private static string? Text(YamlNode? node, string name) => (Value(node, name) as YamlScalarNode)?.Value;

    private sealed record Document(string File, string Kind, string? Name, bool IsForAll, YamlNode Root);
}
