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
        var outputs = new EnvironmentOutputs(_cloudFormation, "local");

        (await outputs.RequireAsync("data", "DatabaseEndpoint")).Should().Be("db");
        (await outputs.GetAsync("data")).Values.Should().ContainKey("DatabaseEndpoint");

        _cloudFormation.Calls.Should().ContainSingle();
    }

    [Fact]
    public async Task AMissingStackOrOutput_SaysToRunApplyInfra()
    {
        _cloudFormation.Put("tiketi-local-data");
        _cloudFormation.Put("tiketi-local-cluster", "REVIEW_IN_PROGRESS");
        var outputs = new EnvironmentOutputs(_cloudFormation, "local");

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
    public async Task AFailure_IsNotRemembered()
    {
        var outputs = new EnvironmentOutputs(_cloudFormation, "local");
        await outputs.Awaiting(o => o.GetAsync("data")).Should().ThrowAsync<PipelineException>();
        _cloudFormation.Put("tiketi-local-data");

        (await outputs.GetAsync("data")).StackName.Should().Be("tiketi-local-data");
    }
}
