using System.Globalization;
using Amazon.CloudWatch;
using Amazon.CloudWatch.Model;
using Amazon.CostExplorer;
using Amazon.ECR;
using k8s;
using Tiketi.Pipeline.Cost;
using Tiketi.Pipeline.Verification;

namespace Tiketi.Pipeline.Operations;

/// <summary>Whose report. What is null is left out, with its reason.</summary>
public sealed record OpsReportRequest
{
    public required string Environment { get; init; }

    /// <summary>What the checks found: alarms, backups and the rest.</summary>
    public required CheckResults Checks { get; init; }

    public required CostEstimate Estimate { get; init; }

    /// <summary>What is measured.</summary>
    public IReadOnlyList<OpsMetric> Metrics { get; init; } = [];

    /// <summary>"repository@sha256:..." by service, as the running release names them.</summary>
    public IReadOnlyDictionary<string, string> Images { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    public string Namespace { get; init; } = "tiketi";

    public required IReadOnlyList<string> Services { get; init; }

    /// <summary>Whether there is a bill: the local cloud has none.</summary>
    public bool IsBilled { get; init; } = true;
}

/// <summary>One metric of the last seven days.</summary>
/// <param name="Name">"RDS: CPU (%)".</param>
/// <param name="Namespace">"AWS/RDS".</param>
/// <param name="Metric">"CPUUtilization".</param>
/// <param name="Dimension">"DBInstanceIdentifier".</param>
/// <param name="Value">"tiketi-db".</param>
/// <param name="High">From which value upward it is worth a look; null for none.</param>
public sealed record OpsMetric(string Name, string Namespace, string Metric, string Dimension, string Value, double? High);

/// <summary>Puts an environment's week together: health, metrics, scan findings, errors in logs, cost beside the estimate.</summary>
public sealed class OpsReportReader(IAmazonCloudWatch cloudWatch, IAmazonECR ecr, IAmazonCostExplorer costExplorer, IKubernetes cluster, TimeProvider time)
{
    private static readonly TimeSpan Week = TimeSpan.FromDays(7);

    public async Task<OpsReport> ReadAsync(OpsReportRequest request, CancellationToken cancellationToken = default)
    {
        var metrics = MetricsAsync(request, cancellationToken);
        var findings = new ScanFindings(ecr).ReadAsync(request.Images, cancellationToken);
        var errors = new LogErrors(cluster, time).ReadAsync(request.Namespace, request.Services, cancellationToken);
        var cost = request.IsBilled ? new MonthlyCost(costExplorer, time).ReadAsync(request.Environment, request.Estimate, cancellationToken)
            : Task.FromResult(new OpsSection("Cost this month", [], [], $"The local cloud has no bill. On AWS the templates would cost ${request.Estimate.Total.ToString("0", CultureInfo.InvariantCulture)} a month."));
        return new OpsReport(request.Environment, time.GetUtcNow(),
        [
            Health(request.Checks),
            await metrics with { Id = "metrics", Remedy = "See which hours it was in CloudWatch; if they were busy ones, give it more: its size in infra/, replicas and limits in k8s/." },
            await findings with { Id = "scan-findings", Remedy = "Build on a patched base image (./build.sh BuildImages --no-cache), deploy, and look again; docs/registry.md tells how to accept a finding. Where it says unknown, the reason stands beside it." },
            await errors with { Id = "log-errors", Remedy = "./build.sh Diagnose names what does not run; kubectl logs -n NAMESPACE deployment/SERVICE shows the lines." },
            await cost with { Id = "cost", Remedy = "./build.sh EstimateCost tells the estimate resource by resource, ./build.sh DriftInfra what somebody changed past the templates." },
        ]);
    }

    private static OpsSection Health(CheckResults checks) => new(
        "Health, alarms and backups", ["", "Check", "Seen", "What to do"],
        [.. checks.Checks.OrderBy(check => check.Status switch { CheckStatus.Failed => 0, CheckStatus.Warning => 1, CheckStatus.Passed => 2, _ => 3 }).Select(check => new OpsRow(
            check.Status switch { CheckStatus.Failed => OpsMark.Bad, CheckStatus.Warning => OpsMark.Warning, CheckStatus.Passed => OpsMark.Good, _ => OpsMark.None },
            check.Status.ToString().ToLowerInvariant(), check.Id, check.Evidence, check.Remedy ?? ""))]);

    private async Task<OpsSection> MetricsAsync(OpsReportRequest request, CancellationToken cancellationToken)
    {
        string[] columns = ["", "Metric", "Average", "Highest"];
        if (request.Metrics.Count == 0)
        {
            return new OpsSection("Metrics of seven days", columns, [], "Nothing is measured here.");
        }

        var end = time.GetUtcNow().UtcDateTime;
        var answer = await cloudWatch.GetMetricDataAsync(
            new GetMetricDataRequest
            {
                StartTime = end - Week,
                EndTime = end,
                MetricDataQueries = [.. request.Metrics.SelectMany((metric, index) => new[] { Query($"a{index}", "Average", metric), Query($"m{index}", "Maximum", metric) })],
            },
            cancellationToken);
        var values = (answer.MetricDataResults ?? []).ToDictionary(result => result.Id, result => result.Values ?? [], StringComparer.Ordinal);
        return new OpsSection("Metrics of seven days", columns, [.. request.Metrics.Select((metric, index) => Row(metric, values.GetValueOrDefault($"a{index}") ?? [], values.GetValueOrDefault($"m{index}") ?? []))]);
    }

    private static OpsRow Row(OpsMetric metric, List<double> averages, List<double> highest)
    {
        if (averages.Count == 0 || highest.Count == 0)
        {
            return new OpsRow(OpsMark.None, "no data", metric.Name, "", "");
        }

        var high = highest.Max() >= metric.High;
        return new OpsRow(
            high ? OpsMark.Warning : OpsMark.Good, high ? "high" : "fine", metric.Name,
            averages.Average().ToString("0.#", CultureInfo.InvariantCulture), highest.Max().ToString("0.#", CultureInfo.InvariantCulture));
    }

    private static MetricDataQuery Query(string id, string statistic, OpsMetric metric) => new()
    {
        Id = id,
        MetricStat = new MetricStat
        {
            Metric = new Metric { Namespace = metric.Namespace, MetricName = metric.Metric, Dimensions = [new Dimension { Name = metric.Dimension, Value = metric.Value }] },
            Period = 3600,
            Stat = statistic,
        },
    };
}
