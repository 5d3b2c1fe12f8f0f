using System.Security.Cryptography;
using System.Text;
using Tiketi.LocalCloud.Hosting;

namespace Tiketi.LocalCloud.SecretsManager;

/// <summary>Encrypts what must not lie in the state directory in the clear: AES-256-GCM under a key file that only its owner can read.</summary>
internal sealed class SecretBox(StateStore state)
{
    private const int NonceSize = 12;
    private const int TagSize = 16;

    private readonly Lazy<byte[]> _key = new(() => LoadKey(Path.Combine(state.Directory("keys"), "secrets.key")));

    public string Protect(string text)
    {
        var plain = Encoding.UTF8.GetBytes(text);
        var box = new byte[NonceSize + TagSize + plain.Length];
        RandomNumberGenerator.Fill(box.AsSpan(0, NonceSize));
        using var aes = new AesGcm(_key.Value, TagSize);
        aes.Encrypt(box.AsSpan(0, NonceSize), plain, box.AsSpan(NonceSize + TagSize), box.AsSpan(NonceSize, TagSize));
        return Convert.ToBase64String(box);
    }

    /// <exception cref="CryptographicException">The text was protected under another key, or changed since.</exception>
    public string Unprotect(string text)
    {
        var box = Convert.FromBase64String(text);
        var plain = new byte[box.Length - NonceSize - TagSize];
        using var aes = new AesGcm(_key.Value, TagSize);
        aes.Decrypt(box.AsSpan(0, NonceSize), box.AsSpan(NonceSize + TagSize), box.AsSpan(NonceSize, TagSize), plain);
        return Encoding.UTF8.GetString(plain);
    }

    private static byte[] LoadKey(string file)
    {
        if (!File.Exists(file))
        {
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            }

            using var stream = new FileStream(file, options);
            stream.Write(RandomNumberGenerator.GetBytes(32));
            stream.Flush(flushToDisk: true);
        }

        var key = File.ReadAllBytes(file);
        return key.Length == 32 ? key
            : throw new InvalidDataException($"{file} is no key of 32 bytes, so the local cloud's secrets can't be read. Run './build.sh LocalDown' and delete the state directory to start afresh.");
    }
}
