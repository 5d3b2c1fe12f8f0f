using Amazon.CloudFormation.Model;
using Microsoft.Extensions.Logging.Abstractions;
using Tiketi.Pipeline.Infrastructure;
using static Tiketi.Pipeline.Tests.Infrastructure.StackMetadataTests;

namespace Tiketi.Pipeline.Tests.Infrastructure;

/// <summary>A plan that is written down, approved and applied: only what it says, and only where and when it still holds.</summary>
public sealed class PlanFileTests : IDisposable
{
    private const string Network = "tiketi-test-network", Data = "tiketi-test-data";

    private static readonly PlanTarget Target = new("test", "123456789012", "ap-northeast-2");

    private readonly string _file = Path.Combine(Path.GetTempPath(), $"plan-{Guid.NewGuid():N}", "plan.json");
    private readonly FakeCloudFormation _cloudFormation = new(TimeProvider.System);
    private readonly StackDeployer _deployer;

    public PlanFileTests() => _deployer = new StackDeployer(_ => _cloudFormation, NullLogger<StackDeployer>.Instance, TimeProvider.System);

    public void Dispose()
    {
        if (Directory.Exists(Path.GetDirectoryName(_file)))
        {
            Directory.Delete(Path.GetDirectoryName(_file)!, recursive: true);
        }
    }

    [Fact]
    public async Task APlanOfNothingYet_IsApplied_AndAgainWithoutEffect()
    {
        var plan = await WrittenAsync(Request());

        (await _deployer.ApplyAsync(Request() with { ApprovedPlan = plan })).Created.Should().Be(2);
        (await _deployer.ApplyAsync(Request() with { ApprovedPlan = plan })).Unchanged.Should().Be(2, "all of the plan is done");
    }

    [Fact]
    public async Task APlanOfAnUpdate_IsApplied()
    {
        await _deployer.ApplyAsync(Request());
        var plan = await WrittenAsync(Request(size: "large"));

        (await _deployer.ApplyAsync(Request(size: "large") with { ApprovedPlan = plan })).Updated.Should().Be(1);
    }

    [Fact]
    public async Task AnInterruptedRun_GoesOnWithTheSamePlan()
    {
        var plan = await WrittenAsync(Request());
        _cloudFormation.Scripts[(Data, "CREATE")] = [new("A", "CREATE_FAILED", "no"), new(Data, "ROLLBACK_COMPLETE"), new(Data, "DELETE_COMPLETE")];
        await _deployer.Awaiting(deployer => deployer.ApplyAsync(Request() with { ApprovedPlan = plan })).Should().ThrowAsync<PipelineException>();
        _cloudFormation.Stacks.Remove(Data);

        var result = await _deployer.ApplyAsync(Request() with { ApprovedPlan = plan });

        (result.Unchanged, result.Created).Should().Be((1, 1));
    }

    [Fact]
    public async Task AValueThatALaterStepHasSet_DoesNotAgeThePlanThatMadeItsStack()
    {
        const string Template = """
            Metadata: { Tiketi: { Keep: [Address] } }
            Parameters: { Environment: { Type: String }, Address: { Type: String, Default: "" } }
            Resources: { A: { Type: AWS::S3::Bucket } }
            """;
        var request = new InfrastructureRequest { Environment = "test", Graph = StackGraph.Build([StackTemplate.Parse("data", "infra/data.yaml", Template)]) };
        var plan = await WrittenAsync(request);
        await _deployer.ApplyAsync(request with { ApprovedPlan = plan });
        await _deployer.ApplyAsync(request with { Parameters = new Dictionary<string, string> { ["Address"] = "known only now" } });

        (await _deployer.ApplyAsync(request with { ApprovedPlan = plan })).Unchanged.Should().Be(1, "the run was interrupted after that step, and goes on with the same plan");
        _cloudFormation.Stacks[Data].Parameters.Should().Contain(parameter => parameter.ParameterValue == "known only now");
    }

    [Fact]
    public async Task WhatDiffers_IsNamed_AndNothingIsChanged()
    {
        await _deployer.ApplyAsync(Request());
        var plan = await WrittenAsync(Request(size: "large"));
        var other = Request(size: "large") with { Graph = StackGraph.Build([NetworkTemplate() with { Body = NetworkTemplate().Body + "# more" }, DataTemplate()]) };

        await RefusedAsync(other, plan, "network: infra/network.yaml has changed since");
        await RefusedAsync(Request(size: "huge"), plan, "network: parameter Size was large and is huge");
        _cloudFormation.Changes[0].ResourceChange.LogicalResourceId = "B";
        await RefusedAsync(Request(size: "large"), plan, "network: A: planned was Add, now it would be nothing", "network: B: planned was nothing, now it would be Add");
        _cloudFormation.Changes[0].ResourceChange.LogicalResourceId = "A";
        _cloudFormation.Stacks[Network].Status = "UPDATE_ROLLBACK_COMPLETE";
        await RefusedAsync(Request(size: "large"), plan, "network: the stack was CREATE_COMPLETE of 2026-01-02 03:04:05 (network) and is UPDATE_ROLLBACK_COMPLETE of 2026-01-02 03:04:05 (network)".Replace("(network)", $"({Network})", StringComparison.Ordinal));
        _cloudFormation.Stacks[Network].Status = "CREATE_COMPLETE";
        await RefusedAsync(Request(size: "large") with { Graph = StackGraph.Build([NetworkTemplate(), DataTemplate(), Parse("storage", "Resources: {A: {Type: T}}")]) }, plan, "storage: is not in the plan");
    }

