using Microsoft.Extensions.Logging.Abstractions;
using Tiketi.Benchmarks.Measuring;
using Tiketi.Pipeline.LoadTesting;
using Tiketi.Testing;

namespace Tiketi.Benchmarks.Figures;

/// <summary>The server that load is measured on: nginx, which needs less of the processor than any generator.</summary>
internal static class LoadServer
{
    public static Task<Nginx> StartAsync() => Nginx.IsInstalled ? Nginx.StartAsync(connections: 5_000)
        : throw new NotMeasuredException("nginx is not installed: .ci/packages lists the packages.");

    /// <summary>A load test of ours without an error.</summary>
    public static async Task<LoadTestResult> LoadAsync(Uri url, LoadModel model, CancellationToken cancellationToken)
    {
        var request = new LoadTestRequest { Url = url, Model = model, WarmUpRequests = 0 };
        var result = await new LoadTest(TimeProvider.System, NullLogger<LoadTest>.Instance).RunAsync(request, cancellationToken);
        return result.Errors == 0 ? result : throw new NotMeasuredException($"Of {result.Requests} requests {result.Errors} failed.");
    }
}
