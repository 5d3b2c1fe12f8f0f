using Microsoft.Extensions.Time.Testing;
using Tiketi.Pipeline.Configuration;
using Tiketi.Pipeline.Registry.Scanning;

namespace Tiketi.Pipeline.Tests.Registry.Scanning;

public sealed class ScanAllowListTests
{
    private static readonly DateOnly Today = new(2026, 11, 23);

    [Fact]
    public void Entries_AreRead() =>
        ScanAllowList.Parse("scan-allow.yaml", "CVE-2026-1: { reason: no XML here, expires: 2026-11-23 }\nCVE-2026-2:\n  reason: waits for Debian\n  expires: 2027-01-01\n", Today)
            .Should().Equal(new AllowedFinding("CVE-2026-1", "no XML here", Today), new AllowedFinding("CVE-2026-2", "waits for Debian", new DateOnly(2027, 1, 1)));

    [Theory]
    [InlineData("CVE-1: { expires: 2027-01-01 }", "scan-allow.yaml:1: 'CVE-1' has no reason*")]
    [InlineData("CVE-1: { reason: '  ', expires: 2027-01-01 }", "scan-allow.yaml:1: 'CVE-1' has no reason*")]
    [InlineData("# why\nCVE-1: { reason: harmless }", "scan-allow.yaml:2: 'CVE-1.expires' is ''*")]
    [InlineData("CVE-1: { reason: harmless, expires: next year }", "scan-allow.yaml:1: 'CVE-1.expires' is 'next year'*")]
    [InlineData("\n\nCVE-1: { reason: harmless, expires: 2026-11-22 }", "scan-allow.yaml:3: 'CVE-1' expired on 2026-11-22*")]
    [InlineData("CVE-1: { reason: harmless, expires: 2027-01-01, until: x }", "scan-allow.yaml:1: unknown key 'CVE-1.until'*")]
    [InlineData("CVE-1: harmless", "scan-allow.yaml:1: 'CVE-1' must be a mapping*")]
    public void AnEntryThatNobodyCanAnswerFor_IsAnErrorWithItsLine(string text, string message) =>
        FluentActions.Invoking(() => ScanAllowList.Parse("scan-allow.yaml", text, Today)).Should().Throw<PipelineException>().WithMessage(message);

    [Fact]
    public void NoFile_LetsNothingThrough() => ScanAllowList.Load("/no/such/scan-allow.yaml", new FakeTimeProvider()).Should().BeEmpty();

    [Theory]
    [InlineData("domain: a.example", Severity.Critical)]
    [InlineData("domain: a.example\nfailOnSeverity: high", Severity.High)]
    [InlineData("domain: a.example\nfailOnSeverity: \"off\"", null)]
    [InlineData("domain: a.example\nlocalCloud: {}", null)]
    [InlineData("domain: a.example\nlocalCloud: {}\nfailOnSeverity: low", Severity.Low)]
    public void AnEnvironment_SaysWhatFails(string text, Severity? expected) => EnvironmentFile.Parse("environments/x.yaml", "x", text).FailOnSeverity.Should().Be(expected);

    [Fact]
    public void AnUnknownSeverity_IsRefused()
    {
        FluentActions.Invoking(() => EnvironmentFile.Parse("environments/x.yaml", "x", "domain: a.example\nfailOnSeverity: grave")).Should().Throw<PipelineException>().WithMessage("environments/x.yaml:2: 'failOnSeverity' is 'grave'*");
        FluentActions.Invoking(() => Severities.ParseThreshold("grave")).Should().Throw<PipelineException>();
    }
}
