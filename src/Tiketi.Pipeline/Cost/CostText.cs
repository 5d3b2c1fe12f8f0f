using System.Globalization;

namespace Tiketi.Pipeline.Cost;

/// <summary>An estimate as people read it.</summary>
public static class CostText
{
    /// <summary>Resource by resource, the sum, and what the sum rests on.</summary>
    public static IReadOnlyList<string> ToLines(CostEstimate estimate)
    {
        ArgumentNullException.ThrowIfNull(estimate);
        return
        [
            .. estimate.Lines.GroupBy(line => (line.Stack, line.LogicalId)).SelectMany(Resource),
            .. estimate.Unpriced.Select(resource => $"NOT PRICED  {resource.Stack}/{resource.LogicalId} ({resource.Type}): {resource.Reason}"),
            $"Together ${GuideComparison.Money(estimate.Total)} a month in {estimate.Region}{(estimate.Unpriced.Count == 0 ? "" : $", without {estimate.Unpriced.Count} resources that are not priced")}.",
            $"${GuideComparison.Money(estimate.ByUsage)} of it (*) is by use, as infra/prices/usage.csv assumes.",
            $"Prices are On-Demand of {estimate.AsOf}, before tax; ${GuideComparison.Money(estimate.Unconfirmed)} of the sum (~) rests on unit prices not checked against AWS's list.",
        ];
    }

    /// <summary>What a plan would change: the difference of two estimates.</summary>
    public static string Difference(CostEstimate before, CostEstimate after)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        var change = after.Total - before.Total;
        return Math.Abs(change) < 0.005m ? $"Cost: ${GuideComparison.Money(after.Total)} a month, as before"
            : $"Cost: ${GuideComparison.Money(before.Total)} -> ${GuideComparison.Money(after.Total)} a month ({(change > 0 ? "+" : "-")}${GuideComparison.Money(Math.Abs(change))})";
    }

    private static IEnumerable<string> Resource(IGrouping<(string Stack, string LogicalId), CostLine> resource)
    {
        yield return $"{GuideComparison.Money(resource.Sum(line => line.Monthly)),9}  {resource.Key.Stack}/{resource.Key.LogicalId} ({resource.First().Type})";
        foreach (var line in resource)
        {
            var marks = (line.IsUsage ? "*" : "") + (line.Price.IsConfirmed ? "" : "~");
            yield return $"             {GuideComparison.Money(line.Monthly),9}{marks,-2} {line.What}: {line.Quantity.ToString("#,0.##", CultureInfo.InvariantCulture)} {line.Price.Unit} of {line.Price.Key} at ${line.Price.Usd.ToString("0.00######", CultureInfo.InvariantCulture)}";
        }
    }
}
