using System.Diagnostics;
using Tiketi.Benchmarks.Measuring;
using Tiketi.Pipeline.LoadTesting;

namespace Tiketi.Benchmarks.Figures;

/// <summary>
/// How late a request of the open model goes out, at 5,000 a second: the 99th percentile. Beside it how late this machine wakes up a
/// thread that sleeps until the same moments and does nothing else.
/// </summary>
internal sealed class LoadTestPunctuality() : Figure("load-test-send-error-p99")
{
    private const int Runs = 3;
    private const int PerSecond = 5_000;

    /// <summary>So many that a pause of the server does not make requests wait for a free one, which is another thing than the schedule's error.</summary>
    private const int Connections = 4_096;

    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(10);

    public override async Task<Measurement> MeasureAsync(CancellationToken cancellationToken)
    {
        await using var nginx = await LoadServer.StartAsync();
        var url = new Uri(nginx.Address, "/health");
        await LoadServer.LoadAsync(url, new LoadModel.Open(PerSecond, TimeSpan.FromSeconds(2), MaxConcurrency: Connections), cancellationToken);
        var (ours, peer) = await LeastOfAsync(
            Runs,
            async () => (await LoadServer.LoadAsync(url, new LoadModel.Open(PerSecond, Duration, MaxConcurrency: Connections), cancellationToken)).SendDelay!.At(99).TotalMilliseconds,
            () => Task.FromResult(Sleeper()));
        return new Measurement(ours, peer, "ms", Goal.AtMost(1, "ms"));
    }

    private static double Sleeper()
    {
        var (start, late) = (Stopwatch.GetTimestamp(), new List<double>());
        for (var number = 1; number <= Duration.TotalMilliseconds; number++)
        {
            var due = TimeSpan.FromMilliseconds(number);
            if (due - Stopwatch.GetElapsedTime(start) is { Ticks: > 0 } left)
            {
                Thread.Sleep(left);
            }

            late.Add(Math.Max(0, (Stopwatch.GetElapsedTime(start) - due).TotalMilliseconds));
        }

        late.Sort();
        return late[late.Count * 99 / 100];
    }
}
