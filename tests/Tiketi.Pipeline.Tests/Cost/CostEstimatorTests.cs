using Tiketi.Pipeline.Configuration;
using Tiketi.Pipeline.Cost;
using Tiketi.Pipeline.Infrastructure;
using Tiketi.Testing;

namespace Tiketi.Pipeline.Tests.Cost;

/// <summary>What the repository's own environments cost, from its own templates and price table.</summary>
public sealed class CostEstimatorTests
{
    private const string Region = "ap-northeast-2";

    private static readonly PriceTable Table = PriceTable.Load(Path.Combine(Repository.Root, "infra", "prices"), Region);

    [Fact]
    public void Every_resource_of_infra_is_priced_or_known_to_be_free()
    {
        foreach (var environment in new[] { "production", "staging" })
        {
            Estimate(environment).Unpriced.Should().BeEmpty("environment {0} should have no resource whose cost is not known", environment);
        }
    }

    [Fact]
    public void Production_is_added_up_from_its_own_parameters()
    {
        var production = Estimate("production");

        Line(production, "Database", "instance and standby").Should().Match<CostLine>(line => line.Price.Key == "rds.db.r6g.large" && line.Quantity == 1460);
        Line(production, "Redis", "nodes").Quantity.Should().Be(2 * 730);
        Line(production, "Nodes", "nodes").Should().Match<CostLine>(line => line.Price.Key == "ec2.t3.medium" && line.Monthly == 75.92m);
        Line(production, "Nodes", "disks").Quantity.Should().Be(2 * 30, "the disk's size stands in the launch template");
        production.Lines.Count(line => line is { Type: "AWS::EC2::NatGateway", What: "gateway" }).Should().Be(2);
        production.Lines.Where(line => line.Type == "Application Load Balancer").Should().HaveCount(3);
        production.Total.Should().Be(production.Lines.Sum(line => line.Quantity * line.Price.Usd)).And.BeGreaterThan(400);
    }

    [Fact]
    public void Parameters_and_conditions_change_the_sum()
    {
        var (production, staging) = (Estimate("production"), Estimate("staging"));

        staging.Lines.Count(line => line is { Type: "AWS::EC2::NatGateway", What: "gateway" }).Should().Be(1);
        Line(staging, "Database", "instance").Price.Key.Should().Be("rds.db.t3.medium");
        staging.Total.Should().BeLessThan(production.Total);
        CostText.Difference(staging, production).Should().MatchRegex(@"^Cost: \$[0-9.]+ -> \$[0-9.]+ a month \(\+\$[0-9.]+\)$");
        CostText.Difference(staging, staging).Should().MatchRegex(@"^Cost: \$[0-9.]+ a month, as before$");
    }

    [Fact]
    public void Working_hours_save_what_nodes_and_database_cost_while_they_are_stopped()
    {
        var staging = Estimate("staging");
        var stopped = Line(staging, "Nodes", "nodes").Monthly + Line(staging, "Database", "instance").Monthly;

        ScheduleSavings.Of(staging, "8-20").Should().BeApproximately(stopped * (168 - 60) / 168, 0.001m).And.BePositive();
        ScheduleSavings.Of(staging, "0-23").Should().BeLessThan(ScheduleSavings.Of(staging, "8-20"));
        FluentActions.Invoking(() => ScheduleSavings.Of(staging, "20-8")).Should().Throw<PipelineException>().Which.Remedy.Should().Contain("8-20");
    }

    [Fact]
    public void The_comparison_with_the_guide_loses_nothing()
    {
        var estimate = Estimate("production");
        var lines = GuideComparison.Of(estimate);

        lines.Sum(line => line.Ours).Should().Be(estimate.Total);
        lines.Sum(line => line.Guide).Should().BeInRange(350, 400, "that is the guide's own sum");
        lines.Single(line => line.Name == "NAT gateways").Ours.Should().BeGreaterThan(86, "two gateways alone are that much");
        lines.Single(line => line.Name == "Database").Why.Should().Be("here db.r6g.large, there db.t3.medium, at Virginia's price");
        var text = GuideComparison.ToLines(estimate);
        text.Should().Contain(line => line.Contains("350-400")).And.OnlyContain(line => line.Length <= 120);
        var most = new[] { "Redis", "Database", "NAT gateways" };
        text[^1].Should().Be($"${lines.Where(line => most.Contains(line.Name)).Sum(line => line.More):0.00} of what is more comes from Redis, Database, NAT gateways.");
    }

