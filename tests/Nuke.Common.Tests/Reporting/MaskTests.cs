using Nuke.Common.Reporting;

namespace Nuke.Common.Tests.Reporting;

public sealed class MaskTests
{
    private static string Mask(string text, params string[] secrets)
    {
        var mask = new SecretMask();
        foreach (var secret in secrets)
            mask.Add(secret);
        return mask.Apply(text);
    }

    [Fact]
    public void Secrets_AreReplacedWherever() => Mask("a hunter2 b,hunter2", "hunter2").Should().Be("a [REDACTED] b,[REDACTED]");

    [Fact]
    public void ALongerSecret_IsReplacedBeforeItsPart() => Mask("hunter2more", "hunter2", "hunter2more").Should().Be("[REDACTED]");

    [Fact]
    public void EncodedForms_AreReplacedToo()
    {
        const string Secret = "p\"ss w/rd";
        Mask(Uri.EscapeDataString(Secret), Secret).Should().Be("[REDACTED]");
        Mask(Convert.ToBase64String("p\"ss w/rd"u8), Secret).Should().Be("[REDACTED]");
        Mask(System.Text.Json.JsonSerializer.Serialize(Secret), Secret).Should().Be("\"[REDACTED]\"");
    }

    [Fact]
    public void EachLineOfAKey_IsReplaced() =>
        Mask("x\nline-two-of-key\ny", "BEGIN-KEY\nline-two-of-key\nEND-KEY").Should().Be("x\n[REDACTED]\ny");

    [Fact]
    public void WithoutSecrets_TextIsLeftAlone() => Mask("text", "", "ab").Should().Be("text");
}
