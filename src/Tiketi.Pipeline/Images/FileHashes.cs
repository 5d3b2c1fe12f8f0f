using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace Tiketi.Pipeline.Images;

/// <summary>
/// SHA-256 of files, remembered from run to run so that an unchanged file is not read again. Never stale: a hash is taken
/// from memory only when file system, inode, size, modification and change time are all what they were, and it is
/// remembered only when the file had last changed before the file system's clock was read, and that before the file was
/// (git's rule for "racily clean" files): whatever changes it afterwards moves its change time. Where the system does
/// not tell these things, every file is read.
/// </summary>
public sealed class FileHashes
{
    private const string Format = "tiketi-file-hashes 1";

    private readonly string? _file;
    private readonly Dictionary<string, Remembered> _before;
    private readonly ConcurrentDictionary<string, Remembered> _now = new(StringComparer.Ordinal);
    private readonly Lazy<FileStat?> _clock;
    private int _read;

    private FileHashes(string? file, Dictionary<string, Remembered> before)
    {
        _file = file;
        _before = before;
        _clock = new Lazy<FileStat?>(ReadClock);
    }

    /// <summary>Remembers nothing.</summary>
    public static FileHashes None => new(file: null, []);

    /// <summary>How many files had to be read.</summary>
    public int FilesRead => _read;

    /// <param name="file">Where hashes are kept between runs. One that is damaged or of another format counts as empty.</param>
    public static FileHashes Load(string file) => new(file, Read(file));

    /// <exception cref="PipelineException">The file can't be read.</exception>
    public byte[] Of(string path)
    {
        var before = _file is null ? null : FileStat.Of(path);
        if (before is { } stat && (_now.TryGetValue(path, out var known) || _before.TryGetValue(path, out known)) && known.Stat == stat)
        {
            _now[path] = known;
            return known.Hash;
        }

        var clock = before is null ? null : _clock.Value;
        var hash = Hash(path);
        if (before is { } unchanged && clock is { } now && unchanged.Device == now.Device && unchanged.Changed < now.Changed && FileStat.Of(path) == unchanged)
        {
            _now[path] = new Remembered(unchanged, hash);
        }

        return hash;
    }

    /// <summary>Keeps what was asked for in this run, and forgets the rest. Takes effect as a whole or not at all.</summary>
    public void Save()
    {
        if (_file is null || (_read == 0 && _now.Count == _before.Count))
        {
            return;
        }

        using var content = new MemoryStream();
        using (var writer = new BinaryWriter(content, System.Text.Encoding.UTF8, leaveOpen: true))
        {
            writer.Write(Format);
            writer.Write(_now.Count);
            foreach (var (path, (stat, hash)) in _now)
            {
                writer.Write(path);
                writer.Write(stat.Device);
                writer.Write(stat.Inode);
                writer.Write(stat.Size);
                writer.Write(stat.Modified);
                writer.Write(stat.Changed);
                writer.Write(hash);
            }
        }

        content.Write(SHA256.HashData(content.GetBuffer().AsSpan(0, (int)content.Length)));
        var temporary = $"{_file}.{Guid.NewGuid():N}";
        Directory.CreateDirectory(Path.GetDirectoryName(_file)!);
        File.WriteAllBytes(temporary, content.ToArray());
        File.Move(temporary, _file, overwrite: true);
    }

    /// <summary>The file system's own idea of now, where the hashes are kept: a file elsewhere has another clock, and is not remembered.</summary>
    private FileStat? ReadClock()
    {
        var probe = $"{_file}.{Guid.NewGuid():N}";
        Directory.CreateDirectory(Path.GetDirectoryName(_file)!);
        File.WriteAllText(probe, "");
        try
        {
            return FileStat.Of(probe);
        }
        finally
        {
            File.Delete(probe);
        }
    }

    private byte[] Hash(string path)
    {
        Interlocked.Increment(ref _read);
        using var file = ContextEntry.Open(path);
        return SHA256.HashData(file);
    }

    private static Dictionary<string, Remembered> Read(string file)
    {
        var hashes = new Dictionary<string, Remembered>(StringComparer.Ordinal);
        var content = File.Exists(file) ? File.ReadAllBytes(file) : [];
        var body = content.AsSpan(0, Math.Max(0, content.Length - SHA256.HashSizeInBytes));
        if (body.IsEmpty || !SHA256.HashData(body).AsSpan().SequenceEqual(content.AsSpan(body.Length)))
        {
            return hashes;
        }

        using var reader = new BinaryReader(new MemoryStream(content));
        if (reader.ReadString() != Format)
        {
            return hashes;
        }

        for (var count = reader.ReadInt32(); count > 0; count--)
        {
            var path = reader.ReadString();
            var stat = new FileStat(reader.ReadUInt64(), reader.ReadUInt64(), reader.ReadInt64(), reader.ReadInt64(), reader.ReadInt64());
            hashes[path] = new Remembered(stat, reader.ReadBytes(SHA256.HashSizeInBytes));
        }

        return hashes;
    }

    private sealed record Remembered(FileStat Stat, byte[] Hash);
}
