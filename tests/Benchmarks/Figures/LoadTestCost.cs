using System.Globalization;
using System.Text.RegularExpressions;
using Tiketi.Benchmarks.Measuring;
using Tiketi.Pipeline.LoadTesting;

namespace Tiketi.Benchmarks.Figures;

/// <summary>
/// Requests per CPU second of the load generator (histogram on, warmed up) against another one, both on the same nginx: what
/// the generator needs for itself, it takes away from the system under test when both share a machine.
/// </summary>
internal sealed partial class LoadTestCost : Figure
{
    private const int Runs = 5;
    private const int Requests = 200_000;
    private const int Concurrency = 10;

    private readonly Func<Uri, CancellationToken, Task<double>> _peer;
    private readonly double _goal;

    private LoadTestCost(string name, Func<Uri, CancellationToken, Task<double>> peer, double goal)
        : base(name) => (_peer, _goal) = (peer, goal);

    /// <summary>ApacheBench with kept-alive connections.</summary>
    public static LoadTestCost VersusAb => new("load-test-vs-ab", AbAsync, 1);

    /// <summary>wrk: Debian's package wrk.</summary>
    public static LoadTestCost VersusWrk => new("load-test-vs-wrk", WrkAsync, 0.8);

    public override async Task<Measurement> MeasureAsync(CancellationToken cancellationToken)
    {
        await using var nginx = await LoadServer.StartAsync();
        var url = new Uri(nginx.Address, "/health");
        await LoadServer.LoadAsync(url, new LoadModel.Closed(20_000, Concurrency), cancellationToken); // the compiler's work is not measured
        var (ours, peer) = await LeastOfAsync(Runs, () => OursAsync(url, cancellationToken), () => _peer(url, cancellationToken));
        return new Measurement(1 / ours, 1 / peer, "req/cpu-s", Goal.AtLeastTimesPeer(_goal));
    }

    /// <summary>CPU seconds a request, as all of these.</summary>
    private static async Task<double> OursAsync(Uri url, CancellationToken cancellationToken) =>
        await Cpu.OfSelfAsync(() => LoadServer.LoadAsync(url, new LoadModel.Closed(Requests, Concurrency), cancellationToken)) / Requests;

    private static async Task<double> AbAsync(Uri url, CancellationToken cancellationToken)
    {
        var (seconds, output) = await Cpu.OfProcessAsync(Path.GetTempPath(), "ab", ["-q", "-k", "-n", $"{Requests}", "-c", $"{Concurrency}", $"{url}"], cancellationToken);
        return output.Contains("Failed requests:        0", StringComparison.Ordinal) ? seconds / Requests : throw new NotMeasuredException($"ab saw errors: {output}");
    }

    private static async Task<double> WrkAsync(Uri url, CancellationToken cancellationToken)
    {
        var (seconds, output) = await Cpu.OfProcessAsync(Path.GetTempPath(), "wrk", ["-t", "1", "-c", $"{Concurrency}", "-d", "3s", $"{url}"], cancellationToken);
        var requests = Answered().Match(output);
        return requests.Success && !output.Contains("Socket errors", StringComparison.Ordinal)
            ? seconds / long.Parse(requests.Groups["count"].Value, CultureInfo.InvariantCulture)
            : throw new NotMeasuredException($"wrk saw errors: {output}");
    }

    [GeneratedRegex(@"(?<count>\d+) requests in", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Answered();
}
