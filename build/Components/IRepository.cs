using Nuke.Common.Tools.DotNet;

/// <summary>The project itself.</summary>
interface IRepository : INukeBuild
{
    [Parameter("Only the test projects whose name contains this", Name = "tests")]
    string TestFilter => TryGetValue(() => TestFilter);

    [Parameter("Only the figures whose name contains this", Name = "filter")]
    string FigureFilter => TryGetValue(() => FigureFilter);

    AbsolutePath TestsDirectory => RootDirectory / "tests";

    void Test()
    {
        DotNetTasks.DotNet($"msbuild {RootDirectory / "Tiketi.Pipeline.sln"} -restore -m -nologo -v:quiet -clp:NoSummary -p:UseSharedCompilation=true", RootDirectory);
        var totals = TestRun.Run(TestsDirectory, TemporaryDirectory / "test-results", TestFilter, new LocalCloudProcess(RootDirectory, TemporaryDirectory / "test-engine"));
        this.Report(("Passed", totals.Passed), ("Failed", totals.Failed), ("Skipped", totals.Skipped));
        Assert.True(totals.Failed == 0, $"{totals.Failed} tests failed");
    }

    /// <summary>A line a figure; in Release, as what is measured is shipped, and fails when a figure is short of its goal.</summary>
    void Benchmark()
    {
        var project = TestsDirectory / "Benchmarks";
        DotNetTasks.DotNet($"msbuild {project / "Benchmarks.csproj"} -restore -m -p:Configuration=Release -nologo -v:quiet -clp:NoSummary", RootDirectory);
        var benchmarks = ProcessTasks.StartProcess(
            "dotnet",
            $"exec \"{project / "bin" / "Release" / "net10.0" / "Benchmarks.dll"}\" \"{RootDirectory}\" \"{FigureFilter}\"",
            RootDirectory,
            logInvocation: false,
            logger: (_, line) => Log.Information("{Figure:l}", line));
        benchmarks.WaitForExit();
        if (benchmarks.ExitCode != 0)
        {
            throw new PipelineException("A figure is short of its goal, or could not be measured (see above).", "Measure that one again with --filter NAME on a machine that has nothing else to do.");
        }
    }

    void Clean()
    {
        foreach (var directory in RootDirectory.GlobDirectories("src/**/bin", "src/**/obj", "tests/**/bin", "tests/**/obj"))
        {
            directory.DeleteDirectory();
        }

        (TemporaryDirectory / "build.stamp").DeleteFile(); // the next run is to compile what the build starts from src/
        (TemporaryDirectory / "test-results").DeleteDirectory(); // and not the runs: this one's log is among them
    }
}
