using Nuke.Common.IO;
using Nuke.Common.Tests.Running;

namespace Nuke.Common.Tests.Reporting;

#nullable disable

[Collection(RunsBuilds.Name)]
public sealed class ExplanationTests : IDisposable
{
    private readonly BuildHarness _harness = new();

    public void Dispose() => _harness.Dispose();

    private sealed class ShopBuild : TracingBuild
    {
        [Parameter("Where to deploy")] public readonly string Environment = "local";
        [Parameter("The key")] [Secret] public readonly string ApiKey = "default-secret";

        public Target Images => _ => _.Description("Builds the images").Executes(() => Trace("Images"));
        public Target Push => _ => _.DependsOn(Images).Executes(() => Trace("Push"));
        public Target Infra => _ => _.Executes(() => Trace("Infra"));
        public Target Deploy => _ => _.Description("Deploys").DependsOn(Push).After(Infra).Executes(() => Trace("Deploy"));
        public Target Hidden => _ => _.Unlisted().Executes(() => Trace("Hidden"));
    }

    [Fact]
    public void Help_ListsTargetsAndParameters_WithDefaultsAndSources()
    {
        var result = _harness.Run<ShopBuild>("--help --environment staging", x => x.Deploy);
        result.ExitCode.Should().Be(0);
        result.Ran.Should().BeEmpty();
        result.Output.Should().StartWith(
            """
            Usage: ./build.sh [TARGET...] [--OPTION VALUE...]

            Targets (with their direct dependencies):

              Images
                  Builds the images
              Push             -> Images
              Infra
              Deploy (default) -> Push
                  Deploys

            Parameters:

              --environment <text>  Where to deploy [staging, given by command line]
              --api-key <text>      The key [secret]

            Parameters of the engine:

            """);
        result.Output.Should().NotContain("Hidden").And.NotContain("default-secret");
    }

    [Fact]
    public void NoTargetAndNoDefault_ShowsHelp() => _harness.Run<ShopBuild>(string.Empty).Output.Should().StartWith("Usage:");

    [Fact]
    public void Plan_ShowsTreeAndSteps_AndWritesThePage()
    {
        var result = _harness.Run<ShopBuild>("--plan Deploy Infra");
        result.ExitCode.Should().Be(0);
        result.Ran.Should().BeEmpty();
        result.Output.Should().StartWith(
            """
            Plan:

              Infra
              Deploy   after Infra
              └─ Push
                 └─ Images

            Steps (the targets of a step can run at the same time):

              1. Images, Infra
              2. Push
              3. Deploy

            """);
        (_harness.Root / ".nuke" / "temp" / "execution-plan.html").ReadAllText().Should().Contain("<svg").And.Contain(">Deploy</text>");
    }

    [Fact]
    public void Plan_SaysWhatIsSkipped() =>
        _harness.Run<ShopBuild>("--plan Deploy --skip Push").Output.Should().Contain("Push (skipped: skip parameter)");

    [Theory]
    [InlineData("bash", "complete -o default -W 'Images Push")]
    [InlineData("zsh", "compadd -- Images")]
    [InlineData("pwsh", "'Images', 'Push'")]
    public void Completion_KnowsTargetsAndOptions(string shell, string expected) =>
        _harness.Run<ShopBuild>($"--completion {shell}").Output.Should().Contain(expected).And.Contain("--environment");

    [Fact]
    public void TheSchema_DescribesTheParameters_AndIsWrittenOnlyWhenItChanges()
    {
        var schema = _harness.Root / ".nuke" / "build.schema.json";
        _harness.Run<ShopBuild>("Infra");
        var root = System.Text.Json.JsonDocument.Parse(schema.ReadAllText()).RootElement;
        root.GetProperty("allOf")[0].GetProperty("properties").GetProperty("Environment").GetProperty("description").GetString().Should().Be("Where to deploy");
        root.GetProperty("definitions").GetProperty("ExecutableTarget").GetProperty("enum").EnumerateArray().Select(x => x.GetString()).Should().Contain("Deploy");
        File.SetLastWriteTimeUtc(schema, DateTime.UnixEpoch);
        _harness.Run<ShopBuild>("Infra");
        File.GetLastWriteTimeUtc(schema).Should().Be(DateTime.UnixEpoch);
    }
}