    [Fact]
    public async Task AStackThatWasNotThere_AndNowIs_IsADifference()
    {
        var plan = await WrittenAsync(Request());
        await _deployer.ApplyAsync(Request(size: "other"));

        await RefusedAsync(Request(), plan, "network: the stack was not there and is CREATE_COMPLETE of 2026-01-02 03:04:05 (tiketi-test-network)");
    }

    [Fact]
    public async Task AReplacementThatThePlanCouldNotForesee_StopsThatStack()
    {
        await _deployer.ApplyAsync(Request());
        var approved = await WrittenAsync(Request(size: "large"));
        var data = approved.Stacks.Single(stack => stack.Name == "data");
        var surprised = data with { Action = StackAction.Update, Changes = [new PlannedChange("Modify", "Role", "AWS::IAM::Role", "True", [])] };

        var refuse = () => PlanComparison.RequireForeseen(data, surprised);

        refuse.Should().Throw<PipelineException>().WithMessage($"Stack {Data} was not changed: the plan did not foresee that Role is replaced.");
        FluentActions.Invoking(() => PlanComparison.RequireForeseen(surprised, surprised)).Should().NotThrow();
    }

    [Theory]
    [InlineData("production", "123456789012", "ap-northeast-2", "The plan is for environment test, and this run is for environment production. Nothing was changed.")]
    [InlineData("test", "210987654321", "ap-northeast-2", "The plan is for account 123456789012, and this run is for account 210987654321. Nothing was changed.")]
    [InlineData("test", "123456789012", "us-east-1", "The plan is for region ap-northeast-2, and this run is for region us-east-1. Nothing was changed.")]
    public async Task APlanForSomewhereElse_IsRefused(string environment, string account, string region, string message)
    {
        await WrittenAsync(Request());
        var file = await PlanFile.LoadAsync(_file);

        file.RequireFor(Target);
        file.Invoking(plan => plan.RequireFor(new PlanTarget(environment, account, region))).Should().Throw<PipelineException>().WithMessage(message);
    }

    [Theory]
    [InlineData("{\"schema\":\"tiketi-plan/2\"}", "is a plan of form tiketi-plan/2; this version reads tiketi-plan/1.")]
    [InlineData("[]", "is a plan of form none; this version reads tiketi-plan/1.")]
    [InlineData("{", "is not a plan file: ")]
    [InlineData("{\"schema\":\"tiketi-plan/1\"}", "is not a plan file: ")]
    public async Task WhatIsNoPlan_IsNamedWithTheWayOut(string text, string message)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_file)!);
        await File.WriteAllTextAsync(_file, text);

        (await FluentActions.Awaiting(() => PlanFile.LoadAsync(_file)).Should().ThrowAsync<PipelineException>()).Which.Message.Should().Contain(message);
        File.Delete(_file);
        (await FluentActions.Awaiting(() => PlanFile.LoadAsync(_file)).Should().ThrowAsync<PipelineException>()).Which.Remedy.Should().Contain("--plan-out");
    }

    [Fact]
    public async Task TheFile_HoldsNoSecret_AndReadsBackAsItWas()
    {
        _cloudFormation.Changes[0].ResourceChange.Details = [new ResourceChangeDetail { Target = new ResourceTargetDefinition { Path = "/Properties/MasterUserPassword", BeforeValue = "swordfish", AfterValue = "anchovy" } }];
        var template = Parse("network", "Parameters: {Token: {Type: String, NoEcho: true}}\nResources: {A: {Type: T}}");
        var request = new InfrastructureRequest { Environment = "test", Graph = StackGraph.Build([template]), Parameters = new Dictionary<string, string> { ["Token"] = "halibut" } };

        var plan = await WrittenAsync(request);

        var text = await File.ReadAllTextAsync(_file);
        text.Should().NotContainAny("swordfish", "anchovy", "halibut").And.Contain("\"schema\": \"tiketi-plan/1\"");
        plan.Should().BeEquivalentTo(await _deployer.PlanAsync(request), options => options.Excluding(one => one.Risks));
    }

    private static StackTemplate NetworkTemplate() => Parse("network", "Parameters: {Size: {Type: String, Default: small}}\nResources: {A: {Type: T}}\nOutputs: {Id: {Value: x, Export: {Name: Id}}}");

    private static StackTemplate DataTemplate() => Parse("data", "Resources: {A: {Type: T, Properties: {B: !ImportValue Id}}}");

    private static InfrastructureRequest Request(string? size = null) => new()
    {
        Environment = "test",
        Graph = StackGraph.Build([NetworkTemplate(), DataTemplate()]),
        Parameters = size is null ? new Dictionary<string, string>() : new Dictionary<string, string> { ["Size"] = size },
    };

    private async Task<InfrastructurePlan> WrittenAsync(InfrastructureRequest request)
    {
        var made = await _deployer.PlanAsync(request);
        await new PlanFile(PlanFile.CurrentSchema, DateTimeOffset.UnixEpoch, Target, made).SaveAsync(_file);
        return (await PlanFile.LoadAsync(_file)).Plan;
    }

    private async Task RefusedAsync(InfrastructureRequest request, InfrastructurePlan plan, params string[] differences)
    {
        _cloudFormation.Calls.Clear();

        var error = (await _deployer.Awaiting(deployer => deployer.ApplyAsync(request with { ApprovedPlan = plan })).Should().ThrowAsync<PipelineException>()).Which;

        error.Message.Should().Be($"The plan is out of date, so nothing was changed:{string.Concat(differences.Select(one => $"{Environment.NewLine}  {one}"))}");
        error.Remedy.Should().Be("Make a new plan, have it approved, and apply that one.");
        _cloudFormation.Writes.Should().NotContain(call => call.StartsWith("Execute", StringComparison.Ordinal));
    }
}
