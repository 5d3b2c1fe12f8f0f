using Nuke.Common.Git;
using Nuke.Common.IO;
using Nuke.Common.Tests.Running;
using Nuke.Common.Tooling;
using Nuke.Common.Tools.DotNet;

namespace Nuke.Common.Tests.Tools;

#nullable disable

[Collection(RunsBuilds.Name)]
public sealed class ToolTests : IDisposable
{
    private readonly BuildHarness _harness = new();

    public void Dispose() => _harness.Dispose();

    private sealed class ToolBuild : TracingBuild
    {
        public Target Quoting => _ => _.Executes(() =>
        {
            AbsolutePath path = "/with space/file";
            var plain = "a b";
            var tool = ToolResolver.GetPathTool("printf");
            Trace(tool($"%s|%s|%s {path} {plain} {"raw":nq}").StdToText());
        });

        public Target Redacting => _ => _.Executes(() => ToolResolver.GetPathTool("echo")($"login {"hunter2-x":r}"));

        public Target Failing => _ => _.Executes(() => ToolResolver.GetPathTool("sh")("-c \"echo said; echo why >&2; exit 3\""));

        public Target Handled => _ => _.Executes(() => ToolResolver.GetPathTool("sh")("-c \"exit 3\"", exitHandler: x => Trace($"code {x.ExitCode}")));

        public Target Environmental => _ => _.Executes(() => Trace(
            ToolResolver.GetPathTool("sh")("-c \"echo $ONLY-$HOME\"", environmentVariables: new Dictionary<string, string> { ["ONLY"] = "this" }).StdToText()));

        public Target TimesOut => _ => _.Executes(() => ProcessTasks.StartProcess("sleep", "60", timeout: 200).AssertZeroExitCode());

        public Target Shell => _ => _.Executes(() => Trace(ProcessTasks.StartShell("echo \"a  b\" | tr a-z A-Z").AssertZeroExitCode().Output.StdToText()));
    }

    [Fact]
    public void Holes_AreQuotedWhereNeeded() => _harness.Run<ToolBuild>("Quoting").Ran.Should().Equal("/with space/file|a b|raw");

    [Fact]
    public void RedactedHoles_AreMaskedEverywhere() =>
        _harness.Run<ToolBuild>("Redacting").Output.Should().Contain("login [REDACTED]").And.NotContain("hunter2-x");

    [Fact]
    public void ANonZeroExitCode_IsAProcessException_WithTheErrorOutput()
    {
        var result = _harness.Run<ToolBuild>("Failing");
        result["Failing"].Reason.Should().Be("ProcessException: Process 'sh' exited with code 3.");
        result.Output.Should().Contain("Error output:").And.Contain("   why").And.NotContain("   at ");
    }

    [Fact]
    public void AnExitHandler_DecidesInstead() => _harness.Run<ToolBuild>("Handled").Ran.Should().Equal("code 3");

    [Fact]
    public void EnvironmentVariables_ReplaceTheInheritedOnes() => _harness.Run<ToolBuild>("Environmental").Ran.Should().Equal("this-");

    [Fact]
    public void ATimeout_KillsTheProcess() => _harness.Run<ToolBuild>("TimesOut").Output.Should().Contain("did not end in time and was killed");

    [Fact]
    public void AShellCommand_KeepsItsQuotes() => _harness.Run<ToolBuild>("Shell").Ran.Should().Equal("A  B");

    [Fact]
    public void DotNetSettings_BecomeArguments_AndAreNotShared()
    {
        var settings = new DotNetBuildSettings();
        var changed = settings.SetProjectFile("a b.csproj").SetConfiguration("Release").EnableNoRestore().SetProperty("X", 1);
        changed.GetArgumentText().Should().Be("build \"a b.csproj\" --property:X=1 --configuration Release --no-restore");
        settings.GetArgumentText().Should().Be("build");
    }

    [Theory]
    [InlineData("https://user@github.com/owner/name.git", GitProtocol.Https, "github.com", "owner/name")]
    [InlineData("git@github.com:owner/name.git", GitProtocol.Ssh, "github.com", "owner/name")]
    [InlineData("ssh://git@host:2222/owner/name", GitProtocol.Ssh, "host:2222", "owner/name")]
    public void GitUrls_AreUnderstood(string url, GitProtocol protocol, string endpoint, string identifier) =>
        GitRepository.ParseUrl(url).Should().Be((protocol, endpoint, identifier));

    [Fact]
    public void AGitRepository_IsRead()
    {
        foreach (var arguments in (string[])["init -q -b main", "-c user.name=a -c user.email=b commit -q --allow-empty -m c", "tag v1"])
            ProcessTasks.StartProcess("git", arguments, _harness.Root, logOutput: false).AssertZeroExitCode();
        var repository = GitRepository.FromLocalDirectory(_harness.Root);
        (repository.Branch, repository.Head).Should().Be(("main", "refs/heads/main"));
        repository.Commit.Should().HaveLength(40);
        repository.Tags.Should().Equal("v1");
        repository.IsOnMainBranch().Should().BeTrue();
    }
}
