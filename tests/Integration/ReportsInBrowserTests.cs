using Microsoft.Extensions.Logging.Abstractions;
using Tiketi.Pipeline.LoadTesting;
using Tiketi.Pipeline.LoadTesting.Reports;
using Tiketi.Pipeline.Operations;

namespace Tiketi.Integration;

/// <summary>The pages that people are shown, as a browser shows them.</summary>
public sealed class ReportsInBrowserTests(ReportBrowser browser) : IClassFixture<ReportBrowser>
{
    private static readonly string[] LoadHeadings =
        ["Thresholds", "Latency percentiles", "Throughput and errors over time", "Latency over time", "The waiting queue", "Compared with the last run", "Steps"];

    [Fact]
    public async Task A_load_test_s_page_is_readable_everywhere_without_scripts()
    {
        Assert.SkipUnless(Nginx.IsInstalled, "nginx is not installed");

        await browser.ShouldBeReadableEverywhereAsync("load-report", await PageAsync(), async (page, isPhone) =>
        {
            (await page.Locator("h2").AllInnerTextsAsync()).Should().Equal(LoadHeadings);
            foreach (var chart in await page.Locator(isPhone ? ".narrow svg" : ".wide svg").AllAsync())
            {
                (await chart.BoundingBoxAsync())!.Width.Should().BeGreaterThan(isPhone ? 280 : 800, "a chart fills its card");
            }

            (await page.Locator(isPhone ? ".wide" : ".narrow").First.IsVisibleAsync()).Should().BeFalse("a chart is shown in one size");
        });
    }

    [Fact]
    public async Task The_operations_page_is_readable_everywhere_without_scripts() =>
        await browser.ShouldBeReadableEverywhereAsync("ops-report", Week.ToHtml(), async (page, isPhone) =>
        {
            (await page.Locator("h2").AllInnerTextsAsync()).Should().Equal(Week.Sections.Select(section => section.Title));
            (await page.Locator("header .pill").AllInnerTextsAsync()).Should().Equal("2 bad", "3 worth a look");
            (await page.Locator("th").AllTextContentsAsync()).Should().Contain("Scanned").And.NotContain("Why not", "a column that is empty is left out");
            (await page.Locator("thead").First.IsVisibleAsync()).Should().Be(!isPhone, "on a phone each cell says what it is");
            foreach (var row in await page.Locator("tbody tr").AllAsync())
            {
                var (mark, name) = ((await row.Locator("td").Nth(0).BoundingBoxAsync())!, (await row.Locator("td").Nth(1).BoundingBoxAsync())!);
                name.X.Should().BeGreaterThan(mark.X + mark.Width - 1, "mark and name stand side by side");
                Math.Abs(name.Y - mark.Y).Should().BeLessThan(12);
            }
        });

    /// <summary>A week with a bit of everything.</summary>
    private static OpsReport Week { get; } = new("production", new DateTimeOffset(2026, 11, 23, 9, 0, 0, TimeSpan.Zero),
    [
        new("Health, alarms and backups", ["", "Check", "Seen", "What to do"],
        [
            new(OpsMark.Bad, "failed", "backups", "tiketi-db keeps its backups for 1 day", "Set BackupRetentionPeriod in infra/data.yaml to 7 or more, then run ./build.sh ApplyInfra."),
            new(OpsMark.Warning, "warning", "certificates", "*.tiketi.example is valid for 24 more days", "Check that its DNS validation record still stands: aws acm describe-certificate."),
            new(OpsMark.Good, "passed", "alarms", "5 are on", ""),
            new(OpsMark.Good, "passed", "load-balancer", "k8s-tiketi-alb is active, 10 healthy targets in 5 groups", ""),
        ]),
        new("Metrics of seven days", ["", "Metric", "Average", "Highest"],
        [
            new(OpsMark.Warning, "high", "tiketi-db: CPU (%)", "31.4", "91.3"), new(OpsMark.Good, "fine", "tiketi-db: connections", "22", "61"), new(OpsMark.None, "no data", "tiketi-redis-001: memory (%)", "", ""),
        ]) { Remedy = "See which hours it was in CloudWatch; if they were busy ones, give it more: its size in infra/, replicas and limits in k8s/." },
        new("Findings in the running images", ["", "Service", "Critical", "High", "Other", "Scanned", "Why not"],
        [
            new(OpsMark.Bad, "critical", "ticket-service", "1", "2", "14", "2026-11-20", ""), new(OpsMark.Good, "fine", "backend", "0", "0", "9", "2026-11-20", ""),
        ]),
        new("Errors in logs", ["", "Service", "Errors", "Pods", "Last one"],
        [
            new(OpsMark.Warning, "errors", "backend", "12", "2", """{"time":"2026-11-23T05:31:08.120Z","level":"error","message":"request failed","method":"POST","path":"/api/queue/check/1","error":"Error: Connection terminated due to connection timeout"}"""),
            new(OpsMark.Good, "fine", "auth-service", "0", "2", ""),
        ]),
        new("Cost this month", [], [], "The month has just begun."),
    ]);

    /// <summary>Two real runs, and a queue as a small sale leaves it.</summary>
    private static async Task<string> PageAsync()
    {
        await using var nginx = await Nginx.StartAsync(connections: 256);
        var (before, now) = (await RunAsync(nginx, 300), await RunAsync(nginx, 500));
        var run = now with
        {
            Name = "queue",
            Description = "300 visitors enter one event's queue",
            Steps = [new("queue: POST /api/queue/check/{event}", 300, new Dictionary<string, long>(StringComparer.Ordinal), now.LatencyMilliseconds), new("queue: until admitted", 300, new Dictionary<string, long>(StringComparer.Ordinal) { ["lost: still waiting at the end"] = 1 }, now.LatencyMilliseconds)],
            Queue = new(
                300, 2,
                [.. Enumerable.Range(1, 299).Select(number => new LoadRun.Admission(number, number / 50.0, number < 50 ? number / 50.0 : (number / 50 * 2.5) + (number % 50 / 100.0), number < 50 ? 0 : number - 49))], // fifty at a time
                [new(300, "3f1c09ab-299", "still waiting at the end, last place 1")],
                [],
                []),
        };
        return LoadReportHtml.Render(run, LoadComparison.Of(run, before));
    }

    private static async Task<LoadRun> RunAsync(Nginx nginx, int perSecond)
    {
        var result = await new LoadTest(TimeProvider.System, NullLogger<LoadTest>.Instance).RunAsync(
            new LoadTestRequest
            {
                Url = new Uri(nginx.Address, "/health"),
                Model = new LoadModel.Open(perSecond, TimeSpan.FromSeconds(1)),
                Thresholds = LoadThreshold.ParseAll("errors<1% p95<60s"),
            },
            TestContext.Current.CancellationToken);
        return LoadRun.Of(result, "queue", "local", DateTimeOffset.UtcNow);
    }
}
