using System.Text;
using Nuke.Common;
using Nuke.Common.IO;
using Nuke.Common.Tests.Running;

namespace Tiketi.Workflows.Tests;

#nullable disable

[Collection(RunsBuilds.Name)]
public sealed class SummaryTests : IDisposable
{
    private const string Variable = "GITHUB_STEP_SUMMARY";
    private readonly BuildHarness _harness = new();
    private readonly string _before = Environment.GetEnvironmentVariable(Variable);

    public void Dispose()
    {
        Environment.SetEnvironmentVariable(Variable, _before);
        _harness.Dispose();
    }

    private AbsolutePath File => _harness.Root / "summary.md";

    [Fact]
    public void The_table_of_targets_is_written_with_what_they_report()
    {
        _harness.Environment[Variable] = File;
        Environment.SetEnvironmentVariable(Variable, File);
        _harness.Run<Reporting>("Count --host GitHubActions").ExitCode.Should().Be(0);
        File.ReadAllText().Should().MatchRegex(@"### Build succeeded\n\n\| Target \| Status \|.*\n.*\n\| Count \| Succeeded \| .* \| Pushed: 5 \|\n");
    }

    [Fact]
    public void Sections_are_added_and_stay_below_GitHubs_limit()
    {
        Environment.SetEnvironmentVariable(Variable, File);
        JobSummary.AddLinks("Addresses", ("The site", new Uri("https://tiketi.example/")));
        JobSummary.AddLines("Cluster", ["Deployment/backend would be configured"]);
        File.ReadAllText().Should().Be("### Addresses\n\n\n- [The site](https://tiketi.example/)\n\n\n### Cluster\n\n````\nDeployment/backend would be configured\n````\n\n");

        Parallel.For(0, 20, _ => JobSummary.AddLines("Site", Enumerable.Repeat(new string('x', 1000), 1000)));
        var text = File.ReadAllText();
        Encoding.UTF8.GetByteCount(text).Should().BeInRange(500_000, 768 * 1024);
        text.Should().Contain("... the rest is in the log");
        text.Split("````").Should().HaveCountGreaterThan(3, "every section is closed").And.Subject.Count().Should().Match(count => count % 2 == 1);
    }

    [Fact]
    public void Elsewhere_nothing_is_written()
    {
        Environment.SetEnvironmentVariable(Variable, null);
        JobSummary.AddLines("Cluster", ["x"]);
        File.FileExists().Should().BeFalse();
    }

    private sealed class Reporting : NukeBuild
    {
        public Target Count => _ => _.Executes(() => ReportSummary(summary =>
        {
            summary["Pushed"] = "5";
            return summary;
        }));
    }
}
