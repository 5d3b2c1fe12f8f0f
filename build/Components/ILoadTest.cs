using Tiketi.Pipeline.LoadTesting;
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
    bool AllowProduction => TryGetValue<bool?>(() => AllowProduction) ?? false;

    [Parameter("A scenario of the application's folder load/, instead of requests to /health", Name = "scenario")]
    string ScenarioName => TryGetValue(() => ScenarioName);

    async Task LoadTestAsync()
    {
        if (Session.Settings.Name == "production" && !AllowProduction)
        {
            throw new PipelineException("A load test against production was asked for.", "Use staging, or add --allow-production when that is what you mean.");
        }

        var (result, report) = ScenarioName is null ? await LoadHealthAsync() : await RunScenarioAsync();
        Log.Information("{Report:l}", report);
        JobSummary.AddLines("Load test", report.Split('\n'));
        (TemporaryDirectory / "load-test.json").WriteAllText(LoadTestReport.ToJson(result));
        this.Report(
            ("Requests", result.Requests),
            ("Errors", result.Errors),
            ("p95", $"{result.Latency.At(95).TotalMilliseconds:0.0} ms"),
            ("Per second", $"{result.RequestsPerSecond:0}"));
        if (!result.Passed)
        {
            throw new PipelineException(
                $"The load test missed its thresholds: {string.Join(", ", result.Thresholds.Where(threshold => !threshold.Held).Select(threshold => $"{threshold.Threshold} (was {threshold.Actual})"))}.",
                "See the report above; ./build.sh SmokeTest tells whether a part of the system is ill.");
        }
    }

    async Task<(LoadTestResult Result, string Report)> LoadHealthAsync()
    {
        var result = await new LoadTest(TimeProvider.System, Session.Logger<LoadTest>()).RunAsync(
            new LoadTestRequest
            {
                Url = new Uri(Session.Settings.ApiUrl, "/health"),
                Model = new LoadModel.Closed(Requests, Concurrency),
                Thresholds = LoadThreshold.ParseAll(Thresholds),
            },
            Session.Cancellation);
        return (result, LoadTestReport.ToText(result));
    }

    async Task<(LoadTestResult Result, string Report)> RunScenarioAsync()
    {
        var scenario = ScenarioFile.Load(AppRoot / "load", ScenarioName);
        if (TryGetValue(() => Thresholds) is { } thresholds)
        {
            scenario = scenario with { Thresholds = LoadThreshold.ParseAll(thresholds) };
        }

        var result = await new ScenarioTest(TimeProvider.System, Session.Logger<ScenarioTest>()).RunAsync(scenario, Session.Settings.ApiUrl, TimeSpan.FromSeconds(30), Session.Cancellation);
        return (result.All, ScenarioReport.ToText(result));
    }
}
