using System.Diagnostics;
using Nuke.Common.IO;

namespace Nuke.Common.Tests.Bootstrap;

/// <summary>build.sh in a repository of its own, with a dotnet that notes what it is asked to do.</summary>
public sealed class BootstrapTests : IDisposable
{
    private readonly AbsolutePath _root = AbsolutePath.Create(Directory.CreateTempSubdirectory("nuke-bootstrap-").FullName);

    public BootstrapTests()
    {
        File.Copy(Path.Combine(FindRepository(), "build.sh"), _root / "build.sh");
        (_root / "global.json").WriteAllText("""{ "sdk": { "version": "10.0.100" } }""");
        (_root / "Directory.Build.props").WriteAllText("<Project/>");
        (_root / "build" / "Build.cs").WriteAllText("class Build;");
        (_root / "src" / "Some Project" / "Code.cs").WriteAllText("class Code;");
        WriteTool("dotnet", """
            echo "$*" >> "$CALLS"
            case "$1" in
              --version) exit ${VERSION_EXIT:-0} ;;
              msbuild) [ -z "$BUILD_FAILS" ] || { echo "Build.cs(1,1): error CS1002"; exit 1; }
                     sleep 0.3; mkdir -p "$(dirname "$2")/bin/Release"; touch "$(dirname "$2")/bin/Release/_build.dll" ;;
              exec) exit ${EXEC_EXIT:-0} ;;
            esac
            """);
        WriteTool("curl", "exit 6");
    }

    public void Dispose() => _root.DeleteDirectory();

    private string[] Calls => File.Exists(_root / "calls") ? File.ReadAllLines(_root / "calls") : [];

    private int Compilations => Calls.Count(x => x.StartsWith("msbuild ", StringComparison.Ordinal));

    private void WriteTool(string name, string script)
    {
        var file = (_root / "tools" / name).WriteAllText("#!/bin/sh\n" + script);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private async Task<(int ExitCode, string Output)> RunAsync(string arguments = "", params (string Name, string Value)[] environment)
    {
        var info = new ProcessStartInfo("bash", $"\"{_root / "build.sh"}\" {arguments}") { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        info.Environment["PATH"] = $"{_root / "tools"}:{info.Environment["PATH"]}";
        info.Environment["CALLS"] = _root / "calls";
        info.Environment.Remove("CI");
        info.Environment.Remove("GITHUB_ACTIONS");
        foreach (var (name, value) in environment)
            info.Environment[name] = value;
        using var process = Process.Start(info)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output + await error);
    }

    [Fact]
    public async Task TheBuild_IsCompiledOnce_AndThenOnlyRun()
    {
        (await RunAsync("Deploy --environment \"two words\"")).ExitCode.Should().Be(0);
        (await RunAsync("Deploy")).ExitCode.Should().Be(0);
        Compilations.Should().Be(1);
        Calls.Where(x => x.StartsWith("exec", StringComparison.Ordinal)).Should().Equal(
            $"exec {_root}/build/bin/Release/_build.dll Deploy --environment two words",
            $"exec {_root}/build/bin/Release/_build.dll Deploy");
    }

    [Fact]
    public async Task AnUnchangedBuild_StartsNothingButItself()
    {
        await RunAsync();
        File.Delete(_root / "calls");
        await RunAsync();
        Calls.Should().ContainSingle().Which.Should().StartWith("exec");
    }

    [Theory]
    [InlineData("build/Build.cs")]
    [InlineData("src/Some Project/Code.cs")]
    [InlineData("Directory.Build.props")]
    [InlineData("global.json")]
    public async Task AnEdit_IsCompiled(string file)
    {
        await RunAsync();
        await File.AppendAllTextAsync(_root / file, " ");
        await RunAsync();
        Compilations.Should().Be(2);
    }

    [Fact]
    public async Task AnEdit_WithAnOlderTime_IsCompiledToo()
    {
        await RunAsync();
        File.SetLastWriteTimeUtc(_root / "build" / "Build.cs", new DateTime(2001, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        await RunAsync();
        Compilations.Should().Be(2);
    }

    [Fact]
    public async Task AddedAndDeletedFiles_AreCompiled_GeneratedOnesAreNot()
    {
        await RunAsync();
        (_root / "src" / "New.cs").WriteAllText("class New;");
        await RunAsync();
        (_root / "src" / "New.cs").DeleteFile();
        await RunAsync();
        (_root / "src" / "Some Project" / "obj" / "x.cs").WriteAllText("generated");
        await RunAsync();
        Compilations.Should().Be(3);
    }

    [Fact]
    public async Task TwoAtOnce_CompileOnce()
    {
        var results = await Task.WhenAll(RunAsync("A"), RunAsync("B"), RunAsync("C"));
        results.Should().OnlyContain(x => x.ExitCode == 0);
        Compilations.Should().Be(1);
    }

    [Fact]
    public async Task ABuildThatDoesNotCompile_IsSaid_AndTriedAgain()
    {
        var (exitCode, output) = await RunAsync("Deploy", ("BUILD_FAILS", "1"));
        exitCode.Should().Be(1);
        output.Should().Contain("error CS1002").And.Contain("build.sh: The build itself does not compile");
        Calls.Should().NotContain(x => x.StartsWith("exec", StringComparison.Ordinal));
        (await RunAsync("Deploy")).ExitCode.Should().Be(0);
    }

    [Fact]
    public async Task TheExitCode_IsTheBuilds() => (await RunAsync(string.Empty, ("EXEC_EXIT", "7"))).ExitCode.Should().Be(7);

    [Fact]
    public async Task WithoutSdkAndNetwork_TheErrorSaysWhatToDo()
    {
        var (exitCode, output) = await RunAsync("Deploy", ("VERSION_EXIT", "1"));
        exitCode.Should().NotBe(0);
        output.Should().Contain("No .NET SDK here satisfies global.json (10.0.100)").And.Contain("install the .NET SDK 10.0.100 or a later one");
    }

    [Fact]
    public async Task OnAServer_TheRestoreIsLocked()
    {
        await RunAsync(string.Empty, ("CI", "true"));
        Calls.Should().Contain(x => x.EndsWith("-p:RestoreLockedMode=true", StringComparison.Ordinal));
    }

    private static string FindRepository()
    {
        var directory = AbsolutePath.Create(AppContext.BaseDirectory).FindParentOrSelf(x => (x / "build.sh").FileExists());
        return directory ?? throw new InvalidOperationException("The tests are not in the repository");
    }
}
