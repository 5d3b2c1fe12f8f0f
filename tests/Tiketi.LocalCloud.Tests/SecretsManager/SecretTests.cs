using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Tiketi.LocalCloud.CloudFormation;
using Tiketi.LocalCloud.Hosting;
using Tiketi.LocalCloud.SecretsManager;
using Tiketi.LocalCloud.Tests.S3;

namespace Tiketi.LocalCloud.Tests.SecretsManager;

public sealed class SecretTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("{}", 32, "^[!-~]{32}$")]
    [InlineData("""{ "PasswordLength": 64, "ExcludePunctuation": true }""", 64, "^[A-Za-z0-9]{64}$")]
    [InlineData("""{ "PasswordLength": "40", "ExcludeNumbers": "true", "ExcludeUppercase": true, "ExcludePunctuation": true }""", 40, "^[a-z]{40}$")]
    [InlineData("""{ "PasswordLength": 200, "ExcludeCharacters": "abcXYZ/@\"'" }""", 200, "^[^abcXYZ/@\"']{200}$")]
    [InlineData("""{ "PasswordLength": 5, "IncludeSpace": true }""", 5, "^(?=.*[a-z])(?=.*[A-Z])(?=.*[0-9])(?=.* )(?=.*[!-/:-@\\[-`{-~]).{5}$")]
    public void A_password_keeps_its_rules(string options, int length, string pattern)
    {
        var passwords = Enumerable.Range(0, 200).Select(_ => RandomPassword.Read((JsonObject)JsonNode.Parse(options)!).Generate()).ToList();
        passwords.Should().OnlyHaveUniqueItems().And.AllSatisfy(password =>
        {
            password.Should().HaveLength(length);
            password.Should().MatchRegex(pattern);
        });
    }

    [Theory]
    [InlineData("""{ "PasswordLength": 3 }""")]
    [InlineData("""{ "PasswordLength": 0 }""")]
    [InlineData("""{ "ExcludeNumbers": true, "ExcludeLowercase": true, "ExcludeUppercase": true, "ExcludePunctuation": true }""")]
    public void Rules_that_leave_nothing_are_refused(string options) =>
        FluentActions.Invoking(() => RandomPassword.Read((JsonObject)JsonNode.Parse(options)!).Generate()).Should().Throw<ResourceException>();

    [Fact]
    public void What_is_sealed_opens_with_its_own_key_only_and_only_unchanged()
    {
        var sealedText = Box("one").Protect("swordfish");
        Box("one").Unprotect(sealedText).Should().Be("swordfish");
        Box("one").Protect("swordfish").Should().NotBe(sealedText, "every sealing has a nonce of its own");
        FluentActions.Invoking(() => Box("two").Unprotect(sealedText)).Should().Throw<CryptographicException>();
        var changed = Convert.FromBase64String(sealedText);
        changed[^1] ^= 1;
        FluentActions.Invoking(() => Box("one").Unprotect(Convert.ToBase64String(changed))).Should().Throw<CryptographicException>();
    }

    [Theory]
    [InlineData("tiketi/db:SecretString:password", "p:w")]
    [InlineData("ARN:SecretString:password", "p:w")]
    [InlineData("ARN:SecretString:password:AWSCURRENT", "p:w")]
    [InlineData("ARN:SecretString:password::VERSION", "p:w")]
    [InlineData("ARN", """{"password":"p:w"}""")]
    public async Task A_dynamic_reference_finds_its_value(string reference, string expected)
    {
        var store = new SecretStore(State("one"), Box("one"), Settings("one"), TimeProvider.System);
        var secret = store.Create("tiketi/db", """{"password":"p:w"}""", null, null, new Dictionary<string, string>());
        var resolved = await new SecretReferenceResolver(store).ResolveAsync(
            reference.Replace("ARN", secret.Arn, StringComparison.Ordinal).Replace("VERSION", secret.Versions[0].VersionId, StringComparison.Ordinal), CancellationToken.None);
        resolved.Should().Be(expected);
    }

    private LocalCloudSettings Settings(string name) => new() { StateDirectory = Path.Combine(_folder.Path, name), DockerHost = "", PostgresImage = "", RedisImage = "" };

    private StateStore State(string name) => new(Settings(name));

    private SecretBox Box(string name) => new(State(name));
}
