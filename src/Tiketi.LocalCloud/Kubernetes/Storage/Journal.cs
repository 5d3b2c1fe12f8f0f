using System.Text.Json;
using System.Text.Json.Nodes;

namespace Tiketi.LocalCloud.Kubernetes.Storage;

/// <summary>One line of the journal: an object as it became, or that it went.</summary>
internal sealed record JournalEntry(long Version, string Resource, string Namespace, string Name, JsonObject? Body);

/// <summary>
/// The objects on disk: an append-only file of one JSON line a write, rewritten when most of it is history.
/// A process killed while writing loses that one line. Secrets are lines of cipher text.
/// </summary>
internal sealed class Journal(string directory) : IDisposable
{
    private readonly string _file = Path.Combine(directory, "objects.jsonl");
    private readonly SecretCipher _cipher = new(Path.Combine(directory, "secrets.key"));
    private FileStream? _stream;

    /// <summary>Lines written since the file was last rewritten.</summary>
    public int Length { get; private set; }

    public List<JournalEntry> Read()
    {
        var entries = new List<JournalEntry>();
        if (!File.Exists(_file))
        {
            return entries;
        }

        var lines = File.ReadAllLines(_file);
        for (var i = 0; i < lines.Length; i++)
        {
            try
            {
                entries.Add(Parse((JsonObject)JsonNode.Parse(lines[i])!));
            }
            catch (JsonException) when (i == lines.Length - 1)
            {
                break; // the write that the process was killed in
            }
            catch (Exception e) when (e is JsonException or FormatException or System.Security.Cryptography.CryptographicException)
            {
                throw new InvalidDataException($"{_file} line {i + 1} cannot be read ({e.Message}). Delete the folder {directory} to start the cluster afresh.", e);
            }
        }

        return entries;
    }

    public void Append(JournalEntry entry)
    {
        _stream ??= Open(FileMode.Append);
        WriteLine(_stream, entry);
        _stream.Flush();
        Length++;
    }

    /// <summary>Replaces the file by just these entries; the first carries the newest version even when its object is long gone.</summary>
    public void Rewrite(IEnumerable<JournalEntry> entries)
    {
        _stream?.Dispose();
        _stream = null;
        var temporary = _file + ".tmp";
        using (var stream = new FileStream(temporary, FileMode.Create, FileAccess.Write))
        {
            foreach (var entry in entries)
            {
                WriteLine(stream, entry);
            }

            stream.Flush(flushToDisk: true);
        }

        File.Move(temporary, _file, overwrite: true);
        Length = 0;
    }

    public void Dispose() => _stream?.Dispose();

    private FileStream Open(FileMode mode) => new(_file, mode, FileAccess.Write, FileShare.Read, bufferSize: 64 * 1024);

    private void WriteLine(FileStream stream, JournalEntry entry)
    {
        var line = new JsonObject { ["v"] = entry.Version, ["r"] = entry.Resource, ["s"] = entry.Namespace, ["n"] = entry.Name };
        if (entry.Body is not null && entry.Resource == "secrets")
        {
            line["e"] = Convert.ToBase64String(_cipher.Encrypt(JsonSerializer.SerializeToUtf8Bytes(entry.Body)));
        }
        else if (entry.Body is not null)
        {
            line["o"] = entry.Body.DeepClone();
        }

        JsonSerializer.Serialize(stream, line, Json.Plain);
        stream.WriteByte((byte)'\n');
    }

    private JournalEntry Parse(JsonObject line)
    {
        var body = line.Text("e") is { } sealedText ? (JsonObject?)Json.Deserialize(_cipher.Decrypt(Convert.FromBase64String(sealedText))) : line.Object("o")?.Copy();
        return new JournalEntry(line.Number("v") ?? 0, line.Text("r")!, line.Text("s") ?? string.Empty, line.Text("n") ?? string.Empty, body);
    }
}
