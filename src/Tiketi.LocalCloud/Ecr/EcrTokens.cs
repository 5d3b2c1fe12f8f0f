using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Tiketi.LocalCloud.Ecr;

internal enum TokenState
{
    Valid,
    Expired,
    Unknown,
}

/// <summary>Issues and checks the registry's passwords: an expiry time under a MAC whose key lives as long as the process, so nothing secret is stored.</summary>
internal sealed class EcrTokens(TimeProvider time)
{
    public const string User = "AWS";
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(12);

    private const int Stated = 24;
    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);

    public RegistryCredentials Issue()
    {
        var expires = DateTimeOffset.FromUnixTimeSeconds(time.GetUtcNow().Add(Lifetime).ToUnixTimeSeconds());
        var token = new byte[Stated + HMACSHA256.HashSizeInBytes];
        BinaryPrimitives.WriteInt64BigEndian(token, expires.ToUnixTimeSeconds());
        RandomNumberGenerator.Fill(token.AsSpan(8, Stated - 8));
        HMACSHA256.HashData(_key, token.AsSpan(0, Stated), token.AsSpan(Stated));
        return new RegistryCredentials(User, Base64Url.EncodeToString(token), expires);
    }

    /// <summary>Checks an Authorization header: <c>Basic base64(AWS:TOKEN)</c>.</summary>
    public TokenState Check(string authorization)
    {
        const string scheme = "Basic ";
        if (!authorization.StartsWith(scheme, StringComparison.OrdinalIgnoreCase))
        {
            return TokenState.Unknown;
        }

        var bytes = new byte[authorization.Length];
        if (!Convert.TryFromBase64String(authorization[scheme.Length..].Trim(), bytes, out var length))
        {
            return TokenState.Unknown;
        }

        var parts = Encoding.UTF8.GetString(bytes, 0, length).Split(':', 2);
        return parts is [User, var password] ? CheckPassword(password) : TokenState.Unknown;
    }

    private TokenState CheckPassword(string password)
    {
        if (!Base64Url.IsValid(password))
        {
            return TokenState.Unknown;
        }

        var token = Base64Url.DecodeFromChars(password);
        if (token.Length != Stated + HMACSHA256.HashSizeInBytes
            || !CryptographicOperations.FixedTimeEquals(HMACSHA256.HashData(_key, token.AsSpan(0, Stated)), token.AsSpan(Stated)))
        {
            return TokenState.Unknown;
        }

        return BinaryPrimitives.ReadInt64BigEndian(token) > time.GetUtcNow().ToUnixTimeSeconds() ? TokenState.Valid : TokenState.Expired;
    }
}
