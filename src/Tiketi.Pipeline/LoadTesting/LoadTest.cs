using Microsoft.Extensions.Logging;
using Tiketi.Pipeline.LoadTesting.Sockets;

namespace Tiketi.Pipeline.LoadTesting;

/// <summary>Measures how an HTTP endpoint bears load.</summary>
public sealed class LoadTest(TimeProvider time, ILogger<LoadTest> logger)
{
    /// <returns>Of a test that is cancelled, what was measured until then.</returns>
    /// <exception cref="OperationCanceledException">Cancelled before there was anything to measure.</exception>
    /// <exception cref="PipelineException">Nothing answers at the address. Errors under load are part of the result instead.</exception>
    public async Task<LoadTestResult> RunAsync(LoadTestRequest request, CancellationToken cancellationToken = default)
    {
        using var client = new LoadClient(request, request.Model.Connections);
        using (var deadline = new RequestDeadline(request.Timeout, cancellationToken))
        {
            await client.ProbeAsync(deadline);
        }

        ILoadEngine engine = SocketEngine.Supports(request)
            ? await SocketEngine.CreateAsync(request, time, cancellationToken)
            : new HttpClientEngine(client, request, time);
        if (request.WarmUpRequests > 0)
        {
            await engine.RunAsync(new LoadModel.Closed(request.WarmUpRequests, Math.Min(request.Model.Connections, 16)), timeline: null, cancellationToken);
        }

        cancellationToken.ThrowIfCancellationRequested();
        logger.LogInformation("{Url}: {Model}", request.Url, request.Model);
        var timeline = new LoadTimeline(time);
        await using var told = LoadProgress.Tell(timeline, request, time);
        var result = LoadRecorder.Result(request, await engine.RunAsync(request.Model, timeline, cancellationToken));
        return cancellationToken.IsCancellationRequested
            ? result with { IsAborted = true }
            : result with { Thresholds = [.. request.Thresholds.Select(threshold => threshold.Check(result))] };
    }
}
