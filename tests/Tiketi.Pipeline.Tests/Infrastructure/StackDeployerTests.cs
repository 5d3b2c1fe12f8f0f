using Amazon.CloudFormation.Model;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Tiketi.Pipeline.Cost;
using Tiketi.Pipeline.Infrastructure;
using Tiketi.Testing;
using static Tiketi.Pipeline.Tests.Infrastructure.StackGraphTests;

namespace Tiketi.Pipeline.Tests.Infrastructure;

public sealed class StackDeployerTests
{
    private const string Network = "tiketi-test-network", Data = "tiketi-test-data", Registry = "tiketi-test-registry";

    private readonly FakeTimeProvider _time = new();
    private readonly FakeCloudFormation _cloudFormation;
    private readonly StackDeployer _deployer;
    private readonly List<ResourceTransition> _transitions = [];

    public StackDeployerTests()
    {
        _cloudFormation = new FakeCloudFormation(_time);
        _deployer = new StackDeployer(_ => _cloudFormation, NullLogger<StackDeployer>.Instance, _time);
    }

    [Fact]
    public async Task AFirstRun_CreatesInOrder_ReportsEachStep_ReturnsOutputs()
    {
        _cloudFormation.Stacks.Clear();

        var result = await Drive(_deployer.ApplyAsync(Request()));

        (result.Created, result.Updated, result.Unchanged, result.ResourcesChanged).Should().Be((3, 0, 0, 3));
        var writes = _cloudFormation.Writes.ToList();
        writes.Should().HaveCount(6).And.Contain($"CreateChangeSet {Data} CREATE");
        writes.IndexOf($"CreateChangeSet {Data} CREATE").Should().BeGreaterThan(writes.IndexOf($"ExecuteChangeSet {Network}"));
        writes.IndexOf($"CreateChangeSet {Registry} CREATE").Should().BeLessThan(writes.IndexOf($"CreateChangeSet {Data} CREATE"), "it waits for nothing");
        _transitions.Where(transition => transition.Stack == "network").Select(transition => (transition.LogicalId, transition.Status)).Should().Equal(
            (Network, "CREATE_IN_PROGRESS"), ("A", "CREATE_IN_PROGRESS"), ("A", "CREATE_COMPLETE"), (Network, "CREATE_COMPLETE"));
        _transitions.Last(transition => transition is { Stack: "network", LogicalId: "A" }).Elapsed.Should().BeGreaterThan(TimeSpan.Zero);
    }

    [Fact]
    public async Task ASecondRun_MakesNoWriteCall()
    {
        await Drive(_deployer.ApplyAsync(Request()));
        _cloudFormation.Calls.Clear();

        var result = await Drive(_deployer.ApplyAsync(Request()));

        result.Unchanged.Should().Be(3);
        result.ResourcesChanged.Should().Be(0);
        _cloudFormation.Writes.Should().BeEmpty();
        _cloudFormation.Calls.Should().HaveCount(6, "one DescribeStacks and one GetTemplate for each stack");
    }

    [Fact]
    public async Task ThePriceOfAPlan_IsTakenFromWhatPlanningHasRead()
    {
        await Drive(_deployer.ApplyAsync(Request()));
        _cloudFormation.Calls.Clear();

        var plan = await Drive(_deployer.PlanAsync(Request()));
        var comparison = new CostComparison(new CostEstimator(PriceTable.Load(Path.Combine(Repository.Root, "infra", "prices"), "ap-northeast-2")), _ => _cloudFormation);
        await comparison.CompareAsync(Request(), plan, "ap-northeast-2");

        _cloudFormation.Calls.Should().HaveCount(6, "one DescribeStacks and one GetTemplate for each stack, and no more for the price");
    }

    [Fact]
    public async Task AChangedParameter_UpdatesOnlyTheStacksThatDeclareIt()
    {
        await Drive(_deployer.ApplyAsync(Request()));
        _cloudFormation.Calls.Clear();

        var result = await Drive(_deployer.ApplyAsync(Request() with { Parameters = new Dictionary<string, string> { ["Size"] = "large" } }));

        (result.Updated, result.Unchanged).Should().Be((2, 1));
        _cloudFormation.Stacks[Network].Parameters.Single(parameter => parameter.ParameterKey == "Size").ParameterValue.Should().Be("large");
        _cloudFormation.Writes.Should().Contain($"CreateChangeSet {Network} UPDATE");
    }

    [Fact]
    public async Task AChangeSetWithoutChanges_IsRemovedAndCountsAsUnchanged()
    {
        await Drive(_deployer.ApplyAsync(Request()));
        _cloudFormation.Stacks[Network].Body += "# a comment";
        _cloudFormation.ChangeSetFails = "The submitted information didn't contain changes. Submit different information to create a change set.";
        _cloudFormation.Calls.Clear();

        var result = await Drive(_deployer.ApplyAsync(Request()));

        result.Unchanged.Should().Be(3);
        _cloudFormation.Writes.Should().Equal($"CreateChangeSet {Network} UPDATE", $"DeleteChangeSet {Network}");
    }

