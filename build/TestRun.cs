using System.Globalization;
using System.Xml.Linq;

/// <summary>Runs the test projects, which are executables, and adds up what they report.</summary>
static class TestRun
{
    public sealed record Totals(int Passed, int Failed, int Skipped)
    {
        public override string ToString() => $"{Passed} passed, {Failed} failed, {Skipped} skipped";
    }

    /// <summary>Unit tests first and side by side; what drives whole systems afterwards, one at a time, so that nothing times out for want of a core.</summary>
    public static Totals Run(AbsolutePath testsDirectory, AbsolutePath resultsDirectory, string filter, LocalCloudProcess engine)
    {
        resultsDirectory.CreateOrCleanDirectory();
        var projects = testsDirectory.GlobFiles("*/*.csproj")
            .Select(project => project.NameWithoutExtension)
            .Where(name => name != "Benchmarks" && (filter is null || name.Contains(filter, StringComparison.OrdinalIgnoreCase)))
            .OrderBy(name => name, StringComparer.Ordinal)
            .ToList();
        if (projects.Count == 0)
        {
            throw new ArgumentException($"No test project's name contains '{filter}'.");
        }

        var totals = new List<Totals>();
        var needingEngine = projects.Where(project => project != "Acceptance").ToList();
        if (needingEngine.Count > 0)
        {
            var host = engine.EngineAsync(CancellationToken.None).GetAwaiter().GetResult();
            totals.AddRange(needingEngine.Where(project => project != "Integration").AsParallel().WithDegreeOfParallelism(2)
                .Select(project => RunProject(testsDirectory, resultsDirectory, project, host)));
            totals.AddRange(needingEngine.Where(project => project == "Integration").Select(project => RunProject(testsDirectory, resultsDirectory, project, host)));
            engine.DownAsync(CancellationToken.None).GetAwaiter().GetResult();
        }

        // The last one shows what happens on a machine without an engine, so none of ours may run by then.
        totals.AddRange(projects.Except(needingEngine).Select(project => RunProject(testsDirectory, resultsDirectory, project, dockerHost: null)));
        var sum = new Totals(totals.Sum(total => total.Passed), totals.Sum(total => total.Failed), totals.Sum(total => total.Skipped));
        (resultsDirectory / "summary.txt").WriteAllText(sum.ToString());
        return sum;
    }

    static Totals RunProject(AbsolutePath testsDirectory, AbsolutePath resultsDirectory, string project, string dockerHost)
    {
        var assembly = testsDirectory / project / "bin" / "Debug" / "net10.0" / $"{project}.dll";
        var results = resultsDirectory / $"{project}.xml";
        var environment = new Dictionary<string, string>(EnvironmentInfo.Variables, StringComparer.Ordinal);
        environment.Remove("GITHUB_STEP_SUMMARY"); // is this run's, not that of the builds that tests run
        if (dockerHost is not null)
        {
            environment["DOCKER_HOST"] = dockerHost;
        }

        var process = ProcessTasks.StartProcess(
            "dotnet",
            $"exec \"{assembly}\" -noColor -noLogo -longRunning 120 -xml \"{results}\"",
            testsDirectory.Parent,
            environment,
            logOutput: false,
            logInvocation: false);
        process.WaitForExit();
        if (!results.FileExists())
        {
            Log.Error("{Project} died without a result (exit code {ExitCode}):\n{Output}", project, process.ExitCode, string.Join('\n', process.Output.TakeLast(40).Select(line => line.Text)));
            return new Totals(0, 1, 0);
        }

        return Report(project, XDocument.Load(results));
    }

    static Totals Report(string project, XDocument results)
    {
        var assemblies = results.Descendants("assembly").ToList();
        int Sum(string attribute) => assemblies.Sum(assembly => int.Parse(assembly.Attribute(attribute)?.Value ?? "0", CultureInfo.InvariantCulture));
        foreach (var test in results.Descendants("test").Where(test => test.Attribute("result")?.Value == "Fail"))
        {
            Log.Error("{Test}\n{Message}\n{Trace}", test.Attribute("name")?.Value, test.Descendants("message").FirstOrDefault()?.Value, test.Descendants("stack-trace").FirstOrDefault()?.Value);
        }

        foreach (var test in results.Descendants("test").Where(test => test.Attribute("result")?.Value == "Skip"))
        {
            Log.Warning("{Test} was skipped: {Reason}", test.Attribute("name")?.Value, test.Descendants("reason").FirstOrDefault()?.Value);
        }

        foreach (var error in results.Descendants("error"))
        {
            Log.Error("{Project}: {Message}", project, error.Descendants("message").FirstOrDefault()?.Value);
        }

        var totals = new Totals(Sum("passed"), Sum("failed") + Sum("errors"), Sum("skipped"));
        Log.Information("{Project}: {Totals}", project, totals);
        return totals;
    }
}
