using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Tiketi.Pipeline.Images;

/// <summary>SHA-256 over a list of values, each with its length before it: no two lists ever give the same bytes.</summary>
internal sealed class DigestWriter : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    public void Add(params ReadOnlySpan<string> texts)
    {
        foreach (var text in texts)
        {
            Add(Encoding.UTF8.GetBytes(text));
        }
    }

    public void Add(byte[] bytes)
    {
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(length, bytes.Length);
        _hash.AppendData(length);
        _hash.AppendData(bytes);
    }

    /// <summary>In an order of their own: by key.</summary>
    public void Add(IReadOnlyDictionary<string, string> pairs)
    {
        Add(pairs.Count.ToString());
        foreach (var (name, value) in pairs.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            Add(name, value);
        }
    }

    /// <summary>Lower-case hex.</summary>
    public string Finish() => Convert.ToHexStringLower(_hash.GetHashAndReset());

    public void Dispose() => _hash.Dispose();
}
