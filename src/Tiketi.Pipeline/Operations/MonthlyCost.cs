using System.Globalization;
using Amazon.CostExplorer;
using Amazon.CostExplorer.Model;
using Tiketi.Pipeline.Aws;
using Tiketi.Pipeline.Cost;

namespace Tiketi.Pipeline.Operations;

/// <summary>What the environment has cost this month, beside the share of the estimate that these days should have cost.</summary>
internal sealed class MonthlyCost(IAmazonCostExplorer costExplorer, TimeProvider time)
{
    private const string Title = "Cost this month";

    // A quarter above the estimate is worth a look, not yet an alarm.
    private const decimal Tolerance = 1.25m;

    public async Task<OpsSection> ReadAsync(string environment, CostEstimate estimate, CancellationToken cancellationToken)
    {
        // Cost Explorer knows whole days, and the end is the first day that is not in it: on the 1st there is none yet.
        var today = time.GetUtcNow().UtcDateTime.Date;
        var first = new DateTime(today.Year, today.Month, 1, 0, 0, 0, DateTimeKind.Utc);
        if (today == first)
        {
            return new OpsSection(Title, [], [], "The month has just begun.");
        }

        try
        {
            var answer = await costExplorer.GetCostAndUsageAsync(
                new GetCostAndUsageRequest
                {
                    TimePeriod = new DateInterval { Start = Day(first), End = Day(today) },
                    Granularity = Granularity.MONTHLY,
                    Metrics = ["UnblendedCost"],
                    GroupBy = [new GroupDefinition { Type = GroupDefinitionType.DIMENSION, Key = "SERVICE" }],
                    Filter = new Expression { Tags = new TagValues { Key = "Environment", Values = [environment] } },
                },
                cancellationToken);
            var services = (answer.ResultsByTime ?? []).SelectMany(result => result.Groups ?? [])
                .Select(group => (Name: string.Join(", ", group.Keys), Usd: decimal.Parse(group.Metrics["UnblendedCost"].Amount, CultureInfo.InvariantCulture)))
                .OrderByDescending(service => service.Usd).ToList();
            return Compare(services, estimate, (today - first).Days, DateTime.DaysInMonth(today.Year, today.Month));
        }
        catch (DataUnavailableException)
        {
            return new OpsSection(Title, [], [], "Cost Explorer has no data yet: it takes a day after it was switched on.");
        }
        catch (Exception exception) when (AwsFailure.Explain(exception) is { } explained)
        {
            return new OpsSection(Title, [], [], $"Cost Explorer could not be asked: {explained.Message}");
        }
    }

    private static OpsSection Compare(List<(string Name, decimal Usd)> services, CostEstimate estimate, int days, int month)
    {
        var (actual, expected) = (services.Sum(service => service.Usd), estimate.Total * days / month);
        if (actual == 0)
        {
            return new OpsSection(Title, [], [], "No cost is tagged with this environment. Activate the cost allocation tag 'Environment' under Billing, Cost allocation tags; it counts from the next day on.");
        }

        var mark = actual > expected * Tolerance ? OpsMark.Warning : OpsMark.Good;
        return new OpsSection(
            Title, ["", "Service", "US dollars"],
            [
                new OpsRow(mark, mark == OpsMark.Warning ? "more" : "fine", "Together", Money(actual)),
                new OpsRow(OpsMark.None, "expected", $"Estimate for {days} of {month} days", Money(expected)),
                .. services.Where(service => service.Usd >= 0.01m).Select(service => new OpsRow(OpsMark.None, "", service.Name, Money(service.Usd))),
            ],
            $"Until yesterday. ./build.sh EstimateCost tells the estimate (${Money(estimate.Total)} a month) resource by resource.");
    }

    private static string Day(DateTime date) => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static string Money(decimal usd) => usd.ToString("0.00", CultureInfo.InvariantCulture);
}
