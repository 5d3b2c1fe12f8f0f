using Microsoft.Extensions.Time.Testing;
using Nuke.Common.Execution;
using Nuke.Common.Reporting;
using Nuke.Common.Tests.Running;
using Serilog;
using Serilog.Events;

namespace Nuke.Common.Tests.Reporting;

#nullable disable

[Collection(RunsBuilds.Name)]
public sealed class BlockTests : IDisposable
{
    private readonly BuildHarness _harness = new();

    public void Dispose() => _harness.Dispose();

    private sealed class ChattyBuild : TracingBuild
    {
        private readonly Barrier _barrier = new(2);

        public Target Left => _ => _.Executes(() => Chat("left"));
        public Target Right => _ => _.Executes(() => Chat("right"));
        public Target Both => _ => _.DependsOn(Left, Right);

        // Passes only if the two run at the same time, and then both write in turns.
        private void Chat(string name)
        {
            for (var i = 0; i < 20; i++)
            {
                Assert.True(_barrier.SignalAndWait(TimeSpan.FromSeconds(20)), "the targets do not run at the same time");
                Log.Information("{Name:l} {I}", name, i);
                Console.WriteLine($"{name} direct {i}");
            }
        }
    }

    [Fact]
    public void IndependentTargets_RunAtTheSameTime_AndEachOnesOutputStaysWhole()
    {
        var result = _harness.Run<ChattyBuild>("Both");
        result.ExitCode.Should().Be(0, result.Output);
        var lines = result.Output.Split('\n').Where(x => x.Contains("left", StringComparison.Ordinal) || x.Contains("right", StringComparison.Ordinal)).ToList();
        lines.Should().HaveCount(80);
        lines.Take(40).Should().OnlyContain(x => x.Contains(lines[0].Contains("left") ? "left" : "right"));
        result.Output.Should().Contain("─ Left started").And.Contain("─ Right succeeded after");
    }

    [Fact]
    public void OnGitHub_EachTargetIsOneGroup()
    {
        _harness.Run<ChattyBuild>("Both --host GitHubActions").Output.Split('\n')
            .Where(x => x.StartsWith("::", StringComparison.Ordinal)).Select(x => x.Split("::")[1]).Should().Equal("group", "endgroup", "group", "endgroup");
    }

    [Fact]
    public void Sequential_WritesAtOnce_InTheOrderOfThePlan()
    {
        var output = new StringWriter();
        var console = new BuildConsole(output, IsTerminal: false, UsesColor: false, CanPrompt: false);
        using var display = new StreamDisplay(new Terminal(), console);
        display.OnLine(new LogLine(DateTimeOffset.UnixEpoch, LogEventLevel.Information, "now", Target: null));
        output.ToString().Trim().Should().Be("00:00:00 [INF] now");
    }

    [Fact]
    public void LongSilence_IsBrokenByWhatStillRuns()
    {
        var time = new FakeTimeProvider();
        var output = new StringWriter();
        using var display = new BlockDisplay(new Terminal(), new BuildConsole(output, IsTerminal: false, UsesColor: false, CanPrompt: false), time);
        var target = new ExecutableTarget { Name = "ApplyInfra", StartedAt = time.GetLocalNow() };
        display.OnStarted(target);
        display.OnLine(new LogLine(time.GetLocalNow(), LogEventLevel.Information, "creating network", target));
        time.Advance(TimeSpan.FromSeconds(30));
        time.Advance(TimeSpan.FromSeconds(60));
        output.ToString().Should().Contain("ApplyInfra still running, 0:30: creating network").And.Contain("ApplyInfra still running, 1:30");
    }

    [Fact]
    public void OnATerminal_RunningTargetsAreRedrawn_BelowFinishedBlocks()
    {
        var time = new FakeTimeProvider();
        var output = new StringWriter();
        using var display = new LiveDisplay(new Terminal(), new BuildConsole(output, IsTerminal: true, UsesColor: false, CanPrompt: false), time);
        var target = new ExecutableTarget { Name = "Build", StartedAt = time.GetLocalNow() };
        display.OnStarted(target);
        display.OnLine(new LogLine(time.GetLocalNow(), LogEventLevel.Information, "step 4", target));
        time.Advance(TimeSpan.FromSeconds(65));
        output.ToString().Should().Contain("Build    1:05  step 4").And.Contain("\e[1A\r\e[0J");
        output.GetStringBuilder().Clear();
        target.Status = ExecutionStatus.Succeeded;
        display.OnFinished(target);
        output.ToString().Should().Contain("[INF] step 4").And.Contain("✓ Build succeeded");
    }

    [Theory]
    [InlineData(0.4, "< 1sec")]
    [InlineData(59, "0:59")]
    [InlineData(600, "10:00")]
    [InlineData(3725, "62:05")]
    public void Durations_AreMinutesAndSeconds(double seconds, string expected) =>
        Durations.Format(TimeSpan.FromSeconds(seconds)).Should().Be(expected);
}
