using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging.Abstractions;
using Tiketi.Benchmarks.Measuring;
using Tiketi.Pipeline;
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
        var directory = Directory.CreateTempSubdirectory("tiketi-load-test-");
        var port = FreePort();
        using var nginx = StartNginx(directory.FullName, port);
        try
        {
            var url = new Uri($"http://127.0.0.1:{port}/health");
            await WaitAsync(url, nginx, cancellationToken);
            var (ours, peer) = await LeastOfAsync(Runs, () => OursAsync(url, cancellationToken), () => _peer(url, cancellationToken));
            return new Measurement(1 / ours, 1 / peer, "req/cpu-s", Goal.AtLeastTimesPeer(_goal));
        }
        finally
        {
            nginx.Kill();
            await nginx.WaitForExitAsync(CancellationToken.None);
            directory.Delete(recursive: true);
        }
    }

    /// <summary>CPU seconds a request, as all of these.</summary>
    private static async Task<double> OursAsync(Uri url, CancellationToken cancellationToken) => await Cpu.OfSelfAsync(async () =>
    {
        var request = new LoadTestRequest { Url = url, Model = new LoadModel.Closed(Requests, Concurrency), WarmUpRequests = 0 };
        var result = await new LoadTest(TimeProvider.System, NullLogger<LoadTest>.Instance).RunAsync(request, cancellationToken);
        if (result.Requests != Requests || result.Errors > 0)
        {
            throw new NotMeasuredException($"Of {Requests} requests {result.Requests} were sent and {result.Errors} failed.");
        }
    }) / Requests;

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

    private static Process StartNginx(string directory, int port)
    {
        File.WriteAllText(
            Path.Combine(directory, "nginx.conf"),
            $$"""
            daemon off;
            master_process off;
            pid nginx.pid;
            error_log stderr;
            events {}
            http {
              access_log off;
              keepalive_requests 1000000;
              client_body_temp_path body;
              proxy_temp_path proxy;
              fastcgi_temp_path fastcgi;
              uwsgi_temp_path uwsgi;
              scgi_temp_path scgi;
              server { listen 127.0.0.1:{{port}}; location = /health { return 200 "ok"; } }
            }
            """);
        return Cpu.Start(new ProcessStartInfo("nginx", ["-p", directory, "-c", Path.Combine(directory, "nginx.conf"), "-e", "stderr"]) { UseShellExecute = false });
    }

    private static async Task WaitAsync(Uri url, Process nginx, CancellationToken cancellationToken)
    {
        for (var attempt = 0; !nginx.HasExited && attempt < 100; attempt++)
        {
            try
            {
                // The first answer, and the compiler's work on the way: none of both is measured.
                await new LoadTest(TimeProvider.System, NullLogger<LoadTest>.Instance).RunAsync(new LoadTestRequest { Url = url, Model = new LoadModel.Closed(20_000, Concurrency) }, cancellationToken);
                return;
            }
            catch (PipelineException)
            {
                await Task.Delay(50, cancellationToken);
            }
        }

        throw new NotMeasuredException(nginx.HasExited ? $"nginx ended with {nginx.ExitCode} (see above)." : $"nginx does not answer at {url}.");
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
