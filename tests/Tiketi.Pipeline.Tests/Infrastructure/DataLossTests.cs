using Amazon.CloudFormation.Model;
using Microsoft.Extensions.Logging.Abstractions;
using Tiketi.Pipeline.Infrastructure;
using static Tiketi.Pipeline.Tests.Infrastructure.StackMetadataTests;

namespace Tiketi.Pipeline.Tests.Infrastructure;

/// <summary>Data goes only when somebody has named the resource that holds it.</summary>
public sealed class DataLossTests
{
    private const string StackName = "tiketi-test-data";

    private readonly FakeCloudFormation _cloudFormation = new(TimeProvider.System);
    private readonly StackDeployer _deployer;

    public DataLossTests() => _deployer = new StackDeployer(_ => _cloudFormation, NullLogger<StackDeployer>.Instance, TimeProvider.System);

    [Theory]
    [InlineData("Modify", "True", "ReplaceAndSnapshot", "AWS::RDS::DBInstance", "data: Db (database db-1) would be replaced, because Engine changes; its databases would stay only in a snapshot")]
    [InlineData("Modify", "Conditional", "ReplaceAndDelete", "AWS::ElastiCache::ReplicationGroup", "data: Db (Redis db-1) would perhaps be replaced, because Engine changes; its keys: queues and sessions would be lost")]
    [InlineData("Remove", null, "Retain", "AWS::S3::Bucket", "data: Db (bucket db-1) would be deleted; its objects would stay with the old one, outside the stack")]
    [InlineData("Remove", null, "Delete", "AWS::SecretsManager::Secret", "data: Db (secret db-1) would be deleted; its value, which others may have stored would be lost")]
    [InlineData("Remove", null, null, "AWS::ECR::Repository", "data: Db (image repository db-1) would be deleted; its images would be lost")]
    [InlineData("Remove", null, "Snapshot", "AWS::EC2::Instance", "data: Db (EC2 Instance db-1) would be deleted; what it holds would stay only in a snapshot")]
    public async Task WithoutItsName_NothingIsChanged_AndWhatWouldGoIsSaid(string action, string? replacement, string? policy, string type, string message)
    {
        var request = await DeployedAsync(action, replacement, policy, type);

        var plan = await _deployer.PlanAsync(request);
        var error = (await _deployer.Awaiting(deployer => deployer.ApplyAsync(request)).Should().ThrowAsync<PipelineException>()).Which;

        plan.Risks.Should().ContainSingle().Which.ToString().Should().Be(message);
        error.Message.Should().Be($"Nothing was changed, because data would go:{Environment.NewLine}  {message}.");
        error.Remedy.Should().EndWith("allow it by name: --allow-replacement Db");
        _cloudFormation.Writes.Should().NotContain(call => call.StartsWith("Execute", StringComparison.Ordinal) && call.EndsWith("data", StringComparison.Ordinal));
        _cloudFormation.Writes.Should().EndWith($"DeleteChangeSet {StackName}");
    }

    [Theory]
    [InlineData("Modify", "False", null, "AWS::RDS::DBInstance")]
    [InlineData("Add", null, null, "AWS::RDS::DBInstance")]
    [InlineData("Modify", "True", "ReplaceAndDelete", "AWS::EC2::SecurityGroup")]
    [InlineData("Remove", null, "Delete", "AWS::IAM::Role")]
    public async Task WhatHoldsNothing_OrStaysWhereItIs_NeedsNoLeave(string action, string? replacement, string? policy, string type)
    {
        var request = await DeployedAsync(action, replacement, policy, type);

        (await _deployer.ApplyAsync(request)).Updated.Should().Be(1);
    }

    [Fact]
    public async Task WithItsName_ItGoes_AndThePolicyIsLiftedOnlyMeanwhile()
    {
        var request = await DeployedAsync("Modify", "True", "ReplaceAndSnapshot", "AWS::RDS::DBInstance");
        var policies = new List<string?>();
        request = request with { AllowedReplacements = ["Db"], Progress = _ => policies.Add(_cloudFormation.Stacks[StackName].Policy) };

        (await _deployer.ApplyAsync(request)).Updated.Should().Be(1);

        policies.Should().NotBeEmpty().And.AllSatisfy(policy => policy.Should().Contain("\"Action\":\"Update:*\""));
        _cloudFormation.Stacks[StackName].Policy.Should().Be("""{"Statement":[]}""");
    }

    [Fact]
    public async Task ARunStoppedMeanwhile_LeavesThePolicyToTheNextOne()
    {
        var request = await DeployedAsync("Modify", "True", "ReplaceAndSnapshot", "AWS::RDS::DBInstance");
        using var stop = new CancellationTokenSource();

        await _deployer.Awaiting(deployer => deployer.ApplyAsync(request with { AllowedReplacements = ["Db"], Progress = _ => stop.Cancel() }, stop.Token))
            .Should().ThrowAsync<OperationCanceledException>();
        _cloudFormation.Stacks[StackName].Policy.Should().Contain("Update:*");

        (await _deployer.ApplyAsync(request with { Parameters = new Dictionary<string, string> { ["Size"] = "large" } })).Unchanged.Should().Be(1, "what was begun has ended well");
        _cloudFormation.Stacks[StackName].Policy.Should().Be("""{"Statement":[]}""");
    }

    private async Task<InfrastructureRequest> DeployedAsync(string action, string? replacement, string? policy, string type)
    {
        var template = Parse("data", "Parameters: {Size: {Type: String, Default: small}}\nResources: {A: {Type: \"AWS::SQS::Queue\"}}") with { Policy = """{"Statement":[]}""" };
        var request = new InfrastructureRequest { Environment = "test", Graph = StackGraph.Build([template]) };
        await _deployer.ApplyAsync(request);
        _cloudFormation.Calls.Clear();
        _cloudFormation.Changes = [new Change { ResourceChange = new ResourceChange
        {
            Action = action, LogicalResourceId = "Db", PhysicalResourceId = "db-1", ResourceType = type, Replacement = replacement, PolicyAction = policy,
            Details = action == "Remove" ? [] : [new ResourceChangeDetail { Target = new ResourceTargetDefinition { Name = "Engine", RequiresRecreation = replacement is "True" or "Conditional" ? "Always" : "Never" } }],
        } }];
        return request with { Parameters = new Dictionary<string, string> { ["Size"] = "large" } };
    }
}
