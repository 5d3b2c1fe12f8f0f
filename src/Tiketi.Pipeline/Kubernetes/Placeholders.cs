using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Tiketi.Pipeline.Kubernetes;

/// <summary>Finds what somebody meant to fill in and did not. It would otherwise be deployed as it stands.</summary>
public static partial class Placeholders
{
    /// <param name="manifests">What is about to be applied. Secrets are left out: a random password may look like anything.</param>
    /// <param name="sourceDirectory">The k8s folder, searched to name file and line.</param>
    /// <exception cref="PipelineException">At least one is left; each with object, field, and file where it was found.</exception>
    public static void Refuse(ManifestSet manifests, string sourceDirectory)
    {
        var found = manifests.Manifests.Where(manifest => manifest.Key.Kind != "Secret")
            .SelectMany(manifest => Find(manifest.Body, "").Select(hit => (manifest.Key, hit.Path, hit.Text)))
            .ToList();
        if (found.Count > 0)
        {
            throw new PipelineException(
                "The manifests still hold placeholders:" + string.Concat(found.Select(hit =>
                    $"\n  {hit.Key} {hit.Path.TrimStart('.')} = {hit.Text}{Locate(sourceDirectory, hit.Text)}")),
                "Write the real values, or leave the fields out where the pipeline fills them in (images, endpoints, Ingress host and annotations).");
        }
    }

    private static IEnumerable<(string Path, string Text)> Find(JsonNode? node, string path) => node switch
    {
        JsonObject item => item.SelectMany(pair => Find(pair.Value, $"{path}.{pair.Key}")),
        JsonArray items => items.SelectMany((item, index) => Find(item, $"{path}[{index}]")),
        JsonValue value when value.TryGetValue<string>(out var text) && Pattern().IsMatch(text) => [(path, text)],
        _ => [],
    };

    private static string Locate(string directory, string text)
    {
        foreach (var file in Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            var line = Array.FindIndex(File.ReadAllLines(file), candidate => candidate.Contains(text, StringComparison.Ordinal));
            if (line >= 0)
            {
                return $" ({Path.GetRelativePath(directory, file).Replace('\\', '/')}:{line + 1})";
            }
        }

        return "";
    }

    [GeneratedRegex("<[A-Za-z][^<>]*>|xxxx|REPLACE_ME|CHANGE_?ME|your-domain", RegexOptions.IgnoreCase, 1000)]
    private static partial Regex Pattern();
}
