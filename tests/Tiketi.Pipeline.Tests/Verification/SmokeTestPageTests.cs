using Tiketi.Pipeline.Verification;
using Tiketi.Testing;

namespace Tiketi.Pipeline.Tests.Verification;

/// <summary>docs/smoke-test.md lists the checks that there are.</summary>
public sealed class SmokeTestPageTests
{
    [Fact]
    public void ThePage_HasARowForEachCheck()
    {
        using var http = new HttpClient();
        var target = new SmokeTestTarget { ApiUrl = new Uri("https://api.tiketi.example"), SiteUrl = new Uri("https://tiketi.example"), Services = [] };
        var page = File.ReadAllLines(Path.Combine(Repository.Root, "docs", "smoke-test.md"));

        page.Where(line => line.StartsWith("| `", StringComparison.Ordinal) && !line.StartsWith("| `api-", StringComparison.Ordinal)).Should().BeEquivalentTo(
            SmokeTestChecks.For(target, TimeProvider.System, http).Select(check =>
                $"| `{check.Id}` | {check.Meaning}{(check.Severity == CheckSeverity.Warning ? " (only warns)" : "")} | {check.Timeout.TotalSeconds:0} s, {(check.Retry.Attempts == 1 ? "once" : $"{check.Retry.Attempts} times")} |"));
    }
}
