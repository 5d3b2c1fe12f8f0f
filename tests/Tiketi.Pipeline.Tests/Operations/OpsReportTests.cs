using Amazon.CloudWatch;
using Amazon.CloudWatch.Model;
using Amazon.CostExplorer;
using Amazon.CostExplorer.Model;
using Amazon.ECR;
using Amazon.ECR.Model;
using Microsoft.Extensions.Time.Testing;
using NSubstitute;
using Tiketi.Pipeline.Cost;
using Tiketi.Pipeline.Operations;
using Tiketi.Pipeline.Tests.Verification;
using Tiketi.Pipeline.Verification;

namespace Tiketi.Pipeline.Tests.Operations;

/// <summary>What the report makes of what it is told.</summary>
public sealed class OpsReportTests : IAsyncLifetime
{
    private const string Digest = "sha256:aa";

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 6, 16, 9, 30, 0, TimeSpan.Zero));
    private readonly IAmazonCloudWatch _cloudWatch = Substitute.For<IAmazonCloudWatch>();
    private readonly IAmazonECR _ecr = Substitute.For<IAmazonECR>();
    private readonly IAmazonCostExplorer _costs = Substitute.For<IAmazonCostExplorer>();
    private readonly Dictionary<string, string> _bill = new(StringComparer.Ordinal) { ["Amazon RDS"] = "40.5", ["AWS WAF"] = "9.5", ["Tax"] = "0.001" };
    private DeployedSystem _system = null!;

    public async ValueTask InitializeAsync()
    {
        _system = await DeployedSystem.StartAsync();
        _system.Answer("/api/v1/namespaces/tiketi/pods/backend-1/log", DeployedSystem.Text("text/plain", """
            {"level":"info","message":"no error here"}
            {"level":"error","message":"first"}
            {"level":"error","message":"<b>second</b> | of two"}
            """));
        _system.Answer("/api/v1/namespaces/tiketi/pods/auth-service-1/log", DeployedSystem.Text("text/plain", "2026-06-16T09:00:00Z INFO told an error"));
        _cloudWatch.GetMetricDataAsync(Arg.Any<GetMetricDataRequest>(), Arg.Any<CancellationToken>()).Returns(new GetMetricDataResponse
        {
            MetricDataResults = [new() { Id = "a0", Values = [20, 40] }, new() { Id = "m0", Values = [91.26, 50] }, new() { Id = "a1", Values = [] }, new() { Id = "m1", Values = [] }],
        });
        _ecr.DescribeImagesAsync(Arg.Is<DescribeImagesRequest>(request => request.RepositoryName == "tiketi/backend" && request.ImageIds.Single().ImageDigest == Digest), Arg.Any<CancellationToken>())
            .Returns(new DescribeImagesResponse { ImageDetails = [new() { ImageScanFindingsSummary = new() { FindingSeverityCounts = new() { ["CRITICAL"] = 1, ["HIGH"] = 2 }, ImageScanCompletedAt = new DateTime(2026, 6, 1, 0, 0, 0, DateTimeKind.Utc) } }] });
        _ecr.DescribeImagesAsync(Arg.Is<DescribeImagesRequest>(request => request.RepositoryName == "tiketi/auth-service"), Arg.Any<CancellationToken>())
            .Returns<DescribeImagesResponse>(_ => throw new ImageNotFoundException("gone"));
        _costs.GetCostAndUsageAsync(Arg.Any<GetCostAndUsageRequest>(), Arg.Any<CancellationToken>()).Returns(_ => new GetCostAndUsageResponse
        {
            ResultsByTime = [new() { Groups = [.. _bill.Select(service => new Group { Keys = [service.Key], Metrics = new() { ["UnblendedCost"] = new MetricValue { Amount = service.Value, Unit = "USD" } } })] }],
        });
    }

    public ValueTask DisposeAsync() => _system.DisposeAsync();

    [Fact]
    public async Task EachSection_ShowsWhatStandsOut()
    {
        var report = await ReadAsync();

        Rows(report, "Health, alarms and backups").Should().Equal("Bad: failed | backups | none are kept | switch them on", "Good: passed | alarms | 4 are on | ");
        Rows(report, "Metrics of seven days").Should().Equal("Warning: high | tiketi-db: CPU (%) | 30 | 91.3", "None: no data | tiketi-redis: memory (%) |  | ");
        Rows(report, "Findings in the running images").Should().Equal(
            "Bad: gone | auth-service |  |  |  | the registry does not have it any more: a new node could not pull it", "Bad: critical | backend | 1 | 2 | 0 | 2026-06-01");
        Rows(report, "Errors in logs").Should().Equal("""Warning: errors | backend | 2 | 1 | {"level":"error","message":"<b>second</b> | of two"}""", "Good: fine | auth-service | 0 | 1 | ");
        Rows(report, "Cost this month").Should().Equal("Good: fine | Together | 50.00", "None: expected | Estimate for 15 of 30 days | 50.00", "None:  | Amazon RDS | 40.50", "None:  | AWS WAF | 9.50");
        await _costs.Received().GetCostAndUsageAsync(Arg.Is<GetCostAndUsageRequest>(request =>
            request.TimePeriod.Start == "2026-06-01" && request.TimePeriod.End == "2026-06-16" && request.Filter.Tags.Key == "Environment" && request.Filter.Tags.Values.Single() == "staging"), Arg.Any<CancellationToken>());
    }

    [Fact]
    public async Task TheSections_AnswerTheWeeklyChecklist_WithTheirWorstRows()
    {
        var answers = (await ReadAsync()).Sections.Where(section => section.Id is not null).Select(section => section.ToCheckResult()).ToDictionary(answer => answer.Id, StringComparer.Ordinal);

        answers.Keys.Should().Equal("metrics", "scan-findings", "log-errors", "cost");
        answers["metrics"].Should().Match<CheckResult>(answer => answer.Status == CheckStatus.Warning && answer.Evidence == "tiketi-db: CPU (%): high (Average 30, Highest 91.3)" && answer.Remedy!.Contains("infra/"));
        answers["scan-findings"].Should().Match<CheckResult>(answer => answer.Status == CheckStatus.Failed
            && answer.Evidence == "auth-service: gone (Scanned the registry does not have it any more: a new node could not pull it); backend: critical (Critical 1, High 2, Medium 0, Scanned 2026-06-01)"
            && answer.Remedy!.Contains("--no-cache"));
        answers["log-errors"].Should().Match<CheckResult>(answer => answer.Status == CheckStatus.Warning && answer.Evidence.StartsWith("backend: errors (Errors 2, Pods 1, The latest {"));
        answers["cost"].Should().Match<CheckResult>(answer => answer.Status == CheckStatus.Passed && answer.Remedy == null);
        (await ReadAsync(isBilled: false)).Sections.Single(section => section.Id == "cost").ToCheckResult()
            .Should().Match<CheckResult>(answer => answer.Status == CheckStatus.Skipped && answer.Evidence.StartsWith("The local cloud has no bill."));
    }

    [Fact]
    public async Task TheCost_IsMarkedAboveTheEstimate_AndAbsentWithItsReason()
    {
        _bill["Amazon RDS"] = "60";
        Rows(await ReadAsync(), "Cost this month")[0].Should().StartWith("Warning: more | Together | 69.50");

        _bill.Clear();
        Section(await ReadAsync(), "Cost this month").Note.Should().Contain("cost allocation tag 'Environment'");

        _costs.GetCostAndUsageAsync(Arg.Any<GetCostAndUsageRequest>(), Arg.Any<CancellationToken>()).Returns<GetCostAndUsageResponse>(_ => throw new DataUnavailableException("no data"));
        Section(await ReadAsync(), "Cost this month").Note.Should().Contain("no data yet");

        Section(await ReadAsync(isBilled: false), "Cost this month").Note.Should().Be("The local cloud has no bill. On AWS the templates would cost $100 a month.");
        _time.SetUtcNow(new DateTimeOffset(2026, 7, 1, 0, 0, 0, TimeSpan.Zero));
        Section(await ReadAsync(), "Cost this month").Note.Should().Be("The month has just begun.");
    }

    [Fact]
    public async Task ThePage_NeedsNoScript_AndBothFormsQuoteWhatTheySay()
    {
        var report = await ReadAsync();

        report.ToHtml().Should().Contain("color-scheme: light dark").And.Contain("&lt;b&gt;second&lt;/b&gt;").And.NotContain("<b>").And.NotContain("<script").And.NotContain("src=");
        report.ToMarkdown().Split('\n').Should().Contain("| **critical** | backend | 1 | 2 | 0 | 2026-06-01 |").And.Contain("""| errors | backend | 2 | 1 | {"level":"error","message":"&lt;b>second&lt;/b> \| of two"} |""");
    }

    [Fact]
    public async Task AnImageWithoutAScan_SaysWhy()
    {
        _ecr.DescribeImagesAsync(Arg.Any<DescribeImagesRequest>(), Arg.Any<CancellationToken>()).Returns(new DescribeImagesResponse
        {
            ImageDetails = [new() { ImageScanStatus = new() { Status = "FINDINGS_UNAVAILABLE", Description = "no database" } }],
        });

        Rows(await ReadAsync(), "Findings in the running images")[0].Should().Be("Warning: unknown | auth-service |  |  |  | FINDINGS_UNAVAILABLE: no database");
    }

    private static OpsSection Section(OpsReport report, string title) => report.Sections.Single(section => section.Title == title);

    private static List<string> Rows(OpsReport report, string title) => [.. Section(report, title).Rows.Select(row => $"{row.Mark}: {string.Join(" | ", row.Cells)}")];

    private Task<OpsReport> ReadAsync(bool isBilled = true) => new OpsReportReader(_cloudWatch, _ecr, _costs, _system.Target.Cluster!, _time).ReadAsync(
        new OpsReportRequest
        {
            Environment = "staging",
            Checks = new CheckResults([new("alarms", "", CheckStatus.Passed, "4 are on", null, 1, TimeSpan.Zero), new("backups", "", CheckStatus.Failed, "none are kept", "switch them on", 3, TimeSpan.Zero)], TimeSpan.Zero),
            Estimate = new CostEstimate("staging", "ap-northeast-2", "2026-06", [new("data", "Database", "AWS::RDS::DBInstance", "instance", 100, new Price("k", 1, "hour", "2026-06", true, ""), false)], []),
            Metrics = [new("tiketi-db: CPU (%)", "AWS/RDS", "CPUUtilization", "DBInstanceIdentifier", "tiketi-db", 80), new("tiketi-redis: memory (%)", "AWS/ElastiCache", "DatabaseMemoryUsagePercentage", "CacheClusterId", "tiketi-redis-001", 80)],
            Images = new Dictionary<string, string>(StringComparer.Ordinal) { ["backend"] = $"1.dkr.ecr.ap-northeast-2.amazonaws.com/tiketi/backend@{Digest}", ["auth-service"] = $"1.dkr.ecr.ap-northeast-2.amazonaws.com/tiketi/auth-service@{Digest}" },
            Services = ["backend", "auth-service"],
            IsBilled = isBilled,
        },
        TestContext.Current.CancellationToken);
}
