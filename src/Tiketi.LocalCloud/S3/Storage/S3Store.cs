using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.RegularExpressions;
using Tiketi.LocalCloud.Hosting;

namespace Tiketi.LocalCloud.S3.Storage;

/// <summary>All buckets: one folder each, below the state folder's <c>s3</c>.</summary>
internal sealed partial class S3Store
{
    private readonly string _root;
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private readonly ConcurrentDictionary<string, Lazy<Bucket>> _buckets = new(StringComparer.Ordinal);

    public S3Store(StateStore state, TimeProvider time)
    {
        _root = state.Directory("s3");
        _time = time;
        foreach (var directory in Directory.EnumerateDirectories(_root))
        {
            if (File.Exists(DocumentPath(directory)))
            {
                // Opened when first used: a start reads no records of buckets that nobody asks for.
                _buckets[Path.GetFileName(directory)] = new Lazy<Bucket>(() => Open(directory));
            }
            else
            {
                Directory.Delete(directory, recursive: true); // a deletion that was cut off
            }
        }
    }

    public IEnumerable<Bucket> Buckets => _buckets.Values.Select(bucket => bucket.Value).OrderBy(bucket => bucket.Name, StringComparer.Ordinal);

    public Bucket? Find(string name) => _buckets.TryGetValue(name, out var bucket) ? bucket.Value : null;

    /// <exception cref="S3Exception">NoSuchBucket.</exception>
    public Bucket Get(string name) => Find(name) ?? throw S3Errors.NoSuchBucket(name);

    /// <exception cref="S3Exception">InvalidBucketName, BucketAlreadyOwnedByYou.</exception>
    public Bucket Create(string name, string region, IReadOnlyDictionary<string, string> configuration)
    {
        if (!BucketName().IsMatch(name) || Ipv4Address().IsMatch(name) || name.Contains("..", StringComparison.Ordinal))
        {
            throw new S3Exception(400, "InvalidBucketName", "The specified bucket is not valid.", ("BucketName", name));
        }

        lock (_lock)
        {
            if (_buckets.ContainsKey(name))
            {
                throw new S3Exception(409, "BucketAlreadyOwnedByYou", "Your previous request to create the named bucket succeeded and you already own it.", ("BucketName", name));
            }

            var directory = Directory.CreateDirectory(Path.Combine(_root, name)).FullName;
            Save(directory, new BucketDocument { CreationDate = _time.GetUtcNow(), Region = region, Configuration = new(configuration, StringComparer.Ordinal) });
            var bucket = Open(directory);
            _buckets[name] = new Lazy<Bucket>(bucket);
            return bucket;
        }
    }

    /// <exception cref="S3Exception">NoSuchBucket, BucketNotEmpty.</exception>
    public void Delete(string name)
    {
        lock (_lock)
        {
            var bucket = Get(name);
            bucket.Close();
            _buckets.TryRemove(name, out _);
            File.Delete(DocumentPath(bucket.Directory));
            Directory.Delete(bucket.Directory, recursive: true);
        }
    }

    private static Bucket Open(string directory)
    {
        using var stream = File.OpenRead(DocumentPath(directory));
        var document = JsonSerializer.Deserialize<BucketDocument>(stream)
            ?? throw new InvalidDataException($"{DocumentPath(directory)} holds no bucket document. Delete the folder to lose this bucket.");
        return new Bucket(Path.GetFileName(directory), directory, document, changed => Save(directory, changed));
    }

    private static void Save(string directory, BucketDocument document)
    {
        var temporary = DocumentPath(directory) + ".tmp";
        File.WriteAllBytes(temporary, JsonSerializer.SerializeToUtf8Bytes(document));
        File.Move(temporary, DocumentPath(directory), overwrite: true);
    }

    private static string DocumentPath(string directory) => Path.Combine(directory, "bucket.json");

    [GeneratedRegex(@"^[a-z0-9][a-z0-9.\-]{1,61}[a-z0-9]$", RegexOptions.NonBacktracking)]
    private static partial Regex BucketName();

    [GeneratedRegex(@"^\d+\.\d+\.\d+\.\d+$", RegexOptions.NonBacktracking)]
    private static partial Regex Ipv4Address();
}
