using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Tiketi.Benchmarks.Measuring;
using Tiketi.Pipeline.Frontend;

namespace Tiketi.Benchmarks.Figures;

/// <summary>
/// A site of 2,000 files of 10 to 50 KB onto the local cloud's S3, against what one would type instead. Ours runs in a fresh
/// process each time and counts from the first line of the sync, compiling included; the peers are whole processes too.
/// </summary>
internal sealed class SiteUpload : Figure
{
    /// <summary>The argument by which this program becomes the measured process.</summary>
    public const string Child = "measure-site-sync";

    private const int Files = 2_000;
    private const int Runs = 3;

    /// <summary>The server compiles while it serves, for some thousands of requests: at nobody's cost.</summary>
    private const int WarmUps = 3;
    private const string Rclone = "rclone";

    private readonly string _peer;
    private readonly TimeSpan _delay;
    private readonly Goal _goal;
    private readonly Func<Run, double> _value;
    private readonly int _peerRuns;

    private SiteUpload(string name, string peer, Goal goal, Func<Run, double> value, TimeSpan delay = default, int peerRuns = Runs)
        : base(name) => (_peer, _goal, _value, _delay, _peerRuns) = (peer, goal, value, delay, peerRuns);

    /// <summary>What is read off a run.</summary>
    private sealed record Run(double Seconds, double CpuSeconds, double AgainSeconds);

    public static IEnumerable<SiteUpload> All =>
    [
        new("site-upload-vs-rclone", Rclone, Goal.AtLeastTimesFaster(1.8), run => run.Seconds),
        new("site-upload-vs-aws", "aws", Goal.AtLeastTimesFaster(5), run => run.Seconds),
        new("site-upload-cpu", Rclone, Goal.AtMost(1, "s"), run => run.CpuSeconds, peerRuns: 1),
        new("site-upload-20ms", Rclone, Goal.AtMost(1.2, "s"), run => run.Seconds, TimeSpan.FromMilliseconds(20), peerRuns: 1),
        new("site-resync", Rclone, Goal.AtMost(0.3, "s"), run => run.AgainSeconds, peerRuns: 1),
    ];

    public override async Task<Measurement> MeasureAsync(CancellationToken cancellationToken)
    {
        var site = Directory.CreateTempSubdirectory("tiketi-site-");
        await using var server = await SiteServer.StartAsync(_delay, cancellationToken);
        try
        {
            SampleSite.Write(site.FullName, Files, smallest: 10_000, largest: 50_000);
            for (var warmUp = 0; warmUp < WarmUps; warmUp++)
            {
                await OursAsync(site.FullName, server, cancellationToken);
            }

            var (ours, peer) = await LeastOfAsync(
                Runs,
                async () => _value(await OursAsync(site.FullName, server, cancellationToken)),
                async () => _value(await PeerAsync(site.FullName, server, cancellationToken)),
                _peerRuns);
            return new Measurement(ours, peer, "s", _goal);
        }
        finally
        {
            site.Delete(recursive: true);
        }
    }

    /// <summary>Syncs twice, and prints the seconds of both and the CPU seconds of the first.</summary>
    public static async Task MeasureHereAsync(string directory, string endpoint, string bucket)
    {
        using var client = SiteServer.Client(endpoint);
        var request = new SiteSyncRequest { Directory = directory, Bucket = bucket };
        var start = Stopwatch.GetTimestamp();
        var cpu = await Cpu.OfSelfAsync(() => new SiteSync(client, TimeProvider.System, NullLogger<SiteSync>.Instance).RunAsync(request));
        var first = Stopwatch.GetElapsedTime(start);
        start = Stopwatch.GetTimestamp();
        var again = await new SiteSync(client, TimeProvider.System, NullLogger<SiteSync>.Instance).RunAsync(request);
        var second = Stopwatch.GetElapsedTime(start);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{first.TotalSeconds} {cpu} {second.TotalSeconds} {again.Requests.Total}"));
    }

    private static async Task<Run> OursAsync(string site, SiteServer server, CancellationToken cancellationToken)
    {
        var bucket = await server.NewBucketAsync(cancellationToken);
        string[] arguments = ["exec", typeof(SiteUpload).Assembly.Location, site, Child, server.Endpoint, bucket];
        var (_, output) = await Cpu.OfProcessAsync(site, "dotnet", arguments, cancellationToken, server.Environment);
        var figures = output.Split(' ').Select(figure => double.Parse(figure, CultureInfo.InvariantCulture)).ToArray();
        if (figures[3] != 1)
        {
            throw new NotMeasuredException($"An unchanged sync took {figures[3]} requests.");
        }

        return new Run(figures[0], figures[1], figures[2]);
    }

    private async Task<Run> PeerAsync(string site, SiteServer server, CancellationToken cancellationToken)
    {
        var bucket = await server.NewBucketAsync(cancellationToken);
        string[] arguments = _peer == Rclone
            ? ["sync", site, $":s3,provider=Other,endpoint='{server.Endpoint}',env_auth=true,force_path_style=true:{bucket}", "--s3-no-check-bucket", "--config", "/dev/null"]
            : ["s3", "sync", site, $"s3://{bucket}", "--only-show-errors"];
        var start = Stopwatch.GetTimestamp();
        var (cpu, _) = await Cpu.OfProcessAsync(site, _peer, arguments, cancellationToken, server.Environment);
        var first = Stopwatch.GetElapsedTime(start);
        start = Stopwatch.GetTimestamp();
        await Cpu.OfProcessAsync(site, _peer, arguments, cancellationToken, server.Environment);
        return new Run(first.TotalSeconds, cpu, Stopwatch.GetElapsedTime(start).TotalSeconds);
    }
}
