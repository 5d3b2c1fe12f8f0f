using Tiketi.Pipeline.Infrastructure;

namespace Tiketi.Pipeline.Tests.Infrastructure;

public sealed class StackGraphTests
{
    [Fact]
    public void Stacks_ComeAfterWhatTheyImportFrom()
    {
        var graph = StackGraph.Build([
            Stack("cluster", imports: ["VpcId", "DatabaseEndpoint"]), Stack("data", exports: ["DatabaseEndpoint"], imports: ["VpcId"]),
            Stack("network", exports: ["VpcId"]), Stack("registry")]);

        graph.Stacks.Select(stack => stack.Name).Should().Equal("network", "data", "cluster", "registry");
        graph.Needs("cluster").Should().Equal("data", "network");
        graph.Needs("registry").Should().BeEmpty();
        graph.NeededBy("network").Should().BeEquivalentTo("data", "cluster");
    }

    [Fact]
    public void AnImportNobodyExports_IsNamedWithFileAndPlaceAndTheNearestName()
    {
        var error = FluentActions.Invoking(() => StackGraph.Build([Stack("data", imports: ["VpcID"]), Stack("network", exports: ["VpcId"])]))
            .Should().Throw<PipelineException>().Which;

        error.Message.Should().Be("infra/data.yaml(5): Resources.A.Properties.I0 imports \"tiketi-${Environment}-VpcID\", which no stack exports.");
        error.Remedy.Should().Contain("\"tiketi-${Environment}-VpcId\" (infra/network.yaml)");
    }

    [Fact]
    public void ACircle_IsNamedFromEndToEnd()
    {
        var error = FluentActions.Invoking(() => StackGraph.Build([
                Stack("a", exports: ["A"], imports: ["B"]), Stack("b", exports: ["B"], imports: ["C"]), Stack("c", exports: ["C"], imports: ["A"])]))
            .Should().Throw<PipelineException>().Which;

        error.Message.Should().Contain("a -> b -> c -> a").And.Contain("infra/b.yaml imports \"tiketi-${Environment}-C\"");
    }

    [Fact]
    public void AnExportMadeTwice_IsNamedWithBothFiles() =>
        FluentActions.Invoking(() => StackGraph.Build([Stack("a", exports: ["X"]), Stack("b", exports: ["X"])]))
            .Should().Throw<PipelineException>().WithMessage("infra/b.yaml*infra/a.yaml*");

    /// <summary>A template with the given exports and imports, which are its resource's properties I0, I1 ... from line 5 on.</summary>
    internal static StackTemplate Stack(string name, string[]? exports = null, string[]? imports = null, bool sized = true)
    {
        var lines = new List<string> { "Resources:", "  A:", "    Type: AWS::S3::Bucket", "    Properties:" };
        lines.AddRange((imports ?? []).Select((import, i) => $"      I{i}: {{\"Fn::ImportValue\": !Sub \"tiketi-${{Environment}}-{import}\"}}"));
        lines.Add("      Z: 1");
        lines.Add("Parameters:");
        lines.Add("  Environment: {Type: String}");
        if (sized)
        {
            lines.Add("  Size: {Type: String, Default: small}");
        }

        if (exports is not null)
        {
            lines.Add("Outputs:");
            lines.AddRange(exports.Select(export => $"  {export}: {{Value: v, Export: {{Name: !Sub \"tiketi-${{Environment}}-{export}\"}}}}"));
        }

        return StackTemplate.Parse(name, $"infra/{name}.yaml", string.Join('\n', lines));
    }
}
