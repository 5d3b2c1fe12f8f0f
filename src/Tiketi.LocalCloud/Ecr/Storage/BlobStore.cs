using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Tiketi.LocalCloud.Hosting;

namespace Tiketi.LocalCloud.Ecr.Storage;

/// <summary>
/// Blobs by digest: stored once (<c>ecr/blobs/HH/HEX</c>), and visible in each repository that has a marker for them
/// (<c>ecr/repositories/NAME/_layers/HEX</c>), since in ECR a layer belongs to the repository that it was pushed to.
/// </summary>
internal sealed partial class BlobStore(StateStore state)
{
    private readonly string _blobs = state.Directory("ecr", "blobs");
    private readonly string _repositories = state.Directory("ecr", "repositories");

    public static bool IsDigest(string text) => Digest().IsMatch(text);

    /// <summary>The file of a blob that is in the repository; null when it is not.</summary>
    public FileInfo? Find(string repository, string digest) =>
        File.Exists(MarkerOf(repository, digest)) && new FileInfo(PathOf(digest)) is { Exists: true } file ? file : null;

    /// <summary>Takes a complete, verified file into the store and the repository.</summary>
    public void Adopt(string repository, string digest, string file)
    {
        var path = PathOf(digest);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.Move(file, path, overwrite: true); // the same digest is the same content
        Link(repository, digest);
    }

    /// <summary>Makes a stored blob visible in another repository.</summary>
    public void Link(string repository, string digest)
    {
        var marker = MarkerOf(repository, digest);
        Directory.CreateDirectory(Path.GetDirectoryName(marker)!);
        File.WriteAllBytes(marker, []);
    }

    public void Write(string digest, ReadOnlySpan<byte> bytes)
    {
        var path = PathOf(digest);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var temporary = $"{path}.{Guid.NewGuid():n}";
        File.WriteAllBytes(temporary, bytes);
        File.Move(temporary, path, overwrite: true);
    }

    public byte[] Read(string digest) => File.ReadAllBytes(PathOf(digest));

    /// <summary>Takes a blob out of a repository.</summary>
    public void Unlink(string repository, string digest) => File.Delete(MarkerOf(repository, digest));

    /// <summary>Deletes a blob that no repository has any more.</summary>
    public void DeleteIfUnused(string digest, IEnumerable<Repository> repositories)
    {
        if (!repositories.Any(repository => File.Exists(MarkerOf(repository.Name, digest)) || repository.Find(digest, tag: null) is not null))
        {
            File.Delete(PathOf(digest));
        }
    }

    /// <summary>The digests of all blobs that are in the repository.</summary>
    public IReadOnlyList<string> In(string repository) =>
        Directory.Exists(LayersOf(repository)) ? [.. Directory.EnumerateFiles(LayersOf(repository)).Select(file => "sha256:" + Path.GetFileName(file))] : [];

    /// <summary>The folder of a repository's uploads.</summary>
    public string Uploads(string repository) => Directory.CreateDirectory(Path.Combine(_repositories, repository, "_uploads")).FullName;

    /// <summary>Removes a repository's markers and uploads.</summary>
    public void Forget(string repository)
    {
        foreach (var folder in (ReadOnlySpan<string>)["_layers", "_uploads"])
        {
            var path = Path.Combine(_repositories, repository, folder);
            if (Directory.Exists(path))
            {
                Directory.Delete(path, recursive: true);
            }
        }
    }

    /// <summary>The SHA-256 of a file so far, ready to go on.</summary>
    public static async Task<IncrementalHash> HashAsync(string file, CancellationToken cancellationToken)
    {
        var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 0, FileOptions.Asynchronous | FileOptions.SequentialScan);
        var buffer = new byte[128 * 1024];
        int read;
        while ((read = await stream.ReadAsync(buffer, cancellationToken)) > 0)
        {
            hash.AppendData(buffer, 0, read);
        }

        return hash;
    }

    private string LayersOf(string repository) => Path.Combine(_repositories, repository, "_layers");

    private string MarkerOf(string repository, string digest) => Path.Combine(LayersOf(repository), Hex(digest));

    private string PathOf(string digest) => Path.Combine(_blobs, Hex(digest)[..2], Hex(digest));

    private static string Hex(string digest) => IsDigest(digest) ? digest["sha256:".Length..] : throw new ArgumentException($"'{digest}' is no sha256 digest.", nameof(digest));

    [GeneratedRegex("^sha256:[0-9a-f]{64}$", RegexOptions.NonBacktracking)]
    private static partial Regex Digest();
}
