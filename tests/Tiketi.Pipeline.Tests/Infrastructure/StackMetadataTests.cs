using Tiketi.Pipeline.Infrastructure;

namespace Tiketi.Pipeline.Tests.Infrastructure;

/// <summary>What Metadata.Tiketi of a template may say, and what a graph and a request make of it.</summary>
public sealed class StackMetadataTests
{
    internal const string Edge = """
        Metadata: {Tiketi: {Region: us-east-1, When: Domain}}
        Parameters: {Domain: {Type: String, Default: ""}}
        Resources: {Certificate: {Type: "AWS::CertificateManager::Certificate"}}
        Outputs: {CertificateArn: {Value: !Ref Certificate}}
        """;

    internal const string SiteTemplate = """
        Metadata:
          Tiketi:
            ParametersFrom: {CertificateArn: edge.CertificateArn}
            Keep: [ApiAddress]
        Parameters:
          CertificateArn: {Type: String, Default: ""}
          ApiAddress: {Type: String, Default: ""}
        Resources: {Site: {Type: "AWS::CloudFront::Distribution"}}
        """;

    [Fact]
    public void EveryKey_IsRead()
    {
        Parse("edge", Edge).Metadata.Should().BeEquivalentTo(new StackMetadata { Region = "us-east-1", When = "Domain" });
        var frontend = Parse("frontend", SiteTemplate).Metadata;
        frontend.ParametersFrom.Should().ContainSingle().Which.Should().Be(KeyValuePair.Create("CertificateArn", new OutputSource("edge", "CertificateArn", 3)));
        frontend.Keep.Should().Equal("ApiAddress");
        Parse("x", "Metadata: {Other: {Region: x}}\nResources: {A: {Type: T}}").Metadata.Should().BeEquivalentTo(new StackMetadata());
    }

    [Theory]
    [InlineData("Regoin: us-east-1", "infra/x.yaml(1): Metadata.Tiketi has no key Regoin.")]
    [InlineData("When: Domian", "infra/x.yaml(1): Metadata.Tiketi names the parameter Domian, which the template does not declare.")]
    [InlineData("Keep: Domain", "infra/x.yaml(1): Keep is not a list.")]
    [InlineData("Keep: [Api]", "infra/x.yaml(1): Metadata.Tiketi names the parameter Api, which the template does not declare.")]
    [InlineData("ParametersFrom: {Domain: edge}", "infra/x.yaml(1): \"edge\" is not an output of a stack.")]
    [InlineData("ParametersFrom: [Domain]", "infra/x.yaml(1): ParametersFrom is not a mapping.")]
    [InlineData("Region: [a]", "infra/x.yaml(1): Region is not a text.")]
    public void AMistake_IsNamedWithItsPlace(string entry, string message) =>
        FluentActions.Invoking(() => Parse("x", $"Metadata: {{Tiketi: {{{entry}}}}}\nParameters: {{Domain: {{Type: String}}}}\nResources: {{A: {{Type: T}}}}"))
            .Should().Throw<PipelineException>().WithMessage(message);

    [Fact]
    public void AParameterFromAnotherStack_IsAnEdgeOfTheGraph()
    {
        var graph = StackGraph.Build([Parse("aaa", SiteTemplate), Parse("edge", Edge)]);

        graph.Stacks.Select(stack => stack.Name).Should().Equal("edge", "aaa");
        graph.Needs("aaa").Should().Equal("edge");
        graph.NeededBy("edge").Should().Equal("aaa");
    }

    [Theory]
    [InlineData("edge.Arn", "infra/frontend.yaml(3): parameter CertificateArn is to come from output Arn of infra/edge.yaml, which has none of that name.", "Name one of: CertificateArn.")]
    [InlineData("egde.CertificateArn", "infra/frontend.yaml(3): parameter CertificateArn is to come from stack egde, which is not there.", "Name one of: edge, frontend.")]
    public void ASourceThatIsNotThere_IsRefused(string source, string message, string remedy)
    {
        var frontend = Parse("frontend", SiteTemplate.Replace("edge.CertificateArn", source, StringComparison.Ordinal));

        var error = FluentActions.Invoking(() => StackGraph.Build([frontend, Parse("edge", Edge)])).Should().Throw<PipelineException>().Which;

        (error.Message, error.Remedy).Should().Be((message, remedy));
    }

    [Fact]
    public void ACircleOfParameters_IsNamed() =>
        FluentActions.Invoking(() => StackGraph.Build([
                Parse("edge", Edge.Replace("When: Domain", "ParametersFrom: {Domain: site.Address}", StringComparison.Ordinal)),
                Parse("site", "Metadata: {Tiketi: {ParametersFrom: {C: edge.CertificateArn}}}\nParameters: {C: {Type: String}}\nResources: {A: {Type: T}}\nOutputs: {Address: {Value: x}}")]))
            .Should().Throw<PipelineException>().WithMessage("*edge -> site -> edge (infra/edge.yaml imports site.Address; infra/site.yaml imports edge.CertificateArn).");

    [Fact]
    public void APolicy_BelongsToTheStackOfItsName()
    {
        var folder = Directory.CreateTempSubdirectory("infra-");
        try
        {
            var policies = folder.CreateSubdirectory("policies");
            File.WriteAllText(Path.Combine(folder.FullName, "data.yaml"), "Resources: {A: {Type: T}}");
            File.WriteAllText(Path.Combine(policies.FullName, "data.json"), """{ "Statement": [] }""");
            StackTemplate.LoadFolder(folder.FullName).Single().Policy.Should().Be("""{"Statement":[]}""");

            File.WriteAllText(Path.Combine(policies.FullName, "data.json"), "{");
            FluentActions.Invoking(() => StackTemplate.LoadFolder(folder.FullName)).Should().Throw<PipelineException>().WithMessage("infra/policies/data.json is not JSON.");

            File.Move(Path.Combine(policies.FullName, "data.json"), Path.Combine(policies.FullName, "date.json"));
            FluentActions.Invoking(() => StackTemplate.LoadFolder(folder.FullName)).Should().Throw<PipelineException>().WithMessage("infra/policies/date.json is the policy of a stack that infra/ does not have.");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    internal static StackTemplate Parse(string name, string body) => StackTemplate.Parse(name, $"infra/{name}.yaml", body);
}