    [Fact]
    public async Task AFailure_NamesTheFirstCause_AndWhatWasNotStarted()
    {
        _cloudFormation.Scripts[(Network, "CREATE")] =
        [
            new("A", "CREATE_IN_PROGRESS"), new("B", "CREATE_IN_PROGRESS"),
            new("A", "CREATE_FAILED", "tiketi-bucket already exists"), new("B", "CREATE_FAILED", "Resource creation cancelled"),
            new(Network, "ROLLBACK_IN_PROGRESS", "The following resource(s) failed to create: [A, B]."), new(Network, "ROLLBACK_COMPLETE"),
        ];

        var error = (await FluentActions.Awaiting(() => Drive(_deployer.ApplyAsync(Request()))).Should().ThrowAsync<PipelineException>()).Which;

        error.Message.Should().Be(
            $"Stack {Network} ended as ROLLBACK_COMPLETE: A (AWS::S3::Bucket) CREATE_FAILED: tiketi-bucket already exists{Environment.NewLine}Not started, because they wait for it: data.");
        error.Remedy.Should().StartWith("Something of that name is there already");
        _cloudFormation.Stacks[Registry].Status.Should().Be("CREATE_COMPLETE", "it does not wait for network");
        _cloudFormation.Stacks.Should().NotContainKey(Data);
    }

    [Theory]
    [InlineData("ROLLBACK_COMPLETE")]
    [InlineData("ROLLBACK_FAILED")]
    [InlineData("CREATE_FAILED")]
    public async Task TheRemainsOfAFailedCreation_AreDeletedAndCreatedAnew(string status)
    {
        _cloudFormation.Put(Network, status);

        var result = await Drive(_deployer.ApplyAsync(Request()));

        result.Created.Should().Be(3);
        _cloudFormation.Writes.Where(call => call.EndsWith(Network, StringComparison.Ordinal) || call.Contains(Network + " ", StringComparison.Ordinal))
            .Should().Equal($"DeleteStack {Network}", $"CreateChangeSet {Network} CREATE", $"ExecuteChangeSet {Network}");
    }

    [Fact]
    public async Task AStackUnderReview_IsCreated()
    {
        _cloudFormation.Put(Network, "REVIEW_IN_PROGRESS");

        (await Drive(_deployer.ApplyAsync(Request()))).Created.Should().Be(3);
    }

    [Fact]
    public async Task AnOperationInProgress_IsFollowedToItsEnd()
    {
        await Drive(_deployer.ApplyAsync(Request()));
        var stack = _cloudFormation.Stacks[Network];
        _transitions.Clear();
        _cloudFormation.Calls.Clear();
        stack.Status = "UPDATE_IN_PROGRESS";
        foreach (var step in new Step[] { new("A", "UPDATE_IN_PROGRESS"), new("A", "UPDATE_COMPLETE"), new(Network, "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"), new(Network, "UPDATE_COMPLETE") })
        {
            stack.Pending.Enqueue(step);
        }

        var result = await Drive(_deployer.ApplyAsync(Request()));

        result.Unchanged.Should().Be(3);
        _cloudFormation.Writes.Should().BeEmpty();
        _transitions[^1].Status.Should().Be("UPDATE_COMPLETE");
    }

    [Theory]
    [InlineData("DELETE_FAILED", "DestroyInfra")]
    [InlineData("IMPORT_ROLLBACK_FAILED", "import again")]
    public async Task AStackThatCloudFormationCannotChange_ComesWithWhatHelps_AndCanBeDestroyed(string status, string remedy)
    {
        _cloudFormation.Put(Network, status);

        var error = (await FluentActions.Awaiting(() => Drive(_deployer.ApplyAsync(Request()))).Should().ThrowAsync<PipelineException>()).Which;

        error.Message.Should().Contain($"Stack {Network} is {status}");
        error.Remedy.Should().Contain(remedy);
        _cloudFormation.Writes.Should().NotContain(call => call.Contains(Network, StringComparison.Ordinal));
        (await Drive(_deployer.DestroyAsync(Request()))).Deleted.Should().Be(1, "whatever its status, it can be deleted; nothing else was begun");
    }

    [Fact]
    public async Task AnUpdateThatRolledBack_Fails_AndTheNextRunTriesAgain()
    {
        await Drive(_deployer.ApplyAsync(Request()));
        var large = Request() with { Parameters = new Dictionary<string, string> { ["Size"] = "large" } };
        _cloudFormation.Scripts[(Network, "UPDATE")] = [new("A", "UPDATE_FAILED", "no"), new(Network, "UPDATE_ROLLBACK_IN_PROGRESS"), new(Network, "UPDATE_ROLLBACK_COMPLETE")];

        (await FluentActions.Awaiting(() => Drive(_deployer.ApplyAsync(large))).Should().ThrowAsync<PipelineException>()).WithMessage("*UPDATE_ROLLBACK_COMPLETE*UPDATE_FAILED: no*");

        (await Drive(_deployer.ApplyAsync(large))).Stacks[0].Outcome.Should().Be(StackOutcome.Updated);
    }

