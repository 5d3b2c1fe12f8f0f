using Nuke.Common.Execution;
using Nuke.Common.Reporting;
using Serilog;

namespace Nuke.Common.Tests.Running;

#nullable disable

[Collection(RunsBuilds.Name)]
public sealed class ExecutionTests
{
    private sealed class GraphBuild : TracingBuild
    {
        public bool Condition = true;

        public Target A => _ => _.Executes(() => Trace("A"));
        public Target B => _ => _.DependsOn(A).Executes(() => Trace("B"));
        public Target C => _ => _.DependsOn(A).Executes(() => Trace("C"));
        public Target D => _ => _.DependsOn(B, C);
        public Target Dynamic => _ => _.DependsOn(A).OnlyWhenDynamic(() => !Condition).Triggers(Triggered).Executes(() => Trace("Dynamic"));
        public Target Triggered => _ => _.Executes(() => Trace("Triggered"));
        public Target Static => _ => _.DependsOn(A).OnlyWhenStatic(() => !Condition).Executes(() => Trace("Static"));
        public Target StaticExecute => _ => _.DependsOn(A).OnlyWhenStatic(() => !Condition).WhenSkipped(DependencyBehavior.Execute).Executes(() => Trace("StaticExecute"));
        public Target AfterStatic => _ => _.DependsOn(Static).Executes(() => Trace("AfterStatic"));
        public Target Throws => _ => _.Executes(() => throw new InvalidOperationException("Out of luck\nsecond line"));
        public Target NeedsThrows => _ => _.DependsOn(Throws).Executes(() => Trace("NeedsThrows"));
        public Target Independent => _ => _.After(NeedsThrows).Executes(() => Trace("Independent"));
        public Target Proceeds => _ => _.ProceedAfterFailure().Executes(() => throw new InvalidOperationException("Oh"));
        public Target NeedsProceeds => _ => _.DependsOn(Proceeds).Executes(() => Trace("NeedsProceeds"));
        public Target AfterProceeds => _ => _.After(Proceeds).Executes(() => Trace("AfterProceeds"));
        public Target Assured => _ => _.After(Throws, Proceeds).AssuredAfterFailure().Executes(() => Trace("Assured"));
        public Target Async => _ => _.Executes(async () =>
        {
            await Task.Yield();
            Trace("Async");
        });
        public Target Verbose => _ => _.Executes(() => ReportSummary(x =>
        {
            foreach (var (name, value) in new[] { ("Release", "12"), ("Written", "21"), ("Unchanged", "0"), ("Pruned", "0"), ("Migrations", "3"), ("Elsewhere", "100") })
                x[name] = value;
            return x;
        }));

        public Target Reports => _ => _.Executes(() => ReportSummary(x => Utilities.Collections.DictionaryExtensions.AddPair(x, "Files", "3")));
        public Target ExitsWith5 => _ => _.Executes(() => ExitCode = 5);
        public Target Remedies => _ => _.Executes(() => throw new RemedyException());
        public Target Logs => _ => _.Executes(() =>
        {
            Log.Information("Value {Text} {Number}", "text", 5);
            Log.Warning("Careful");
            Console.WriteLine("direct");
        });
    }

    private sealed class RemedyException() : Exception("The stack is missing")
    {
        public string Remedy => "Run ApplyInfra first";
    }

    private static BuildResult Run(string arguments)
    {
        using var harness = new BuildHarness();
        return harness.Run<GraphBuild>(arguments, x => x.D);
    }

    [Fact]
    public void WithoutTarget_TheDefaultRuns_WithItsDependencies()
    {
        var result = Run("--sequential");
        result.Ran.Should().Equal("A", "B", "C");
        result.Status("D").Should().Be(ExecutionStatus.Collective);
        result.ExitCode.Should().Be(0);
    }

    [Fact]
    public void TargetNames_IgnoreCaseAndDashes() => Run("after-static").Status("AfterStatic").Should().Be(ExecutionStatus.Succeeded);

    [Fact]
    public void AsyncActions_AreAwaited() => Run("Async").Ran.Should().Equal("Async");

    [Fact]
    public void OnlyWhenStatic_SkipsTheTarget_AndWhatOnlyItNeeds()
    {
        var result = Run("Static");
        result.Ran.Should().BeEmpty();
        result["Static"].Reason.Should().Be("!Condition");
        result["A"].Reason.Should().Be("because of Static");
        result.ExitCode.Should().Be(0);
    }

    [Fact]
    public void OnlyWhenStatic_KeepsDependencies_ThatOthersNeed() => Run("Static B --sequential").Ran.Should().Equal("A", "B");

    [Fact]
    public void OnlyWhenStatic_KeepsDependencies_ThatWereAskedFor() => Run("Static A").Ran.Should().Equal("A");

    [Fact]
    public void WhenSkippedExecute_RunsTheDependencies() => Run("StaticExecute").Ran.Should().Equal("A");

    [Fact]
    public void DependentsOfASkippedTarget_StillRun() => Run("AfterStatic").Ran.Should().Equal("AfterStatic");

