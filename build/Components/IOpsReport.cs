using Tiketi.Pipeline.Operations;
using Tiketi.Pipeline.Releases;
using Tiketi.Pipeline.Verification;

/// <summary>The environment's week on one page.</summary>
interface IOpsReport : ISmokeTest, ICost
{
    /// <summary>What is true or not however busy the system is; the others are for after a deployment.</summary>
    static readonly string[] Watched =
    [
        "alarms", "alarms-quiet", "backups", "rds", "elasticache", "certificates", "waf", "load-balancer", "nodes", "deployments", "pods", "autoscalers", "stacks", "distribution",
    ];

    async Task OpsReportAsync()
    {
        var checks = await new CheckRunner(TimeProvider.System, Session.Logger<CheckRunner>()).RunAsync(
            SmokeTestChecks.For(await SmokeTestTargetAsync(), TimeProvider.System, Session.Http),
            new CheckSelection { Only = Watched, Warnings = Session.Settings.SmokeTest.Warnings }, Session.Cancellation);
        var report = await ReadReportAsync(checks);
        (TemporaryDirectory / "ops-report.html").WriteAllText(report.ToHtml());
        (TemporaryDirectory / "ops-report.md").WriteAllText(report.ToMarkdown());
        Log.Information("The report is in {Html:l} and {Markdown:l}", TemporaryDirectory / "ops-report.html", TemporaryDirectory / "ops-report.md");
        JobSummary.AddMarkdown("Operations", report.ToMarkdown());
        this.Report(
            ("Bad", report.Sections.Sum(section => section.Rows.Count(row => row.Mark == OpsMark.Bad))),
            ("Worth a look", report.Sections.Sum(section => section.Rows.Count(row => row.Mark == OpsMark.Warning))));
    }

    /// <param name="checks">What the checks found: the report's first section.</param>
    async Task<OpsReport> ReadReportAsync(CheckResults checks)
    {
        var releases = await new ReleaseStore(await Session.Kubernetes, Session.Settings.Namespace).ListAsync(Session.Cancellation);
        return await new OpsReportReader(Session.Aws.CloudWatch, Session.Aws.Ecr, Session.Aws.CostExplorer, await Session.Kubernetes, TimeProvider.System).ReadAsync(
            new OpsReportRequest
            {
                Environment = Session.Settings.Name,
                Checks = checks,
                Estimate = CostEstimator.Estimate(Session.Infrastructure, Session.Settings.Region),
                Metrics = OpsMetrics.Of(Session.Infrastructure),
                Images = releases.FirstOrDefault(release => release.Outcome == ReleaseOutcome.Succeeded)?.Images ?? new Dictionary<string, string>(StringComparer.Ordinal),
                Namespace = Session.Settings.Namespace,
                Services = [.. Session.Services.Select(service => service.Name)],
                IsBilled = !Session.IsLocal,
            },
            Session.Cancellation);
    }
}
