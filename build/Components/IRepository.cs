using Nuke.Common.Tools.DotNet;

/// <summary>The project itself.</summary>
interface IRepository : INukeBuild
{
    [Parameter("Only the test projects whose name contains this", Name = "tests")]
    string TestFilter => TryGetValue(() => TestFilter);

    AbsolutePath TestsDirectory => RootDirectory / "tests";

    void Test()
    {
        DotNetTasks.DotNet($"build {RootDirectory / "Tiketi.Pipeline.sln"} --nologo -v quiet -clp:NoSummary", RootDirectory);
        var totals = TestRun.Run(TestsDirectory, TemporaryDirectory / "test-results", TestFilter, new LocalCloudProcess(RootDirectory, TemporaryDirectory / "test-engine"));
        this.Report(("Passed", totals.Passed), ("Failed", totals.Failed), ("Skipped", totals.Skipped));
        Assert.True(totals.Failed == 0, $"{totals.Failed} tests failed");
    }

    void Clean()
    {
        foreach (var directory in RootDirectory.GlobDirectories("src/**/bin", "src/**/obj", "tests/**/bin", "tests/**/obj"))
        {
            directory.DeleteDirectory();
        }

        (TemporaryDirectory / "test-results").DeleteDirectory();
        (TemporaryDirectory / "runs").DeleteDirectory();
    }
}
