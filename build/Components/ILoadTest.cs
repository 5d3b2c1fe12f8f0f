using Tiketi.Pipeline.LoadTesting;
using Tiketi.Pipeline.LoadTesting.Reports;
using Tiketi.Pipeline.LoadTesting.Scenarios;

/// <summary>Load on the running system, as the guide's chapter 16 puts it.</summary>
interface ILoadTest : IHazEnvironment
{
    [Parameter("Let Deploy end with a load test", Name = "load-test")]
    bool WithLoadTest => TryGetValue<bool?>(() => WithLoadTest) ?? false;

    [Parameter("Requests in all (default: 1000)", Name = "requests")]
    int Requests => TryGetValue<int?>(() => Requests) ?? 1000;

    [Parameter("Requests at a time (default: 10)", Name = "concurrency")]
    int Concurrency => TryGetValue<int?>(() => Concurrency) ?? 10;

    [Parameter("What the result must hold, such as 'p95<300ms errors<1%' (default: errors<1%, or the scenario's)", Name = "thresholds")]
    string Thresholds => TryGetValue(() => Thresholds) ?? "errors<1%";

    [Parameter("Allow load on production", Name = "allow-production")]
    bool? AllowProduction => TryGetValue<bool?>(() => AllowProduction) == true ? true : null; // required there, before anything runs

    [Parameter("A scenario of the application's folder load/, instead of requests to /health", Name = "scenario")]
    string ScenarioName => TryGetValue(() => ScenarioName);

    [Parameter("A load test's JSON report to compare with (default: the last run's on this machine)", Name = "compare-with")]
    AbsolutePath CompareWith => TryGetValue(() => CompareWith);

    async Task LoadTestAsync()
    {
        var (folder, name) = (TemporaryDirectory / "load-tests", $"{Session.Settings.Name}-{ScenarioName ?? "health"}");
        var before = Before(folder / $"{name}.json");
        var (result, run, report) = ScenarioName is null ? await LoadHealthAsync() : await RunScenarioAsync();
        if (result.IsAborted)
        {
            name += "-aborted"; // beside the last whole run, with which the next one is compared
            before = null;
        }

        var (kept, page) = (folder / $"{name}.json", folder / $"{name}.html");
        var comparison = before is null ? null : LoadComparison.Of(run, before);
        report += comparison is null ? "" : $"\n{comparison.ToText()}";
        Log.Information("{Report:l}", report);
        JobSummary.AddLines("Load test", report.Split('\n'));
        kept.WriteAllText(run.ToJson());
        page.WriteAllText(LoadReportHtml.Render(run, comparison));
        Log.Information("The report as a page: {Page}", page);
        this.Report(
            ("Requests", result.Requests),
            ("Errors", result.Errors),
            ("p95", $"{result.Latency.At(95).TotalMilliseconds:0.0} ms"),
            ("Per second", $"{result.RequestsPerSecond:0}"));
        if (result.IsAborted)
        {
            throw new OperationCanceledException($"stopped after {result.Duration.TotalSeconds:0} s; what was measured until then is in {page}", Session.Cancellation);
        }

        if (!result.Passed)
        {
            throw new PipelineException(
                $"The load test missed its thresholds: {string.Join(", ", result.Thresholds.Where(threshold => !threshold.Held).Select(threshold => $"{threshold.Threshold} (was {threshold.Actual})"))}.",
                "See the report above; ./build.sh SmokeTest tells whether a part of the system is ill.");
        }
    }

    /// <summary>What to compare with; the last run's report may be of an older version, and then there is nothing.</summary>
    LoadRun Before(AbsolutePath kept)
    {
        if (CompareWith is not null)
        {
            return LoadRun.Parse(CompareWith, CompareWith.ReadAllText());
        }

        try
        {
            return kept.FileExists() ? LoadRun.Parse(kept, kept.ReadAllText()) : null;
        }
        catch (PipelineException exception)
        {
            Log.Warning("No comparison with the last run: {Problem:l}", exception.Message);
            return null;
        }
    }

    async Task<(LoadTestResult Result, LoadRun Run, string Report)> LoadHealthAsync()
    {
        var result = await LoadView.ShowAsync(progress => new LoadTest(TimeProvider.System, Session.Logger<LoadTest>()).RunAsync(
            new LoadTestRequest
            {
                Url = new Uri(Session.Settings.ApiUrl, "/health"),
                Model = new LoadModel.Closed(Requests, Concurrency),
                Thresholds = LoadThreshold.ParseAll(Thresholds),
                Progress = progress,
            },
            Session.Cancellation));
        return (result, LoadRun.Of(result, "health", Session.Settings.Name, DateTimeOffset.UtcNow), LoadTestReport.ToText(result));
    }

    async Task<(LoadTestResult Result, LoadRun Run, string Report)> RunScenarioAsync()
    {
        var scenario = ScenarioFile.Load(AppRoot / "load", ScenarioName);
        if (TryGetValue(() => Thresholds) is { } thresholds)
        {
            scenario = scenario with { Thresholds = LoadThreshold.ParseAll(thresholds) };
        }

        var result = await LoadView.ShowAsync(progress => new ScenarioTest(TimeProvider.System, Session.Logger<ScenarioTest>()).RunAsync(
            scenario, Session.Settings.ApiUrl, TimeSpan.FromSeconds(30), progress, Session.Cancellation));
        return (result.All, LoadRun.Of(result, Session.Settings.Name, DateTimeOffset.UtcNow), ScenarioReport.ToText(result));
    }
}
