using Nuke.Common.IO;
using Nuke.Common.Tests.Running;
using Nuke.Common.Tooling;

namespace Nuke.Common.Tests.Parameters;

#nullable disable

[Collection(RunsBuilds.Name)]
public sealed class ParameterTests : IDisposable
{
    private readonly BuildHarness _harness = new();

    public void Dispose() => _harness.Dispose();

    private enum Color
    {
        Red,
        Green,
    }

    [System.ComponentModel.TypeConverter(typeof(TypeConverter<Flavor>))]
    private sealed class Flavor : Enumeration
    {
        public static readonly Flavor Sweet = new() { Value = "Sweet" };
        public static readonly Flavor Sour = new() { Value = "Sour" };
    }

    [ParameterPrefix(nameof(IComponent))]
    private interface IComponent : INukeBuild
    {
        [Parameter("The level")] string Level => TryGetValue(() => Level) ?? "info";
        [Parameter] int Count => TryGetValue<int?>(() => Count) ?? 3;
        Target Show => _ => _.Executes(() => Serilog.Log.Information("Level {Level} Count {Count}", Level, Count));
    }

    private class ParameterBuild : TracingBuild, IComponent
    {
        [Parameter("The place to deploy to", ValueProviderMember = nameof(Environments))] public readonly string Environment = "local";
        [Parameter] public readonly int Retries = 2;
        [Parameter] public readonly bool Force;
        [Parameter] public readonly Color? Color;
        [Parameter] public readonly Flavor Flavor;
        [Parameter] public readonly AbsolutePath AppRoot;
        [Parameter] public readonly string[] Names;
        [Parameter(Separator = ",")] public readonly int[] Numbers;
        [Parameter] [Secret] public readonly string ApiKey;
        [Parameter("The commit to deploy")] public readonly string Commit;
        [Parameter(Name = "Other")] public readonly string Renamed;

        private static IEnumerable<string> Environments => ["local", "staging"];

        public Target Go => _ => _.Executes(() => Trace("Go"));
        public Target Deploy => _ => _.Requires(() => Commit).Requires(() => ApiKey).Executes(() => Trace("Deploy"));
        public Target Strict => _ => _.Requires(() => Retries > 5).Executes(() => Trace("Strict"));
    }

    private sealed class RequiringBuild : TracingBuild
    {
        [Parameter] [Required] public readonly string Region;
        public Target Go => _ => _.Executes(() => Trace("Go"));
    }

    private ParameterBuild Build(string arguments)
    {
        var result = _harness.Run<ParameterBuild>(arguments, x => x.Go);
        result.ExitCode.Should().Be(0, result.Output);
        return (ParameterBuild)result.Build;
    }

    private string Fail(string arguments)
    {
        var result = _harness.Run<ParameterBuild>(arguments, x => x.Go);
        result.ExitCode.Should().Be(-1);
        result.Ran.Should().BeEmpty();
        return result.Output;
    }

    private void WriteParameters(string json, string name = "parameters.json") => (_harness.Root / ".nuke" / name).WriteAllText(json);

    [Fact]
    public void Values_AreConverted()
    {
        var build = Build("--retries 7 --force --color green --flavor sour --app-root sub --names a b --numbers 1,2,3 --other x Go");
        (build.Retries, build.Force, build.Color, build.Flavor, build.Renamed).Should().Be((7, true, ParameterTests.Color.Green, Flavor.Sour, "x"));
        build.AppRoot.Should().Be(_harness.Root / "sub");
        build.Names.Should().Equal("a", "b");
        build.Numbers.Should().Equal(1, 2, 3);
    }

    [Fact]
    public void AbsentValues_KeepTheInitializer() => Build("Go").Retries.Should().Be(2);

    [Fact]
    public void UnknownOption_StopsTheBuild_AndNamesTheNearest() =>
        Fail("--enviroment staging").Should().Contain("Unknown option '--enviroment'. Did you mean '--environment'?");

    [Fact]
    public void AValueThatDoesNotConvert_StopsTheBuild() =>
        Fail("--retries many").Should().Contain("Option '--retries': 'many' is no whole number");

    [Fact]
    public void AValueOutsideTheSet_StopsTheBuild_AndListsTheSet() =>
        Fail("--environment stagin").Should().Contain("Option '--environment': 'stagin' is not allowed. Did you mean 'staging'? Allowed are: local, staging");

    [Fact]
    public void AnEnumValue_IsANameAndNoNumber() => Fail("--color 1").Should().Contain("'1' is not allowed. Allowed are: Red, Green");

    [Fact]
    public void AllProblems_AreListedAtOnce() =>
        Fail("Gone --retries x --foo").Should().Contain("--retries").And.Contain("--foo").And.Contain("'Gone'");

    [Fact]
    public void TheCommandLine_StandsAboveTheEnvironment_AndThatAboveTheFile()
    {
        WriteParameters("""{ "Retries": 5 }""");
        Build("Go").Retries.Should().Be(5);
        _harness.Environment["RETRIES"] = "6";
        Build("Go").Retries.Should().Be(6);
        Build("--retries 7").Retries.Should().Be(7);
    }

