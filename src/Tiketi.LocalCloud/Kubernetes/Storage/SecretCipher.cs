using System.Security.Cryptography;

namespace Tiketi.LocalCloud.Kubernetes.Storage;

/// <summary>Encrypts Secrets at rest (AES-256-GCM) with a key that only the owner of the state folder can read.</summary>
internal sealed class SecretCipher
{
    private const int NonceSize = 12;
    private const int TagSize = 16;
    private readonly byte[] _key;

    public SecretCipher(string keyFile)
    {
        if (!File.Exists(keyFile))
        {
            PrivateFiles.Write(keyFile, RandomNumberGenerator.GetBytes(32));
        }

        _key = File.ReadAllBytes(keyFile);
    }

    public byte[] Encrypt(ReadOnlySpan<byte> clear)
    {
        var sealedBytes = new byte[NonceSize + TagSize + clear.Length];
        RandomNumberGenerator.Fill(sealedBytes.AsSpan(0, NonceSize));
        using var aes = new AesGcm(_key, TagSize);
        aes.Encrypt(sealedBytes.AsSpan(0, NonceSize), clear, sealedBytes.AsSpan(NonceSize + TagSize), sealedBytes.AsSpan(NonceSize, TagSize));
        return sealedBytes;
    }

    /// <exception cref="CryptographicException">The bytes were sealed with another key, or changed since.</exception>
    public byte[] Decrypt(ReadOnlySpan<byte> sealedBytes)
    {
        var clear = new byte[sealedBytes.Length - NonceSize - TagSize];
        using var aes = new AesGcm(_key, TagSize);
        aes.Decrypt(sealedBytes[..NonceSize], sealedBytes[(NonceSize + TagSize)..], sealedBytes.Slice(NonceSize, TagSize), clear);
        return clear;
    }
}

/// <summary>Files that only their owner can read, from the first byte on.</summary>
internal static class PrivateFiles
{
    public static void Write(string path, ReadOnlySpan<byte> content)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using var stream = new FileStream(path, options);
        stream.Write(content);
    }

    /// <summary>Where files have modes.</summary>
    public static void SetMode(string path, UnixFileMode mode)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, mode);
        }
    }
}
