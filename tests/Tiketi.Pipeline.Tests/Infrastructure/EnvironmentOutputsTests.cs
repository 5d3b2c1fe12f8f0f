using Amazon.CloudFormation.Model;
using Tiketi.Pipeline.Infrastructure;

namespace Tiketi.Pipeline.Tests.Infrastructure;

public sealed class EnvironmentOutputsTests
{
    private readonly FakeCloudFormation _cloudFormation = new(TimeProvider.System);

    [Fact]
    public async Task AnOutput_IsReadOnce()
    {
        _cloudFormation.Put("tiketi-local-data").Outputs = [new Output { OutputKey = "DatabaseEndpoint", OutputValue = "db" }];
        var outputs = Outputs();

        (await outputs.RequireAsync("data", "DatabaseEndpoint")).Should().Be("db");
        (await outputs.GetAsync("data")).Values.Should().ContainKey("DatabaseEndpoint");

        _cloudFormation.Calls.Should().ContainSingle();
    }

    [Fact]
    public async Task AMissingStackOrOutput_SaysToRunApplyInfra()
    {
        _cloudFormation.Put("tiketi-local-data");
        _cloudFormation.Put("tiketi-local-cluster", "REVIEW_IN_PROGRESS");
        var outputs = Outputs();

        foreach (var (stack, message) in new[]
        {
            ("data", "Stack tiketi-local-data has no output X."), ("network", "Stack tiketi-local-network does not exist."),
            ("cluster", "Stack tiketi-local-cluster does not exist."),
        })
        {
            var error = (await outputs.Awaiting(o => o.RequireAsync(stack, "X")).Should().ThrowAsync<PipelineException>()).Which;
            error.Message.Should().Be(message);
            error.Remedy.Should().StartWith("Run ApplyInfra first");
        }
    }

    [Fact]
    public async Task AStack_IsReadInTheRegionThatItLivesIn()
    {
        var elsewhere = new FakeCloudFormation(TimeProvider.System);
        elsewhere.Put("tiketi-local-edge").Outputs = [new Output { OutputKey = "CertificateArn", OutputValue = "arn:acm" }];
        var outputs = new EnvironmentOutputs(region => region == "us-east-1" ? elsewhere : _cloudFormation, Request("example.org"));

        (await outputs.RequireAsync("edge", "CertificateArn")).Should().Be("arn:acm");
        (await outputs.FindAsync("edge", "CertificateArn")).Should().Be("arn:acm");
        (await outputs.FindAsync("edge", "WebAclArn")).Should().BeNull();
        _cloudFormation.Calls.Should().BeEmpty();
    }

    [Fact]
    public async Task AStackThatTheEnvironmentDoesWithout_NamesTheParameterThatWouldBringIt()
    {
        var error = (await Outputs().Awaiting(o => o.RequireAsync("edge", "CertificateArn")).Should().ThrowAsync<PipelineException>()).Which;

        error.Message.Should().Be("Environment local does without stack edge: its parameter Domain has no value.");
        error.Remedy.Should().Be("Set it under parameters in environments/local.yaml, then run ApplyInfra.");
        (await Outputs().FindAsync("edge", "CertificateArn")).Should().BeNull();
        _cloudFormation.Calls.Should().BeEmpty();
    }

    [Fact]
    public async Task AStackThatInfraDoesNotHave_IsAMistakeOfTheCaller() =>
        await Outputs().Awaiting(o => o.GetAsync("dtaa")).Should().ThrowAsync<PipelineException>().WithMessage("infra/ has no stack dtaa.");

    [Fact]
    public async Task AFailure_IsNotRemembered()
    {
        var outputs = Outputs();
        await outputs.Awaiting(o => o.GetAsync("data")).Should().ThrowAsync<PipelineException>();
        _cloudFormation.Put("tiketi-local-data");

        (await outputs.GetAsync("data")).StackName.Should().Be("tiketi-local-data");
    }

    private static InfrastructureRequest Request(string? domain) => new()
    {
        Environment = "local",
        Graph = StackGraph.Build([
            StackGraphTests.Stack("network"), StackGraphTests.Stack("data"), StackGraphTests.Stack("cluster"),
            StackTemplate.Parse("edge", "infra/edge.yaml", """
                Metadata: {Tiketi: {Region: us-east-1, When: Domain}}
                Parameters: {Domain: {Type: String, Default: ""}}
                Resources: {Certificate: {Type: "AWS::CertificateManager::Certificate"}}
                Outputs: {CertificateArn: {Value: x}, WebAclArn: {Value: x}}
                """)]),
        Parameters = domain is null ? new Dictionary<string, string>() : new Dictionary<string, string> { ["Domain"] = domain },
    };

    private EnvironmentOutputs Outputs() => new(_ => _cloudFormation, Request(null));
}
