using System.Collections.Concurrent;
using System.Security.Cryptography;
using Tiketi.LocalCloud.Ecr.Storage;

namespace Tiketi.LocalCloud.Ecr.Registry;

/// <summary>Blob uploads under way. What has arrived lies in a file, so an upload goes on after a broken connection and after a restart.</summary>
internal sealed class UploadSessions(BlobStore blobs)
{
    private readonly ConcurrentDictionary<string, UploadSession> _sessions = new(StringComparer.Ordinal);

    public UploadSession Begin(string repository)
    {
        var id = Guid.NewGuid().ToString();
        var session = new UploadSession(repository, id, Path.Combine(blobs.Uploads(repository), id), IncrementalHash.CreateHash(HashAlgorithmName.SHA256));
        File.WriteAllBytes(session.File, []);
        _sessions[id] = session;
        return session;
    }

    /// <exception cref="RegistryException">BLOB_UPLOAD_UNKNOWN.</exception>
    public async Task<UploadSession> ResumeAsync(string repository, string id, CancellationToken cancellationToken)
    {
        if (_sessions.TryGetValue(id, out var present))
        {
            return present.Repository == repository ? present : throw RegistryException.UploadUnknown(id);
        }

        var file = Path.Combine(blobs.Uploads(repository), Guid.TryParse(id, out var guid) ? guid.ToString() : throw RegistryException.UploadUnknown(id));
        return File.Exists(file)
            ? _sessions.GetOrAdd(id, new UploadSession(repository, id, file, await BlobStore.HashAsync(file, cancellationToken)))
            : throw RegistryException.UploadUnknown(id);
    }

    /// <summary>Ends an upload; what is left of its file goes.</summary>
    public void End(UploadSession session)
    {
        _sessions.TryRemove(session.Id, out _);
        File.Delete(session.File);
    }
}

/// <summary>One upload. Its methods are called by one request at a time, which holds <see cref="Turn"/>.</summary>
internal sealed class UploadSession(string repository, string id, string file, IncrementalHash hash)
{
    private long _size = System.IO.File.Exists(file) ? new FileInfo(file).Length : 0;

    public string Repository { get; } = repository;

    public string Id { get; } = id;

    public string File { get; } = file;

    public SemaphoreSlim Turn { get; } = new(1, 1);

    /// <summary>Bytes that have arrived.</summary>
    public long Size => Interlocked.Read(ref _size);

    public string Digest => "sha256:" + Convert.ToHexStringLower(hash.GetCurrentHash());

    /// <summary>Appends what comes, piece by piece: what a broken connection delivered stays.</summary>
    public async Task AppendAsync(Stream body, CancellationToken cancellationToken)
    {
        await using var stream = new FileStream(File, FileMode.Open, FileAccess.Write, FileShare.Read, 0, FileOptions.Asynchronous);
        stream.SetLength(Size);
        stream.Seek(0, SeekOrigin.End);
        var buffer = new byte[80 * 1024];
        int read;
        while ((read = await body.ReadAsync(buffer, cancellationToken)) > 0)
        {
            await stream.WriteAsync(buffer.AsMemory(0, read), CancellationToken.None);
            hash.AppendData(buffer, 0, read);
            Interlocked.Add(ref _size, read);
        }
    }
}
