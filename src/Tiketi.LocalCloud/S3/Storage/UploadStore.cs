using System.Collections.Concurrent;
using System.Text.Json;

namespace Tiketi.LocalCloud.S3.Storage;

/// <summary>The multipart uploads of one bucket that are under way: a folder each, with a document and one file a part.</summary>
internal sealed class UploadStore
{
    private readonly Bucket _bucket;
    private readonly string _root;
    private readonly ConcurrentDictionary<string, Upload> _uploads = new(StringComparer.Ordinal);

    public UploadStore(Bucket bucket, string root)
    {
        _bucket = bucket;
        _root = root;
        foreach (var directory in Directory.EnumerateDirectories(root))
        {
            if (Upload.TryOpen(directory) is { } upload)
            {
                _uploads[upload.Id] = upload;
            }
            else
            {
                Directory.Delete(directory, recursive: true); // cut off while it began or ended
            }
        }
    }

    public IEnumerable<Upload> All => _uploads.Values.OrderBy(upload => upload.Document.Key, KeyOrder.Instance).ThenBy(upload => upload.Document.Initiated);

    public Upload Begin(UploadDocument document)
    {
        var upload = Upload.Begin(Path.Combine(_root, Guid.NewGuid().ToString("n")), document);
        _uploads[upload.Id] = upload;
        return upload;
    }

    /// <exception cref="S3Exception">NoSuchUpload, also when the upload is for another key.</exception>
    public Upload Get(string id, string key) =>
        _uploads.TryGetValue(id, out var upload) && upload.Document.Key == key ? upload : throw S3Errors.NoSuchUpload(id);

    /// <summary>Ends an upload, completed or not; false when somebody else already did.</summary>
    public bool End(Upload upload)
    {
        if (!_uploads.TryRemove(upload.Id, out _))
        {
            return false;
        }

        upload.Delete();
        return true;
    }

    /// <summary>Joins parts into new content of the bucket.</summary>
    public async Task<string> JoinAsync(Upload upload, IEnumerable<UploadPart> parts, Checksum? checksum, CancellationToken cancellationToken)
    {
        var (name, handle) = _bucket.NewContent();
        try
        {
            using (handle)
            {
                var offset = 0L;
                var buffer = new byte[80 * 1024];
                foreach (var part in parts)
                {
                    await using var source = upload.OpenPart(part);
                    int read;
                    while ((read = await source.ReadAsync(buffer, cancellationToken)) > 0)
                    {
                        checksum?.Append(buffer.AsSpan(0, read));
                        await RandomAccess.WriteAsync(handle, buffer.AsMemory(0, read), offset, cancellationToken);
                        offset += read;
                    }
                }
            }
        }
        catch
        {
            _bucket.Discard(name);
            throw;
        }

        return name;
    }
}

/// <summary>One multipart upload.</summary>
internal sealed class Upload
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private readonly string _directory;
    private readonly ConcurrentDictionary<int, UploadPart> _parts = new();

    private Upload(string directory, UploadDocument document)
    {
        _directory = directory;
        Document = document;
    }

    public string Id => Path.GetFileName(_directory);

    public UploadDocument Document { get; }

    public IReadOnlyList<UploadPart> Parts => [.. _parts.Values.OrderBy(part => part.Number)];

    public static Upload Begin(string directory, UploadDocument document)
    {
        Directory.CreateDirectory(directory);
        Write(Path.Combine(directory, "upload.json"), document);
        return new Upload(directory, document);
    }

    public static Upload? TryOpen(string directory)
    {
        var file = Path.Combine(directory, "upload.json");
        if (!File.Exists(file))
        {
            return null;
        }

        var upload = new Upload(directory, Read<UploadDocument>(file));
        foreach (var part in Directory.EnumerateFiles(directory, "part-*.json").Select(Read<UploadPart>))
        {
            upload._parts[part.Number] = part;
        }

        return upload;
    }

    public UploadPart? FindPart(int number) => _parts.GetValueOrDefault(number);

    /// <summary>A file for a part that is still arriving.</summary>
    public (string Name, FileStream Stream) NewPart()
    {
        var name = Guid.NewGuid().ToString("n");
        return (name, new FileStream(Path.Combine(_directory, name), FileMode.CreateNew, FileAccess.Write, FileShare.None, 0, FileOptions.Asynchronous));
    }

    public FileStream OpenPart(UploadPart part) =>
        new(Path.Combine(_directory, part.Content), FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 0, FileOptions.Asynchronous);

    public void CommitPart(UploadPart part)
    {
        lock (_parts)
        {
            var former = FindPart(part.Number);
            Write(Path.Combine(_directory, $"part-{part.Number}.json"), part);
            _parts[part.Number] = part;
            if (former is not null)
            {
                File.Delete(Path.Combine(_directory, former.Content));
            }
        }
    }

    public void Delete()
    {
        File.Delete(Path.Combine(_directory, "upload.json"));
        Directory.Delete(_directory, recursive: true);
    }

    private static void Write<T>(string file, T document)
    {
        File.WriteAllBytes(file + ".tmp", JsonSerializer.SerializeToUtf8Bytes(document, Json));
        File.Move(file + ".tmp", file, overwrite: true);
    }

    private static T Read<T>(string file)
    {
        using var stream = File.OpenRead(file);
        return JsonSerializer.Deserialize<T>(stream, Json) ?? throw new InvalidDataException($"{file} holds no document. Delete its folder to lose just this upload.");
    }
}

internal sealed record UploadDocument(string Key, DateTimeOffset Initiated, ObjectHeaders Headers, string? ChecksumAlgorithm, string ChecksumType);

/// <summary>One part. <paramref name="ETag"/> is the hex MD5, <paramref name="Checksum"/> base64.</summary>
internal sealed record UploadPart(int Number, string ETag, long Size, DateTimeOffset LastModified, string Content, string? Checksum);
