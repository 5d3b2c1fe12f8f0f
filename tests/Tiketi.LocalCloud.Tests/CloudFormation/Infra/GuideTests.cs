using System.Text.Json.Nodes;

namespace Tiketi.LocalCloud.Tests.CloudFormation.Infra;

/// <summary>Every fact that the deployment guide states about AWS resources, held against what production gets.</summary>
public sealed class GuideTests(ProductionInfra infra) : IClassFixture<ProductionInfra>
{
    public static TheoryData<string, string, string, string> Facts { get; } =
        [.. GuideFacts.All.Select(fact => new TheoryDataRow<string, string, string, string>(fact.Chapter, fact.Name, fact.Path, fact.Expected))];

    [Theory]
    [MemberData(nameof(Facts))]
    public void The_guide_is_kept(string chapter, string fact, string path, string expected)
    {
        var steps = path.Split(" > ");
        var found = Find(infra.Properties(steps[0], steps[1]), steps[2..]);
        found.Should().Be(Resolve(expected), "chapter {0} says so: {1}", chapter, fact);
    }

    [Fact]
    public void No_fact_stands_twice() => GuideFacts.All.Select(fact => fact.Path + fact.Name).Should().OnlyHaveUniqueItems();

    /// <summary>
    /// What lies at the path: a property; an item of a list by its number, of tags and dimensions by their name, of anything by
    /// "Property=value"; all items by "*". A list is told as its items with commas between them.
    /// </summary>
    internal static string? Find(JsonNode? node, ReadOnlySpan<string> steps)
    {
        if (steps.Length == 0)
        {
            return node is JsonArray all ? string.Join(", ", all.Select(item => Find(item, []))) : node?.ToString();
        }

        var (step, rest) = (steps[0], steps[1..].ToArray());
        if (node is not JsonArray list)
        {
            return Find(node?[step], rest);
        }

        if (step == "*")
        {
            return string.Join(", ", list.Select(item => Find(item, rest)));
        }

        var item = int.TryParse(step, out var index) ? list[index]
            : step.Split('=', 2) is [var name, var value] ? list.FirstOrDefault(candidate => candidate?[name]?.ToString() == value)
            : list.FirstOrDefault(candidate => (candidate?["Key"] ?? candidate?["Name"])?.ToString() == step)?["Value"];
        return Find(item, rest);
    }

    /// <summary>"@network.Vpc" stands for that resource's Ref.</summary>
    private string Resolve(string expected) => string.Join(", ", expected.Split(", ").Select(part =>
        part.StartsWith('@') && part[1..].Split('.') is [var stack, var resource] ? infra.Applied[stack].Resources[resource].PhysicalId : part));
}
