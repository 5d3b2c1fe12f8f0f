using Tiketi.Pipeline.Cost;
using Tiketi.Pipeline.Infrastructure;

/// <summary>What an environment costs a month.</summary>
interface ICost : IHazEnvironment
{
    CostEstimator CostEstimator => new(PriceTable.Load(RootDirectory / "infra" / "prices", Session.Settings.Region));

    void EstimateCost()
    {
        // The local cloud costs nothing: its estimate is what the same templates would cost on AWS.
        var estimate = CostEstimator.Estimate(Session.Infrastructure, Session.Settings.Region);
        Printing.Show("Cost a month, US dollars", CostText.ToLines(estimate));
        var hours = Session.Settings.Parameters.GetValueOrDefault("WorkHours");
        var (shown, verb) = string.IsNullOrEmpty(hours) ? ("8-20", "would save") : (hours, "saves");
        if (Session.Settings.Name != "production")
        {
            Printing.Show("Nights and weekends", [$"Stopping nodes and database outside of {shown} on weekdays (WorkHours, infra/schedule.yaml) {verb} ${ScheduleSavings.Of(estimate, shown):0} a month of that"]);
        }

        Printing.Show("Beside the guide's chapter 17", GuideComparison.ToLines(estimate));
        this.Report(("A month", $"${estimate.Total:0}"), ("By use", $"${estimate.ByUsage:0}"), ("Not priced", estimate.Unpriced.Count));
    }

    /// <summary>What the plan's changes would make of the monthly bill; EstimateCost tells it resource by resource.</summary>
    async Task ShowCostDifferenceAsync(InfrastructurePlan plan)
    {
        var (before, after) = await new CostComparison(CostEstimator, Session.Aws.CloudFormationIn).CompareAsync(Session.Infrastructure, plan, Session.Settings.Region, Session.Cancellation);
        Printing.Show("Cost", [CostText.Difference(before, after) + (Session.IsLocal ? " (if it were on AWS)" : "")]);
    }
}
