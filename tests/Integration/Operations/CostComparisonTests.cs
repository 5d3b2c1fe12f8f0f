using Tiketi.Pipeline.Cost;
using Tiketi.Testing;

namespace Tiketi.Integration.Operations;

/// <summary>What a plan costs more or less, from what CloudFormation has and what the templates say.</summary>
public sealed class CostComparisonTests(LocalAws aws) : IClassFixture<LocalAws>
{
    private const string Region = "ap-northeast-2";

    private const string Secrets = """
        Parameters: { Environment: { Type: String }, Second: { Type: String, Default: "no" } }
        Conditions: { HasSecond: !Equals [!Ref Second, "yes"] }
        Resources:
          One: { Type: AWS::SecretsManager::Secret, Properties: { Name: !Sub "cost/${Environment}/one" } }
          Two: { Type: AWS::SecretsManager::Secret, Condition: HasSecond, Properties: { Name: !Sub "cost/${Environment}/two" } }
        """;

    [Fact]
    public async Task A_plan_is_told_with_what_it_changes_about_the_bill()
    {
        var estimator = new CostEstimator(PriceTable.Load(Path.Combine(Repository.Root, "infra", "prices"), Region));
        var comparison = new CostComparison(estimator, aws.CloudFormationIn);
        var small = aws.Environment("cost", ("secrets", Secrets));
        var large = small with { Parameters = new Dictionary<string, string>(StringComparer.Ordinal) { ["Second"] = "yes" } };

        var (nothing, first) = await comparison.CompareAsync(small, await aws.Deployer.PlanAsync(small, TestContext.Current.CancellationToken), Region, TestContext.Current.CancellationToken);
        nothing.Total.Should().Be(0, "nothing is deployed yet");
        first.Total.Should().BePositive();

        await aws.Deployer.ApplyAsync(large, TestContext.Current.CancellationToken);
        var (before, after) = await comparison.CompareAsync(small, await aws.Deployer.PlanAsync(small, TestContext.Current.CancellationToken), Region, TestContext.Current.CancellationToken);
        before.Total.Should().Be(2 * first.Total, "the deployed stack has the second one, whatever the template's default is");
        after.Total.Should().Be(first.Total);
        CostText.Difference(before, after).Should().Be($"Cost: ${before.Total:0.00} -> ${after.Total:0.00} a month (-${first.Total:0.00})");
    }
}