    [Fact]
    public async Task APlan_ShowsChangesAndLeavesNothing()
    {
        await Drive(_deployer.ApplyAsync(Request()));
        _cloudFormation.Calls.Clear();
        _cloudFormation.Changes = [.. _cloudFormation.Changes, new Change { ResourceChange = new ResourceChange
        {
            Action = "Modify", LogicalResourceId = "B", ResourceType = "AWS::RDS::DBInstance", Replacement = "True",
            Details = [new ResourceChangeDetail { Target = new ResourceTargetDefinition { Name = "Engine" } }],
        } }];

        var plan = await Drive(_deployer.PlanAsync(Request() with { Parameters = new Dictionary<string, string> { ["Size"] = "large" } }));

        plan.StacksChanged.Should().Be(2);
        plan.Stacks[0].Changes[1].Should().BeEquivalentTo(new PlannedChange("Modify", "B", "AWS::RDS::DBInstance", "True", [new PropertyChange("Engine", null, null, false)]));
        _cloudFormation.Writes.Should().NotContain(call => call.StartsWith("Execute", StringComparison.Ordinal) || call.StartsWith("DeleteStack", StringComparison.Ordinal));
        _cloudFormation.Writes.Where(call => call.StartsWith("DeleteChangeSet", StringComparison.Ordinal)).Should().HaveCount(2);
    }

    [Fact]
    public async Task APlanOfNothing_TakesDependentStacksFromTheirTemplates_AndRemovesTheEmptyStacks()
    {
        var plan = await Drive(_deployer.PlanAsync(Request()));

        plan.Stacks.Select(stack => (stack.Name, stack.Action, stack.FromTemplate)).Should().Equal(
            ("network", StackAction.Create, false), ("data", StackAction.Create, true), ("registry", StackAction.Create, false));
        _cloudFormation.Writes.Should().Contain($"DeleteStack {Network}").And.NotContain(call => call.Contains(Data, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Destroying_GoesBackwards_AndIsIdempotent()
    {
        await Drive(_deployer.ApplyAsync(Request()));
        _cloudFormation.Calls.Clear();

        var result = await Drive(_deployer.DestroyAsync(Request()));

        result.Deleted.Should().Be(3);
        var writes = _cloudFormation.Writes.ToList();
        writes.IndexOf($"DeleteStack {Data}").Should().BeLessThan(writes.IndexOf($"DeleteStack {Network}"));
        (await Drive(_deployer.DestroyAsync(Request()))).Unchanged.Should().Be(3);
    }

    [Fact]
    public async Task AProtectedStack_IsNotDestroyed()
    {
        await Drive(_deployer.ApplyAsync(Request()));
        _cloudFormation.Stacks[Data].Protected = true;

        (await FluentActions.Awaiting(() => Drive(_deployer.DestroyAsync(Request()))).Should().ThrowAsync<PipelineException>())
            .WithMessage($"*{Data} is protected*Not started*network*");

        _cloudFormation.Stacks[Network].Status.Should().Be("CREATE_COMPLETE");
    }

    [Fact]
    public async Task AParameterNobodyDeclares_IsRefusedBeforeAnyCall()
    {
        var error = (await FluentActions.Awaiting(() => Drive(_deployer.ApplyAsync(
            Request() with { Parameters = new Dictionary<string, string> { ["Sise"] = "x" } }))).Should().ThrowAsync<PipelineException>()).Which;

        error.Message.Should().Contain("Sise");
        error.Remedy.Should().Contain("environments/test.yaml").And.Contain("Size");
        _cloudFormation.Calls.Should().BeEmpty();
    }

    [Fact]
    public async Task Cancelling_StopsTheWaitingAndSaysThatTheStackGoesOn()
    {
        using var source = new CancellationTokenSource();
        var request = Request() with { Progress = _ => source.Cancel() };

        (await FluentActions.Awaiting(() => Drive(_deployer.ApplyAsync(request, source.Token))).Should().ThrowAsync<OperationCanceledException>())
            .WithMessage("*run the same command again*");
    }

    private InfrastructureRequest Request() => new()
    {
        Environment = "test",
        Graph = StackGraph.Build([Stack("network", exports: ["VpcId"]), Stack("data", imports: ["VpcId"]), Stack("registry", sized: false)]),
        Progress = _transitions.Add,
    };

    /// <summary>Lets the fake clock run as long as the task waits for it.</summary>
    private async Task<T> Drive<T>(Task<T> task)
    {
        while (!task.IsCompleted)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        return await task;
    }
}