    [Fact]
    public void TheNukePrefix_StandsAboveThePlainName()
    {
        _harness.Environment["RETRIES"] = "6";
        _harness.Environment["NUKE_RETRIES"] = "8";
        Build("Go").Retries.Should().Be(8);
    }

    [Fact]
    public void EngineParameters_NeverComeFromPlainEnvironmentVariables()
    {
        foreach (var name in (string[])["HOST", "TARGET", "ROOT", "SKIP", "PROFILE", "VERBOSITY", "PLAN", "HELP", "CONTINUE"])
            _harness.Environment[name] = "nonsense";
        Build("Go").Ran.Should().Equal("Go");
    }

    [Fact]
    public void EngineParameters_ComeFromNukeVariables()
    {
        _harness.Environment["NUKE_SKIP"] = "Go";
        _harness.Run<ParameterBuild>("Show", x => x.Go).ExitCode.Should().Be(0);
    }

    [Fact]
    public void TwoVariablesForOneParameter_WithDifferentValues_AreAnError()
    {
        _harness.Environment["API_KEY"] = "one-secret";
        _harness.Environment["APIKEY"] = "other-secret";
        Fail("Go").Should().Contain("'API_KEY' and 'APIKEY' both mean '--api-key'").And.NotContain("one-secret");
    }

    [Fact]
    public void AnEmptyVariable_IsNoValue()
    {
        _harness.Environment["COMMIT"] = string.Empty;
        Fail("Deploy").Should().Contain("--commit");
    }

    [Fact]
    public void Profiles_StandAboveTheFile_TheLaterOneWins()
    {
        WriteParameters("""{ "Retries": 1, "Commit": "base" }""");
        WriteParameters("""{ "Retries": 3 }""", "parameters.one.json");
        WriteParameters("""{ "Retries": 4 }""", "parameters.two.json");
        var build = Build("--profile one two");
        (build.Retries, build.Commit).Should().Be((4, "base"));
    }

    [Fact]
    public void AMissingProfile_IsAnError_ThatListsTheOthers()
    {
        WriteParameters("{}", "parameters.staging.json");
        Fail("--profile stage").Should().Contain("Profile 'stage' does not exist").And.Contain("Available profiles are: staging");
    }

    [Fact]
    public void APathInTheFile_IsRelativeToTheRoot()
    {
        WriteParameters("""{ "AppRoot": "samples/app" }""");
        Build("Go").AppRoot.Should().Be(_harness.Root / "samples" / "app");
    }

    [Fact]
    public void AnUnknownKeyInTheFile_IsAnError()
    {
        WriteParameters("""{ "Retrys": 5 }""");
        Fail("Go").Should().Contain("Unknown parameter 'Retrys' in .nuke/parameters.json. Did you mean 'Retries'?");
    }

    [Fact]
    public void ASecretInTheFile_IsAnError_ThatDoesNotShowIt()
    {
        WriteParameters("""{ "ApiKey": "hunter22" }""");
        Fail("Go").Should().Contain("NUKE_API_KEY").And.NotContain("hunter22");
    }

    [Fact]
    public void TheTarget_CanBeSetInTheFile()
    {
        WriteParameters("""{ "Target": ["Show"] }""");
        _harness.Run<ParameterBuild>(string.Empty, x => x.Go).Output.Should().Contain("Level info Count 3");
    }

    [Fact]
    public void ComponentParameters_HaveTheirPrefix_AndDefaults()
    {
        _harness.Run<ParameterBuild>("Show --i-component-level debug --icomponent-count 5", x => x.Go).Output.Should().Contain("Level debug Count 5");
        _harness.Environment["ICOMPONENT_LEVEL"] = "trace";
        _harness.Run<ParameterBuild>("Show", x => x.Go).Output.Should().Contain("Level trace Count 3");
    }

    [Fact]
    public void MissingRequirements_AreListedAtOnce_WithTheRemedy_WhenNobodyCanAnswer()
    {
        var output = Fail("Deploy Strict");
        output.Should().Contain("Target 'Deploy' requires --commit (The commit to deploy): pass --commit or set the environment variable NUKE_COMMIT")
            .And.Contain("Target 'Deploy' requires --api-key: set the environment variable NUKE_API_KEY")
            .And.Contain("Target 'Strict' requires '(Retries > 5)'");
    }

    [Fact]
    public void RequirementsOfSkippedTargets_AreNotChecked() => _harness.Run<ParameterBuild>("Go --skip Deploy", x => x.Go).ExitCode.Should().Be(0);

    [Fact]
    public void RequiredMembers_AreCheckedWhateverRuns() =>
        _harness.Run<RequiringBuild>("Go").Output.Should().Contain("The build requires --region: pass --region or set the environment variable NUKE_REGION");
}
