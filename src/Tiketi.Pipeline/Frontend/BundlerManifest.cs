using System.Text.Json;

namespace Tiketi.Pipeline.Frontend;

/// <summary>
/// What the bundler itself says that it wrote: Vite's <c>.vite/manifest.json</c> (with <c>build.manifest</c>) and Create React
/// App's <c>asset-manifest.json</c>. A name among these is the bundler's, so that a hash in it is one, however it looks.
/// </summary>
internal static class BundlerManifest
{
    private static readonly string[] Names = [".vite/manifest.json", "asset-manifest.json"];

    public static async Task<IReadOnlySet<string>> OutputsAsync(string directory, CancellationToken cancellationToken)
    {
        var outputs = new HashSet<string>(StringComparer.Ordinal);
        foreach (var file in Names.Select(name => Path.Combine(directory, name)).Where(File.Exists))
        {
            try
            {
                using var document = JsonDocument.Parse(await File.ReadAllBytesAsync(file, cancellationToken));
                Collect(document.RootElement, outputs);
            }
            catch (JsonException exception)
            {
                throw new PipelineException($"{file} is no JSON: {exception.Message}", "Build the site again; the bundler writes this file.", exception);
            }
        }

        return outputs;
    }

    // Both formats name files in plain strings at various depths; what is no file of the site is never asked for.
    private static void Collect(JsonElement element, HashSet<string> outputs)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.String:
                outputs.Add(element.GetString()!.TrimStart('.', '/'));
                break;
            case JsonValueKind.Array:
                foreach (var item in element.EnumerateArray())
                {
                    Collect(item, outputs);
                }

                break;
            case JsonValueKind.Object:
                foreach (var property in element.EnumerateObject())
                {
                    Collect(property.Value, outputs);
                }

                break;
        }
    }
}
