using Amazon.CloudFormation.Model;
using Microsoft.Extensions.Logging.Abstractions;
using Tiketi.Pipeline.Infrastructure;
using static Tiketi.Pipeline.Tests.Infrastructure.StackMetadataTests;

namespace Tiketi.Pipeline.Tests.Infrastructure;

/// <summary>The way on from what earlier or other runs have left.</summary>
public sealed class StackRecoveryTests
{
    private const string Name = "tiketi-test-data";

    private readonly FakeCloudFormation _cloudFormation = new(TimeProvider.System);
    private readonly StackDeployer _deployer;

    public StackRecoveryTests() => _deployer = new StackDeployer(_ => _cloudFormation, NullLogger<StackDeployer>.Instance, TimeProvider.System);

    [Fact]
    public async Task ARollbackThatFailed_IsTriedAgain_ThenTheUpdateIsMade()
    {
        await DeployedAsync("UPDATE_ROLLBACK_FAILED");

        (await _deployer.ApplyAsync(Request("large"))).Updated.Should().Be(1);

        _cloudFormation.Writes.Should().Equal($"ContinueUpdateRollback {Name}", $"CreateChangeSet {Name} UPDATE", $"ExecuteChangeSet {Name}");
        _cloudFormation.Skipped.Should().BeNull("nobody has asked to leave anything out");
    }

    [Fact]
    public async Task ARollbackThatFailsAgain_NamesTheResource_AndHowToLeaveItOut()
    {
        await DeployedAsync("UPDATE_ROLLBACK_FAILED");
        _cloudFormation.Scripts[(Name, "UPDATE_ROLLBACK")] = [new("A", "UPDATE_FAILED", "Cannot find version 15.4 for postgres"), new(Name, "UPDATE_ROLLBACK_FAILED")];

        var error = (await _deployer.Awaiting(deployer => deployer.ApplyAsync(Request("large"))).Should().ThrowAsync<PipelineException>()).Which;

        error.Message.Should().Be($"Stack {Name} ended as UPDATE_ROLLBACK_FAILED: A (AWS::S3::Bucket) UPDATE_FAILED: Cannot find version 15.4 for postgres");
        error.Remedy.Should().StartWith("That engine version is no longer offered").And.Contain("ApplyInfra --skip-rollback LOGICAL-ID");
    }

    [Fact]
    public async Task OnlyNamedResourcesThatDidFail_AreLeftOutOfTheRollback()
    {
        await DeployedAsync("UPDATE_ROLLBACK_FAILED");

        await _deployer.ApplyAsync(Request("large") with { SkippedInRollback = ["A", "Elsewhere"] });

        _cloudFormation.Skipped.Should().Equal("A");
    }

    [Fact]
    public async Task APlan_ChangesNothingOfAFailedRollback_AndSaysWhatWould()
    {
        await DeployedAsync("UPDATE_ROLLBACK_FAILED");

        var error = (await _deployer.Awaiting(deployer => deployer.PlanAsync(Request("large"))).Should().ThrowAsync<PipelineException>()).Which;

        error.Message.Should().Be($"Stack {Name} is UPDATE_ROLLBACK_FAILED, which CloudFormation cannot change.");
        error.Remedy.Should().Be("Mend the cause, then run ApplyInfra: it tries the rollback again.");
        _cloudFormation.Writes.Should().BeEmpty();
    }

    [Theory]
    [InlineData("UPDATE_FAILED")]
    [InlineData("UPDATE_ROLLBACK_COMPLETE")]
    [InlineData("IMPORT_ROLLBACK_COMPLETE")]
    public async Task AnUpdateThatCameToNothing_IsMadeAgain_ThoughTheParametersLookRight(string status)
    {
        await DeployedAsync(status);

        (await _deployer.ApplyAsync(Request("small"))).Updated.Should().Be(1);
    }

    [Fact]
    public async Task ALostAnswer_IsNoFailure_AndNothingIsDoneTwice()
    {
        _cloudFormation.LosesAnswers = true;

        (await _deployer.ApplyAsync(Request("small"))).Created.Should().Be(1);

        _cloudFormation.Writes.Should().Equal($"CreateChangeSet {Name} CREATE", $"ExecuteChangeSet {Name}");
    }

    [Fact]
    public async Task AChangeSetThatSomebodyElseMadeObsolete_IsMadeAnew()
    {
        await DeployedAsync("CREATE_COMPLETE");
        _cloudFormation.Obsolete.Add(Name);

        (await _deployer.ApplyAsync(Request("large"))).Updated.Should().Be(1);

        _cloudFormation.Writes.Should().Equal(
            $"CreateChangeSet {Name} UPDATE", $"ExecuteChangeSet {Name}", $"DeleteChangeSet {Name}", $"CreateChangeSet {Name} UPDATE", $"ExecuteChangeSet {Name}");
    }

    [Fact]
    public async Task ADeletionUnderWay_IsWaitedFor_ByPlansToo()
    {
        await DeployedAsync("CREATE_COMPLETE");
        await _cloudFormation.DeleteStackAsync(new DeleteStackRequest { StackName = Name });
        await _cloudFormation.DescribeStacksAsync(new DescribeStacksRequest { StackName = Name });

        (await _deployer.PlanAsync(Request("small"))).Stacks.Should().ContainSingle().Which.Action.Should().Be(StackAction.Create);
    }

    private static InfrastructureRequest Request(string size) => new()
    {
        Environment = "test",
        Graph = StackGraph.Build([Parse("data", "Parameters: {Size: {Type: String, Default: small}}\nResources: {A: {Type: T}}")]),
        Parameters = new Dictionary<string, string> { ["Size"] = size },
    };

    private async Task DeployedAsync(string status)
    {
        await _deployer.ApplyAsync(Request("small"));
        _cloudFormation.Stacks[Name].Status = status;
        _cloudFormation.Calls.Clear();
    }
}
