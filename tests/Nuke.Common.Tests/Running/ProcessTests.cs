using System.Diagnostics;
using System.Runtime.InteropServices;
using Nuke.Common.IO;

namespace Nuke.Common.Tests.Running;

/// <summary>A compiled build as its users meet it: a process with a command line, an exit code and signals.</summary>
public sealed partial class ProcessTests : IDisposable
{
    private const int Interrupt = 2;
    private const int Terminate = 15;

    private static readonly string s_assembly = Path.Combine(
        AppContext.BaseDirectory, "..", "..", "..", "TestBuild", "bin", "Debug", "net10.0", "TestBuild.dll");

    private readonly AbsolutePath _root = AbsolutePath.Create(Directory.CreateTempSubdirectory("nuke-process-").FullName);

    public ProcessTests() => (_root / ".nuke").CreateDirectory();

    public void Dispose() => _root.DeleteDirectory();

    private Process Start(string arguments, params (string Name, string Value)[] environment)
    {
        // Whoever starts the tests in the background makes all their children ignore SIGINT; env undoes that.
        var command = $"dotnet exec \"{s_assembly}\" --root \"{_root}\" {arguments}";
        var info = new ProcessStartInfo("env", OperatingSystem.IsLinux() ? $"--default-signal=INT,QUIT {command}" : command)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            UseShellExecute = false,
        };
        foreach (var name in info.Environment.Keys.Where(x => x is "CI" or "GITHUB_ACTIONS" || x.StartsWith("NUKE_", StringComparison.Ordinal)).ToList())
            info.Environment.Remove(name);
        foreach (var (name, value) in environment)
            info.Environment[name] = value;
        return Process.Start(info)!;
    }

    private async Task<(int ExitCode, string Output)> RunAsync(string arguments, params (string Name, string Value)[] environment)
    {
        using var process = Start(arguments, environment);
        return await FinishAsync(process);
    }

    private static async Task<(int ExitCode, string Output)> FinishAsync(Process process, string before = "")
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(timeout.Token);
            var error = process.StandardError.ReadToEndAsync(timeout.Token);
            await process.WaitForExitAsync(timeout.Token);
            return (process.ExitCode, before + await output + await error);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    private string ReadLog() => string.Concat((_root / ".nuke" / "temp" / "runs").GetFiles("build.log", depth: 2).Select(x => x.ReadAllText()));

    [Fact]
    public async Task Success_EndsWithZero_FailureWith255()
    {
        (await RunAsync("Hello")).ExitCode.Should().Be(0);
        (await RunAsync("Breaks")).ExitCode.Should().Be(255);
        (await RunAsync("--nonsense")).ExitCode.Should().Be(255);
    }

    [Fact]
    public async Task ASecret_IsNowhere_NotEvenInWhatChildrenWrite()
    {
        const string Secret = "s3cr3t-t0ken-value";
        var (exitCode, output) = await RunAsync("Leak", ("TOKEN", Secret));
        exitCode.Should().Be(255);
        output.Should().Contain("Logged [REDACTED]").And.Contain("Written [REDACTED]").And.Contain("child [REDACTED]")
            .And.Contain("error [REDACTED]").And.Contain("Thrown [REDACTED]").And.NotContain(Secret);
        foreach (var file in _root.GetFiles(depth: 10))
            file.ReadAllText().Should().NotContain(Secret, "of {0}", file);
        ReadLog().Should().Contain("Thrown [REDACTED]");
    }

    [Theory]
    [InlineData(Interrupt)]
    [InlineData(Terminate)]
    public async Task ASignal_CancelsCooperatively_RunsAssuredTargets_AndReports(int signal)
    {
        using var process = Start("AfterPatient TidyUp");
        await WaitForLogAsync("patient waits");
        Kill(process.Id, signal).Should().Be(0);
        var (exitCode, output) = await FinishAsync(process);
        exitCode.Should().Be(130);
        output.Should().Contain("Tidied up")
            .And.MatchRegex("Patient +Aborted").And.MatchRegex("AfterPatient +NotRun").And.MatchRegex("TidyUp +Succeeded");
        output.Should().Contain("Build cancelled on").And.NotContain("Build failed");
    }

    [Fact]
    public async Task ASecondInterrupt_EndsAtOnce()
    {
        using var process = Start("Patient SlowChild");
        await WaitForLogAsync("sleep");
        Kill(process.Id, Interrupt).Should().Be(0);
        await WaitForLogAsync("Cancelling");
        Kill(process.Id, Interrupt);
        (await FinishAsync(process)).ExitCode.Should().Be(130);
    }

    [Fact]
    public async Task FailFast_CancelsRunningTargets_AndTheirChildren()
    {
        var watch = Stopwatch.StartNew();
        var (exitCode, output) = await RunAsync("Breaks SlowChild Patient --fail-fast");
        exitCode.Should().Be(255);
        watch.Elapsed.Should().BeLessThan(TimeSpan.FromSeconds(50));
        output.Should().MatchRegex("Breaks +Failed").And.MatchRegex("SlowChild +Aborted").And.MatchRegex("Patient +Aborted").And.Contain("Build failed on");
    }

    [Fact]
    public async Task WritingFromAllSides_NeitherBlocksNorLosesLines()
    {
        var (exitCode, output) = await RunAsync("ChatterOne ChatterTwo ChatterThree");
        exitCode.Should().Be(0);
        output.Split('\n').Count(x => x.StartsWith("direct ", StringComparison.Ordinal)).Should().Be(9000);
    }

    [Fact]
    public async Task OnATerminal_WritingFromAllSides_DoesNotBlock()
    {
        Xunit.Assert.SkipUnless(File.Exists("/usr/bin/script"), "script, which makes a terminal, is not installed");
        var info = new ProcessStartInfo("/usr/bin/script")
        {
            ArgumentList = { "-qec", $"dotnet exec '{s_assembly}' --root '{_root}' ChatterOne ChatterTwo ChatterThree", "/dev/null" },
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            UseShellExecute = false,
        };
        info.Environment["TERM"] = "xterm";
        info.Environment.Remove("CI");
        info.Environment.Remove("GITHUB_ACTIONS");
        using var process = Process.Start(info)!;
        var (exitCode, output) = await FinishAsync(process);
        exitCode.Should().Be(0);
        output.Should().Contain("\e[?7l").And.MatchRegex("ChatterThree +Succeeded");
    }

    [Fact]
    public async Task RunsAtTheSameTime_DoNotDisturbEachOther()
    {
        var results = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => RunAsync("Hello")));
        results.Should().OnlyContain(x => x.ExitCode == 0);
        (_root / ".nuke" / "temp" / "runs").GetDirectories().Should().HaveCount(4);
    }

    private async Task WaitForLogAsync(string text)
    {
        for (var i = 0; i < 300; i++)
        {
            if ((_root / ".nuke" / "temp" / "runs").DirectoryExists() && ReadLog().Contains(text, StringComparison.Ordinal))
                return;
            await Task.Delay(100);
        }

        Xunit.Assert.Fail($"The log never showed '{text}':\n{ReadLog()}");
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int processId, int signal);
}
