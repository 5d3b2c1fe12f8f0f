using System.Text.Json;
using System.Text.Json.Nodes;
using Tiketi.LocalCloud.CloudFormation;
using Tiketi.LocalCloud.CloudFormation.Records;
using Tiketi.LocalCloud.Hosting;

namespace Tiketi.LocalCloud.CloudWatch;

/// <summary>Alarms and dashboards, recorded: there are no metrics that could raise one.</summary>
internal static class CloudWatchTypes
{
    public const string Alarm = "AWS::CloudWatch::Alarm";
    public const string Dashboard = "AWS::CloudWatch::Dashboard";

    private static readonly HashSet<string> Comparisons = new(StringComparer.Ordinal)
    {
        "GreaterThanThreshold", "GreaterThanOrEqualToThreshold", "LessThanThreshold", "LessThanOrEqualToThreshold",
        "GreaterThanUpperThreshold", "LessThanLowerThreshold", "LessThanLowerOrGreaterThanUpperThreshold",
    };

    public static IEnumerable<RecordedType> All(LocalCloudSettings settings) =>
    [
        new(Alarm, ["AlarmName"], request => request.Properties.Text("AlarmName") ?? ResourceNames.Generated(request, 255),
            (id, _) => new(StringComparer.Ordinal) { ["Arn"] = $"arn:aws:cloudwatch:{settings.Region}:{LocalCloudSettings.AccountId}:alarm:{id}" })
        {
            Names = new("ComparisonOperator EvaluationPeriods", "ActionsEnabled AlarmActions AlarmDescription AlarmName DatapointsToAlarm Dimensions EvaluateLowSampleCountPercentile EvaluationCriteria EvaluationInterval ExtendedStatistic InsufficientDataActions MetricName Metrics Namespace OKActions Period Statistic Tags Threshold ThresholdMetricId TreatMissingData Unit"),
            Check = (request, records, id) =>
            {
                PlainTypes.RefuseTaken(records, Alarm, id, request.Properties.Text("AlarmName"), $"{request.Properties.Text("AlarmName")} already exists");
                CheckAlarm(request.Properties);
            },
        },
        new(Dashboard, ["DashboardName"], request => request.Properties.Text("DashboardName") ?? ResourceNames.Generated(request, 255), (_, _) => [])
        {
            Names = new("DashboardBody", "DashboardName Tags"),
            Check = (request, records, id) =>
            {
                PlainTypes.RefuseTaken(records, Dashboard, id, request.Properties.Text("DashboardName"), $"{request.Properties.Text("DashboardName")} already exists");
                CheckDashboard(request.Properties.RequiredText("DashboardBody"));
            },
        },
    ];

    private static void CheckAlarm(JsonObject properties)
    {
        if (!Comparisons.Contains(properties.RequiredText("ComparisonOperator")))
        {
            throw new ResourceException($"1 validation error detected: Value '{properties.Text("ComparisonOperator")}' at 'comparisonOperator' failed to satisfy constraint");
        }

        if (properties.ContainsKey("MetricName") == properties.ContainsKey("Metrics"))
        {
            throw new ResourceException("Exactly one of MetricName and Metrics must be given (Service: CloudWatch, Status Code: 400)");
        }

        var metrics = properties.Objects("Metrics");
        if (metrics.Count > 0 && metrics.Count(metric => metric.Flag("ReturnData", otherwise: true)) != 1)
        {
            throw new ResourceException("Exactly one element of the metrics list should return data. (Service: CloudWatch, Status Code: 400)");
        }

        foreach (var action in properties.Texts("AlarmActions").Concat(properties.Texts("OKActions")).Where(action => !action.StartsWith("arn:", StringComparison.Ordinal)))
        {
            throw new ResourceException($"Invalid arn syntax: {action} (Service: CloudWatch, Status Code: 400)");
        }
    }

    private static void CheckDashboard(string body)
    {
        try
        {
            if (JsonNode.Parse(body)?["widgets"] is JsonArray)
            {
                return;
            }
        }
        catch (JsonException)
        {
            // Refused below, as a body without widgets is.
        }

        throw new ResourceException("The field DashboardBody must be a valid JSON object with widgets (Service: CloudWatch, Status Code: 400)");
    }
}
