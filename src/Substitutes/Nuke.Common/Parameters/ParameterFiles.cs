using System.Text.Json;
using Nuke.Common.IO;

namespace Nuke.Common.Parameters;

/// <summary>A value from a parameters file.</summary>
internal sealed record FileValue(JsonElement Json, string FileName);

/// <summary>Reads .nuke/parameters.json and the profiles' files over it.</summary>
internal static class ParameterFiles
{
    private static readonly JsonDocumentOptions s_options = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    /// <summary>Values by parameter name; a later profile wins.</summary>
    /// <exception cref="BuildInputException">A profile's file is missing, or a file is no JSON object.</exception>
    public static IReadOnlyDictionary<string, FileValue> Read(AbsolutePath rootDirectory, IReadOnlyCollection<string> profiles)
    {
        var values = new Dictionary<string, FileValue>(StringComparer.Ordinal);
        Add(rootDirectory / ".nuke" / "parameters.json", values);
        foreach (var profile in profiles)
        {
            var file = rootDirectory / ".nuke" / $"parameters.{profile}.json";
            if (!file.FileExists())
            {
                var known = (rootDirectory / ".nuke").ExistingDirectory()?.GetFiles("parameters.*.json").Select(x => x.Name.Split('.')[1]).ToList() ?? [];
                throw new BuildInputException(
                    $"Profile '{profile}' does not exist: there is no file '{rootDirectory.GetUnixRelativePathTo(file)}'. "
                    + (known.Count == 0 ? "There are no profiles." : $"Available profiles are: {string.Join(", ", known)}"));
            }

            Add(file, values);
        }

        return values;
    }

    private static void Add(AbsolutePath file, Dictionary<string, FileValue> values)
    {
        if (!file.FileExists())
            return;
        try
        {
            using var document = JsonDocument.Parse(file.ReadAllBytes(), s_options);
            foreach (var property in document.RootElement.EnumerateObject().Where(x => x.Name != "$schema"))
                values[property.Name] = new FileValue(property.Value.Clone(), file.Name);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw new BuildInputException($"File '{file}' is no JSON object: {exception.Message}");
        }
    }
}
