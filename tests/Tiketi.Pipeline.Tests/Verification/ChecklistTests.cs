using Tiketi.Pipeline.Configuration;
using Tiketi.Pipeline.Verification;

namespace Tiketi.Pipeline.Tests.Verification;

/// <summary>No item without an answer, no check without an item.</summary>
public sealed class ChecklistTests : IDisposable
{
    private readonly HttpClient _http = new();

    private IReadOnlyList<ICheck> Checks => SmokeTestChecks.For(
        new SmokeTestTarget { ApiUrl = new Uri("https://api.tiketi.example"), SiteUrl = new Uri("https://tiketi.example"), Services = ServiceCatalog.Load(Path.Combine(Tiketi.Testing.Repository.Root, "samples", "tiketi"), "linux/amd64") }, TimeProvider.System, _http);

    public void Dispose() => _http.Dispose();

    [Fact]
    public void EveryItem_IsAnsweredByChecksThatExist_OrByAPerson()
    {
        // the sections of the operations report that are answers: OpsReportTests reads them
        var ids = Checks.Select(check => check.Id).Concat(["metrics", "scan-findings", "log-errors", "cost"]).ToList();
        foreach (var item in Checklist.Items)
        {
            (item.Manual is null).Should().Be(item.Checks.Count > 0, item.Text);
            item.Checks.Should().OnlyContain(pattern => ids.Any(id => pattern.EndsWith('*') ? id.StartsWith(pattern.TrimEnd('*')) : id == pattern), item.Text);
        }

        ids.Where(id => !Checklist.Items.Any(item => item.IsAnsweredBy(id))).Should().BeEmpty("every check belongs to an item");
        Checklist.ChecksOf(ChecklistStage.Pre, Checks).Should().Equal("redis-auth", "backups", "secrets", "certificates", "waf", "dns", "alarms");
    }

    [Fact]
    public void TheList_SaysWhatIsDone_WhatIsNot_AndWhatAPersonDoes()
    {
        var results = new CheckResults(
            [
                new("backups", "", CheckStatus.Passed, "7 days", null, 1, TimeSpan.Zero),
                new("certificates", "", CheckStatus.Failed, "tiketi.example has 5 days left", "restore its record", 3, TimeSpan.Zero),
                new("alarms-quiet", "", CheckStatus.Skipped, "the stacks have no alarm", null, 1, TimeSpan.Zero),
                new("metrics", "", CheckStatus.Skipped, "no data", null, 1, TimeSpan.Zero),
                new("cost", "", CheckStatus.Warning, "Together: more (US dollars 69.50)", "compare", 1, TimeSpan.Zero),
                new("scan-findings", "", CheckStatus.Passed, "5 as they should be", null, 1, TimeSpan.Zero),
                new("log-errors", "", CheckStatus.Passed, "5 as they should be", null, 1, TimeSpan.Zero),
            ],
            TimeSpan.Zero);

        Checklist.ToLines(ChecklistStage.Weekly, results).Should().Equal(
            "Every week:",
            "- [-] CloudWatch shows nothing unusual (the stacks have no alarm; no data)",
            "- [x] The backups are fresh (backups)",
            "- [!] Certificates last for two weeks (certificates: tiketi.example has 5 days left)",
            "      -> restore its record",
            "- [!] The cost is as expected (cost: Together: more (US dollars 69.50))",
            "      -> compare",
            "- [x] ECR's scans find nothing new (scan-findings)",
            "- [x] The logs hold no new errors (log-errors)");
    }
}