    [Fact]
    public void What_is_not_known_is_reported_and_never_free()
    {
        var template = StackTemplate.Parse("extra", "infra/extra.yaml", """
            Resources:
              Function: { Type: AWS::Lambda::Function, Properties: { Runtime: nodejs20.x } }
              Cache: { Type: AWS::ElastiCache::ReplicationGroup, Properties: { CacheNodeType: cache.x99.huge, NumCacheClusters: 2 } }
            """);
        var estimate = new CostEstimator(Table).Estimate(new InfrastructureRequest { Environment = "test", Graph = StackGraph.Build([template]) }, Region);

        estimate.Unpriced.Select(resource => (resource.LogicalId, resource.Reason)).Should().Equal(
            ("Function", "what this type costs is not known to Tiketi.Pipeline"),
            ("Cache", "infra/prices/ap-northeast-2.csv has no price elasticache.cache.x99.huge"));
        CostText.ToLines(estimate).Should().Contain("NOT PRICED  extra/Function (AWS::Lambda::Function): what this type costs is not known to Tiketi.Pipeline")
            .And.Contain(line => line.Contains("without 2 resources that are not priced"));
    }

    [Fact]
    public void Prices_are_dated_sourced_and_honest_about_themselves()
    {
        Table.Prices.Should().OnlyContain(price => price.Usd > 0 && price.Source.StartsWith("https://aws.amazon.com/"));
        Table.Prices.Should().OnlyContain(price => IsMonth(price.AsOf));
        Table.Prices.Should().Contain(price => !price.IsConfirmed);
        var estimate = Estimate("production");
        estimate.Lines.Where(line => !line.Price.IsConfirmed).Select(line => line.Price.Key).Should().Equal(
            ["rds.db.r6g.large", "elasticache.cache.r6g.large"], "docs/operations.md names the prices that production's sum still takes on trust");
        CostText.ToLines(estimate)[^1].Should().StartWith("Prices are On-Demand of 2026-").And.Contain("not checked against AWS's list");
    }

    [Fact]
    public void A_line_that_is_not_readable_is_named()
    {
        var folder = Directory.CreateTempSubdirectory("prices-");
        File.WriteAllText(Path.Combine(folder.FullName, "mars-1.csv"), "key,usd,unit,as_of,basis,source\nnat.gateway,much,hour,2026-11,confirmed,https://x\n");

        FluentActions.Invoking(() => PriceTable.Load(folder.FullName, "mars-1")).Should().Throw<PipelineException>().WithMessage("infra/prices/mars-1.csv(2):*");
        FluentActions.Invoking(() => PriceTable.Load(folder.FullName, "venus-1")).Should().Throw<PipelineException>().WithMessage("There is no price table of region venus-1.");
        folder.Delete(recursive: true);
    }

    private static bool IsMonth(string text) => DateOnly.TryParseExact(text, "yyyy-MM", System.Globalization.CultureInfo.InvariantCulture, System.Globalization.DateTimeStyles.None, out _);

    private static CostEstimate Estimate(string environment)
    {
        var settings = EnvironmentFile.Load(Path.Combine(Repository.Root, "environments"), environment);
        var graph = StackGraph.Load(Path.Combine(Repository.Root, "infra"));
        var parameters = settings.Parameters.ToDictionary(StringComparer.Ordinal);
        if (settings.Domain is { } domain && graph.Stacks.Any(stack => stack.Parameters.ContainsKey("Domain")))
        {
            parameters.TryAdd("Domain", domain);
        }

        return new CostEstimator(Table).Estimate(new InfrastructureRequest { Environment = environment, Graph = graph, Parameters = parameters }, Region);
    }

    private static CostLine Line(CostEstimate estimate, string logicalId, string what) => estimate.Lines.Single(line => line.LogicalId == logicalId && line.What == what);
}
