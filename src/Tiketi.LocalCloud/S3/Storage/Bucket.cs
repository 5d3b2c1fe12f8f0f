using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Win32.SafeHandles;

namespace Tiketi.LocalCloud.S3.Storage;

/// <summary>
/// The objects of one bucket. Every object is a content file that is never changed and a record document that is replaced
/// atomically, so a process killed at any moment leaves the former or the new object, never a mixture; content that no
/// record names is swept at the next start. Records are also held in memory, contents never.
/// </summary>
internal sealed class Bucket
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private readonly string _contents;
    private readonly string _records;
    private readonly Action<BucketDocument> _save;
    private readonly Lock _lock = new();
    private readonly ConcurrentDictionary<string, ObjectRecord> _objects = new(StringComparer.Ordinal);
    private ObjectRecord[]? _sorted;
    private bool _deleted;

    public Bucket(string name, string directory, BucketDocument document, Action<BucketDocument> save)
    {
        Name = name;
        Directory = directory;
        Document = document;
        _save = save;
        _contents = System.IO.Directory.CreateDirectory(Path.Combine(directory, "contents")).FullName;
        _records = System.IO.Directory.CreateDirectory(Path.Combine(directory, "records")).FullName;
        Load();
        Uploads = new UploadStore(this, System.IO.Directory.CreateDirectory(Path.Combine(directory, "uploads")).FullName);
    }

    public string Name { get; }

    public string Directory { get; }

    public string Arn => "arn:aws:s3:::" + Name;

    public BucketDocument Document { get; private set; }

    public UploadStore Uploads { get; }

    public ObjectRecord? Find(string key) => _objects.GetValueOrDefault(key);

    public ListPage List(ListQuery query) => Listing.Page(Sorted(), query);

    /// <summary>A new file for content that is still arriving. Deleted again by <see cref="Discard"/> unless a record came to name it.</summary>
    public (string Name, SafeFileHandle Handle) NewContent()
    {
        var name = Guid.NewGuid().ToString("n");
        return (name, File.OpenHandle(ContentPath(name), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Read | FileShare.Delete));
    }

    public void Discard(string content) => File.Delete(ContentPath(content));

    /// <summary>The object's record and its content, which stays readable however often the object is overwritten meanwhile; null when there is none.</summary>
    public (ObjectRecord Record, SafeFileHandle Content)? Open(string key)
    {
        while (Find(key) is { } record)
        {
            try
            {
                return (record, File.OpenHandle(ContentPath(record.Content), FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete));
            }
            catch (FileNotFoundException) when (!ReferenceEquals(Find(key), record))
            {
                // Overwritten between the two steps: the next round opens the new content.
            }
        }

        return null;
    }

    /// <summary>Makes <paramref name="record"/> the object of its key.</summary>
    /// <param name="record">Names content that is complete.</param>
    /// <param name="check">Looks at the present object under the lock and throws when a condition of the write does not hold.</param>
    public void Commit(ObjectRecord record, Action<ObjectRecord?>? check = null)
    {
        ObjectRecord? former;

        // Written before the lock is taken: under it writes would wait for each other's files.
        var written = Path.Combine(_records, Guid.NewGuid().ToString("n"));
        File.WriteAllBytes(written, JsonSerializer.SerializeToUtf8Bytes(record, Json));
        try
        {
            lock (_lock)
            {
                ThrowIfDeleted();
                former = Find(record.Key);
                check?.Invoke(former);
                File.Move(written, RecordPath(record.Key), overwrite: true);
                _objects[record.Key] = record;
                _sorted = null;
            }
        }
        catch
        {
            File.Delete(written);
            throw;
        }

        if (former is not null && former.Content != record.Content)
        {
            Discard(former.Content);
        }
    }

    /// <summary>Removes an object; false when there was none.</summary>
    public bool Remove(string key, Action<ObjectRecord?>? check = null)
    {
        ObjectRecord? former;
        lock (_lock)
        {
            ThrowIfDeleted();
            former = Find(key);
            check?.Invoke(former);
            if (former is null)
            {
                return false;
            }

            File.Delete(RecordPath(key));
            _objects.TryRemove(key, out _);
            _sorted = null;
        }

        Discard(former.Content);
        return true;
    }

    /// <summary>Replaces the bucket's configuration.</summary>
    public void Configure(Func<BucketDocument, BucketDocument> change)
    {
        lock (_lock)
        {
            ThrowIfDeleted();
            var changed = change(Document);
            _save(changed);
            Document = changed;
        }
    }

    /// <summary>Marks the bucket as gone so that writes under way fail.</summary>
    /// <exception cref="S3Exception">BucketNotEmpty.</exception>
    public void Close()
    {
        lock (_lock)
        {
            ThrowIfDeleted();
            if (!_objects.IsEmpty)
            {
                throw new S3Exception(409, "BucketNotEmpty", "The bucket you tried to delete is not empty", ("BucketName", Name));
            }

            _deleted = true;
        }
    }

    private ObjectRecord[] Sorted()
    {
        lock (_lock)
        {
            return _sorted ??= [.. _objects.Values.OrderBy(record => record.Key, KeyOrder.Instance)];
        }
    }

    private void Load()
    {
        foreach (var file in System.IO.Directory.EnumerateFiles(_records))
        {
            if (!file.EndsWith(".json", StringComparison.Ordinal))
            {
                File.Delete(file); // a write that was cut off
                continue;
            }

            using var stream = File.OpenRead(file);
            var record = JsonSerializer.Deserialize<ObjectRecord>(stream, Json) ?? throw new InvalidDataException($"{file} holds no object record. Delete it to lose just this object.");
            _objects[record.Key] = record;
        }

        var named = _objects.Values.Select(record => record.Content).ToHashSet(StringComparer.Ordinal);
        foreach (var file in System.IO.Directory.EnumerateFiles(_contents).Where(file => !named.Contains(Path.GetFileName(file))))
        {
            File.Delete(file);
        }
    }

    private void ThrowIfDeleted()
    {
        if (_deleted)
        {
            throw S3Errors.NoSuchBucket(Name);
        }
    }

    private string ContentPath(string name) => Path.Combine(_contents, name);

    /// <summary>Keys may be 1,024 bytes of anything, file names may not: the record's file is named by the key's hash.</summary>
    private string RecordPath(string key) => Path.Combine(_records, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key))) + ".json");
}

/// <summary>A bucket without its objects.</summary>
internal sealed record BucketDocument
{
    public required DateTimeOffset CreationDate { get; init; }

    public required string Region { get; init; }

    /// <summary>Configuration documents as they were put: XML, the policy JSON; by subresource name ("encryption", "policy" ...).</summary>
    public Dictionary<string, string> Configuration { get; init; } = [];
}