    [Fact]
    public void OnlyWhenDynamic_IsAskedAfterTheDependencies_AndTriggersStillRun()
    {
        var result = Run("Dynamic");
        result.Ran.Should().Equal("A", "Triggered");
        result.Status("Dynamic").Should().Be(ExecutionStatus.Skipped);
        result.ExitCode.Should().Be(0);
    }

    [Fact]
    public void Skip_LeavesTheNamedTargetsOut() => Run("D --skip B --sequential").Ran.Should().Equal("A", "C");

    [Fact]
    public void Skip_WithoutNames_LeavesOutAllThatWasNotAskedFor() => Run("B --skip").Ran.Should().Equal("B");

    [Fact]
    public void Skip_WithoutNames_LeavesOutEvenTheDefault() => Run("--skip").Ran.Should().BeEmpty();

    [Fact]
    public void Skip_NeverLeavesOutWhatWasAskedFor() => Run("B --skip A+B").Ran.Should().Equal("B");

    [Fact]
    public void AFailure_StopsTheRest_AndSaysWhy()
    {
        var result = Run("NeedsThrows Independent");
        result.Ran.Should().BeEmpty();
        result.ExitCode.Should().Be(-1);
        result["Throws"].Reason.Should().Be("InvalidOperationException: Out of luck");
        result["NeedsThrows"].Reason.Should().Be("needs Throws, which failed");
        result["Independent"].Reason.Should().Be("Throws failed");
        result.Status("Independent").Should().Be(ExecutionStatus.NotRun);
    }

    [Fact]
    public void ProceedAfterFailure_RunsWhatDoesNotDependOnIt_AndStillFails()
    {
        var result = Run("NeedsProceeds AfterProceeds");
        result.Ran.Should().Equal("AfterProceeds");
        result["NeedsProceeds"].Reason.Should().Be("needs Proceeds, which failed");
        result.ExitCode.Should().Be(-1);
    }

    [Fact]
    public void AssuredAfterFailure_RunsAfterAFailure() => Run("Throws Assured").Ran.Should().Equal("Assured");

    [Fact]
    public void ExitCode_OfTheBuild_Wins() => Run("ExitsWith5").ExitCode.Should().Be(5);

    [Fact]
    public void ReportSummary_ShowsInTheTable() => Run("Reports").Output.Should().Contain("Reports            Succeeded     < 1sec   // Files: 3");

    [Theory]
    [InlineData(80)]
    [InlineData(120)]
    public void TheTable_FitsTheTerminal(int width)
    {
        var plan = Run("Verbose").Build.ExecutionPlan;

        var lines = SummaryTable.GetLines(plan, width).Select(x => x.Line).ToList();

        lines.Should().OnlyContain(line => line.Length <= width);
        string.Concat(lines.Where(line => line.Contains("//", StringComparison.Ordinal)).Select(line => line.Split("// ")[1] + " "))
            .Should().Be("Release: 12, Written: 21, Unchanged: 0, Pruned: 0, Migrations: 3, Elsewhere: 100 ");
    }

    [Fact]
    public void AnExceptionWithARemedy_IsToldWithoutTrace_ButLoggedWithIt()
    {
        using var harness = new BuildHarness();
        var result = harness.Run<GraphBuild>("Remedies");
        result.Output.Should().Contain("Target Remedies failed: The stack is missing").And.Contain("What to do: Run ApplyInfra first").And.NotContain("   at ");
        result["Remedies"].Reason.Should().Be("The stack is missing");
        result.Log.Should().Contain("   at ");
    }

    [Fact]
    public void OtherExceptions_AreToldWithTypeAndTrace() =>
        Run("Throws").Output.Should().Contain("Target Throws has thrown an exception").And.Contain("InvalidOperationException: Out of luck").And.Contain("   at ");

    [Fact]
    public void Warnings_AreRepeatedWithTheirTarget() =>
        Run("Logs").Output.Should().Contain("[INF] Value text 5").And.Contain("direct").And.Contain("Errors & Warnings").And.Contain("[WRN] Logs: Careful");

    [Fact]
    public void TheSummary_IsInTheOrderOfThePlan()
    {
        var lines = Run("NeedsThrows Independent C").Output.Split('\n');
        var table = lines.SkipWhile(x => !x.StartsWith("Target  ", StringComparison.Ordinal)).Skip(2).TakeWhile(x => !x.StartsWith('─')).Select(x => x.Split(' ')[0]);
        table.Should().Equal("A", "C", "Throws", "NeedsThrows", "Independent");
    }

    [Fact]
    public void UnknownTarget_RunsNothing_AndNamesTheNearest()
    {
        var result = Run("Asynk");
        result.ExitCode.Should().Be(-1);
        result.Output.Should().Contain("Target with name 'Asynk' does not exist. Did you mean 'Async'?").And.Contain("Available targets are: A, B, C");
        result.Ran.Should().BeEmpty();
    }

    [Fact]
    public void EachRun_HasALogOfItsOwn_AndTwentyAreKept()
    {
        using var harness = new BuildHarness();
        for (var i = 0; i < 23; i++)
            harness.Run<GraphBuild>("A");
        var runs = (harness.Root / ".nuke" / "temp" / "runs");
        IO.AbsolutePathExtensions.GetDirectories(runs).Should().HaveCount(20);
    }
}
