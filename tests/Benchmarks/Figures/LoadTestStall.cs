using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Tiketi.Benchmarks.Measuring;
using Tiketi.Pipeline.LoadTesting;
using Tiketi.Testing;

namespace Tiketi.Benchmarks.Figures;

/// <summary>
/// The 99th percentile of five seconds in which nginx stands still for one (SIGSTOP), against what theory says; and what ab makes of such a
/// second: its users stop asking, so hardly one request is slow.
/// </summary>
internal sealed partial class LoadTestStall() : Figure("load-test-stall-p99")
{
    private const int PerSecond = 200;
    private const double Tolerance = 0.05;
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(5);

    public override async Task<Measurement> MeasureAsync(CancellationToken cancellationToken)
    {
        await using var nginx = await LoadServer.StartAsync();
        var url = new Uri(nginx.Address, "/health");
        await LoadServer.LoadAsync(url, new LoadModel.Open(PerSecond, TimeSpan.FromSeconds(1)), cancellationToken);
        var stall = StallAsync(nginx, cancellationToken);
        var result = await LoadServer.LoadAsync(url, new LoadModel.Open(PerSecond, Duration, MaxConcurrency: 400), cancellationToken);
        // Of all that come evenly, the hundredth part that waits longest comes first in the stall.
        var theory = (await stall - (Duration * 0.01)).TotalSeconds;
        stall = StallAsync(nginx, cancellationToken);
        var (_, output) = await Cpu.OfProcessAsync(Path.GetTempPath(), "ab", ["-q", "-k", "-n", "200000", "-c", "10", $"{url}"], cancellationToken);
        await stall;
        var ab = double.Parse(NinetyNine().Match(output).Groups["ms"].Value, CultureInfo.InvariantCulture) / 1000;
        return new Measurement(result.Latency.At(99).TotalSeconds, ab, "s", new Goal(
            string.Create(CultureInfo.InvariantCulture, $"{theory:0.000}s+-5%"), (ours, _) => Math.Abs(ours - theory) <= theory * Tolerance));
    }

    /// <summary>How long the server really stood still.</summary>
    private static async Task<TimeSpan> StallAsync(Nginx nginx, CancellationToken cancellationToken)
    {
        await Task.Delay(TimeSpan.FromSeconds(1.5), cancellationToken);
        await SignalAsync("STOP");
        var watch = Stopwatch.StartNew();
        await Task.Delay(TimeSpan.FromSeconds(1), cancellationToken);
        await SignalAsync("CONT");
        return watch.Elapsed;

        Task SignalAsync(string name) => Cpu.OfProcessAsync(Path.GetTempPath(), "kill", [$"-{name}", nginx.ProcessId.ToString(CultureInfo.InvariantCulture)], cancellationToken);
    }

    [GeneratedRegex(@"^\s+99%\s+(?<ms>\d+)", RegexOptions.Multiline | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex NinetyNine();
}
