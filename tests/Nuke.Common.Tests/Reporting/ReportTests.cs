using System.Text.Json;
using Nuke.Common.Execution;
using Nuke.Common.IO;
using Nuke.Common.Reporting;
using Nuke.Common.Tests.Running;

namespace Nuke.Common.Tests.Reporting;

#nullable disable

[Collection(RunsBuilds.Name)]
public sealed class ReportTests : IDisposable
{
    private readonly BuildHarness _harness = new();

    public void Dispose() => _harness.Dispose();

    private sealed class ReportBuild : TracingBuild
    {
        [Parameter] public readonly string Version;
        [Parameter] public readonly bool Break;

        public Target Short => _ => _.Executes(() => Serilog.Log.Information("<b>short</b>"));
        public Target Long => _ => _.Executes(() => Thread.Sleep(400));
        public Target Both => _ => _.DependsOn(Short, Long);
        public Target Last => _ => _.DependsOn(Both).Executes(() =>
        {
            if (Break)
                throw new InvalidOperationException("Broken");
            Trace("Last");
        });
    }

    private JsonElement ReadReport() => JsonDocument.Parse(
        (_harness.Root / ".nuke" / "temp" / "runs").GetFiles("report.json", depth: 2).Last().ReadAllText()).RootElement;

    [Fact]
    public void TheReport_HasTimesResultsAndTheCriticalPath()
    {
        _harness.Run<ReportBuild>("Last --break");
        var report = ReadReport();
        report.GetProperty("schemaVersion").GetInt32().Should().Be(RunReport.SchemaVersion);
        report.GetProperty("succeeded").GetBoolean().Should().BeFalse();
        report.GetProperty("durationSeconds").GetDouble().Should().BeGreaterThan(0.39);
        var targets = report.GetProperty("targets").EnumerateArray().ToDictionary(x => x.GetProperty("name").GetString());
        targets.Keys.Should().Equal("Short", "Long", "Last");
        targets["Last"].GetProperty("status").GetString().Should().Be("Failed");
        targets["Last"].GetProperty("reason").GetString().Should().Be("InvalidOperationException: Broken");
        targets["Last"].GetProperty("startSeconds").GetDouble().Should().BeGreaterThan(0.39);
        targets.Values.Where(x => x.GetProperty("onCriticalPath").GetBoolean()).Select(x => x.GetProperty("name").GetString()).Should().Equal("Long", "Last");
    }

    [Fact]
    public void ThePage_ShowsEachTarget_WithItsLog_AsText()
    {
        _harness.Run<ReportBuild>("Last");
        var page = (_harness.Root / ".nuke" / "temp" / "runs").GetFiles("report.html", depth: 2).Single().ReadAllText();
        page.Should().Contain("<h1>Build succeeded</h1>").And.Contain("<b>Long</b>").And.Contain("&lt;b&gt;short&lt;/b&gt;").And.NotContain("<b>short</b>");
    }

    [Fact]
    public void Continue_LeavesOutWhatSucceeded()
    {
        _harness.Environment["BREAK"] = "true";
        _harness.Run<ReportBuild>("Last");
        var result = _harness.Run<ReportBuild>("Last --continue");
        result.Status("Long").Should().Be(ExecutionStatus.Skipped);
        result["Long"].Reason.Should().Be("done in the last run");
        result.Status("Last").Should().Be(ExecutionStatus.Failed);
    }

    [Fact]
    public void Continue_StartsOver_WhenAParameterChanged()
    {
        _harness.Run<ReportBuild>("Last --break");
        var result = _harness.Run<ReportBuild>("Last --continue --version 2");
        result.Status("Long").Should().Be(ExecutionStatus.Succeeded);
        result.Output.Should().Contain("restarting");
    }
}
