using System.Text.Json;

namespace Tiketi.LocalCloud.Hosting;

/// <summary>Small documents that survive a restart: one JSON file a name, replaced atomically.</summary>
public sealed class StateStore(LocalCloudSettings settings)
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>A folder of the service's own for what is too large for a document (objects, blobs, database files).</summary>
    public string Directory(params ReadOnlySpan<string> parts)
    {
        var path = Path.Combine([settings.StateDirectory, .. parts]);
        System.IO.Directory.CreateDirectory(path);
        return path;
    }

    /// <summary>The stored document, or a new one when none was stored yet.</summary>
    public T Load<T>(string name)
        where T : new()
    {
        var file = FileOf(name);
        if (!File.Exists(file))
        {
            return new T();
        }

        using var stream = File.OpenRead(file);
        return JsonSerializer.Deserialize<T>(stream, Options)
            ?? throw new InvalidDataException($"{file} holds no document. Run './build.sh LocalDown' and delete it to start this part afresh.");
    }

    /// <summary>Stores the document; a process killed meanwhile leaves the former one whole. Callers serialise their own writes.</summary>
    public void Save<T>(string name, T document)
    {
        var file = FileOf(name);
        var temporary = file + ".tmp";
        using (var stream = new FileStream(temporary, FileMode.Create, FileAccess.Write))
        {
            JsonSerializer.Serialize(stream, document, Options);
            stream.Flush(flushToDisk: true);
        }

        File.Move(temporary, file, overwrite: true);
    }

    private string FileOf(string name) => Path.Combine(Directory(), name + ".json");
}
