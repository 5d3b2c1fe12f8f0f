using Tiketi.Pipeline.Cost;
using Tiketi.Pipeline.Infrastructure;

/// <summary>What an environment costs a month.</summary>
interface ICost : IHazEnvironment
{
    void EstimateCost()
    {
        // The local cloud costs nothing: its estimate is what the same templates would cost on AWS.
        var table = PriceTable.Load(RootDirectory / "infra" / "prices", Session.Settings.Region);
        var estimate = new CostEstimator(table).Estimate(Session.Infrastructure, Session.Settings.Region);
        Printing.Show("Cost a month, US dollars", CostText.ToLines(estimate));
        Printing.Show("Beside the guide's chapter 17", GuideComparison.ToLines(estimate));
        this.Report(("A month", $"${estimate.Total:0}"), ("By use", $"${estimate.ByUsage:0}"), ("Not priced", estimate.Unpriced.Count));
    }
}
