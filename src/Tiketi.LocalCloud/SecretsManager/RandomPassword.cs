using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Tiketi.LocalCloud.CloudFormation;

namespace Tiketi.LocalCloud.SecretsManager;

/// <summary>How GetRandomPassword and GenerateSecretString make a password.</summary>
internal sealed record RandomPassword(int Length, string ExcludeCharacters, bool ExcludeLowercase, bool ExcludeUppercase, bool ExcludeNumbers, bool ExcludePunctuation, bool IncludeSpace, bool RequireEachIncludedType)
{
    private const int MaximumLength = 4096;

    public static RandomPassword Read(JsonObject options) => new(
        options.Number("PasswordLength") ?? 32,
        options.Text("ExcludeCharacters") ?? "",
        options.Flag("ExcludeLowercase"),
        options.Flag("ExcludeUppercase"),
        options.Flag("ExcludeNumbers"),
        options.Flag("ExcludePunctuation"),
        options.Flag("IncludeSpace"),
        options.Flag("RequireEachIncludedType", otherwise: true));

    /// <exception cref="ResourceException">The options leave nothing to choose from.</exception>
    public string Generate()
    {
        (string Characters, bool Excluded)[] kinds =
        [
            ("abcdefghijklmnopqrstuvwxyz", ExcludeLowercase),
            ("ABCDEFGHIJKLMNOPQRSTUVWXYZ", ExcludeUppercase),
            ("0123456789", ExcludeNumbers),
            ("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~", ExcludePunctuation),
            (" ", !IncludeSpace),
        ];
        var pools = kinds.Where(kind => !kind.Excluded).Select(kind => string.Concat(kind.Characters.Except(ExcludeCharacters))).Where(pool => pool.Length > 0).ToList();
        if (pools.Count == 0 || Length is < 1 or > MaximumLength || (RequireEachIncludedType && Length < pools.Count))
        {
            throw new ResourceException("You provided password options that leave no password to generate.");
        }

        var required = RequireEachIncludedType ? pools.Select(pool => pool[RandomNumberGenerator.GetInt32(pool.Length)]).ToArray() : [];
        var password = required.Concat(RandomNumberGenerator.GetItems<char>(string.Concat(pools), Length - required.Length)).ToArray();
        RandomNumberGenerator.Shuffle<char>(password);
        return new string(password);
    }
}
