using System.Globalization;
using Tiketi.Benchmarks.Measuring;
using Tiketi.Pipeline.LoadTesting;

namespace Tiketi.Benchmarks.Figures;

/// <summary>
/// The memory that a long load test takes at its end, against what it took when a fifth of its time was over: it must not grow with the
/// requests. LOAD_TEST_MINUTES says how long; 10 is what is promised, 1 what a run of all figures takes.
/// </summary>
internal sealed class LoadTestMemory() : Figure("load-test-memory")
{
    private const int PerSecond = 2_000;

    public override async Task<Measurement> MeasureAsync(CancellationToken cancellationToken)
    {
        var minutes = double.Parse(Environment.GetEnvironmentVariable("LOAD_TEST_MINUTES") ?? "1", CultureInfo.InvariantCulture);
        await using var nginx = await LoadServer.StartAsync();
        var url = new Uri(nginx.Address, "/health");
        var test = LoadServer.LoadAsync(url, new LoadModel.Open(PerSecond, TimeSpan.FromMinutes(minutes), MaxConcurrency: 64), cancellationToken);
        await Task.Delay(TimeSpan.FromMinutes(minutes / 5), cancellationToken);
        var early = Megabytes();
        while (await Task.WhenAny(test, Task.Delay(TimeSpan.FromSeconds(1), cancellationToken)) != test)
        {
        }

        var result = await test;
        var late = Megabytes();
        GC.KeepAlive(result);
        return new Measurement(late, early, "MB", Goal.AtMostPeerPlus(2, "MB"));
    }

    /// <summary>What is in use, without what the collector has only not taken back yet.</summary>
    private static double Megabytes() => GC.GetTotalMemory(forceFullCollection: true) / 1e6;
}
