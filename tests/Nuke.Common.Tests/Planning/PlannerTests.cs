using Nuke.Common.Execution;

namespace Nuke.Common.Tests.Planning;

public sealed class PlannerTests
{
    private readonly ExecutableTarget _a = new() { Name = "A" };
    private readonly ExecutableTarget _b = new() { Name = "B" };
    private readonly ExecutableTarget _c = new() { Name = "C" };

    private IReadOnlyList<ExecutableTarget> Plan(params ExecutableTarget[] invoked) => ExecutionPlanner.GetPlan([_a, _b, _c], invoked);

    [Fact]
    public void UnorderedTargets_ComeInDeclarationOrder() => Plan(_c, _b, _a).Should().Equal(_a, _b, _c);

    [Fact]
    public void Dependencies_ComeFirst_AndAreAdded()
    {
        _a.ExecutionDependencies.Add(_c);
        Plan(_a).Should().Equal(_c, _a);
    }

    [Fact]
    public void OrderDependencies_AreNotAdded_ButRespected()
    {
        _a.OrderDependencies.Add(_c);
        Plan(_a).Should().Equal(_a);
        Plan(_a, _c).Should().Equal(_c, _a);
    }

    [Fact]
    public void Triggers_AreAdded_AfterTheirSource()
    {
        _c.Triggers.Add(_a);
        _a.TriggerDependencies.Add(_c);
        Plan(_c).Should().Equal(_c, _a);
    }

    [Fact]
    public void TheDefault_IsPlanned_WhenNothingIsInvoked()
    {
        _b.IsDefault = true;
        Plan().Should().Equal(_b);
        Plan(_a).Should().Equal(_a);
    }

    [Fact]
    public void ACycle_FailsEvenOutsideTheRun_AndIsSpelledOut()
    {
        _b.ExecutionDependencies.Add(_c);
        _c.OrderDependencies.Add(_b);
        var planning = () => Plan(_a);
        planning.Should().Throw<BuildInputException>().WithMessage($"Circular dependencies between targets:{Environment.NewLine} - B -> C -> B");
    }

    [Fact]
    public void AnOrderThroughATargetOutsideThePlan_Counts()
    {
        _a.OrderDependencies.Add(_b);
        _b.ExecutionDependencies.Add(_c);
        ExecutionPlanner.GetPredecessors([_c, _a])[_a].Should().Equal(_c);
    }
}
