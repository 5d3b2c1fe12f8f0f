using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Tiketi.Pipeline.LoadTesting;

/// <summary>Measures how an HTTP endpoint bears load.</summary>
public sealed class LoadTest(TimeProvider time, ILogger<LoadTest> logger)
{
    /// <exception cref="PipelineException">Nothing answers at the address. Errors under load are part of the result instead.</exception>
    public async Task<LoadTestResult> RunAsync(LoadTestRequest request, CancellationToken cancellationToken = default)
    {
        var connections = request.Model switch
        {
            LoadModel.Closed closed => (int)Math.Clamp(closed.Requests, 1, closed.Concurrency),
            LoadModel.Open open => open.MaxConcurrency,
            _ => throw new ArgumentOutOfRangeException(nameof(request), request.Model, "Unknown load model."),
        };
        using var client = new LoadClient(request, connections);
        using (var deadline = new RequestDeadline(request.Timeout, cancellationToken))
        {
            await client.ProbeAsync(deadline);
        }

        if (request.WarmUpRequests > 0)
        {
            await RunClosedAsync(client, request, new LoadRecorder(time), new LoadModel.Closed(request.WarmUpRequests, Math.Min(connections, 16)), cancellationToken);
        }

        logger.LogInformation("{Url}: {Model}", request.Url, request.Model);
        var recorder = new LoadRecorder(time);
        await (request.Model is LoadModel.Open arrivals
            ? RunOpenAsync(client, request, recorder, arrivals, cancellationToken)
            : RunClosedAsync(client, request, recorder, (LoadModel.Closed)request.Model, cancellationToken));
        var result = recorder.Result(request);
        return result with { Thresholds = [.. request.Thresholds.Select(threshold => threshold.Check(result))] };
    }

    private async Task RunClosedAsync(LoadClient client, LoadTestRequest request, LoadRecorder recorder, LoadModel.Closed model, CancellationToken cancellationToken)
    {
        var left = model.Requests;
        await Task.WhenAll(Enumerable.Range(0, model.Concurrency).Select(_ => Task.Run(UserAsync, cancellationToken)));

        async Task UserAsync()
        {
            using var deadline = new RequestDeadline(request.Timeout, cancellationToken);
            while (Interlocked.Decrement(ref left) >= 0)
            {
                await client.SendAsync(recorder, time.GetTimestamp(), deadline);
            }
        }
    }

    private async Task RunOpenAsync(LoadClient client, LoadTestRequest request, LoadRecorder recorder, LoadModel.Open model, CancellationToken cancellationToken)
    {
        var arrivals = Channel.CreateUnbounded<long>(new UnboundedChannelOptions { SingleWriter = true });
        var users = Enumerable.Range(0, model.MaxConcurrency).Select(_ => Task.Run(UserAsync, cancellationToken)).ToArray();

        // A thread of its own: on the pool, the schedule would wait behind the very requests that it plans.
        var clock = new Thread(() => Schedule(arrivals.Writer, model, cancellationToken)) { IsBackground = true, Name = "load test arrivals", Priority = ThreadPriority.AboveNormal };
        clock.Start();
        await Task.WhenAll(users);

        async Task UserAsync()
        {
            using var deadline = new RequestDeadline(request.Timeout, cancellationToken);
            await foreach (var planned in arrivals.Reader.ReadAllAsync(cancellationToken))
            {
                recorder.Sent(planned, time.GetTimestamp());
                await client.SendAsync(recorder, planned, deadline);
            }
        }
    }

    private void Schedule(ChannelWriter<long> arrivals, LoadModel.Open model, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        var (count, ticks) = ((long)(model.RequestsPerSecond * model.Duration.TotalSeconds), time.TimestampFrequency / model.RequestsPerSecond);
        for (var number = 0L; number < count && !cancellationToken.IsCancellationRequested; number++)
        {
            var planned = start + (long)(number * ticks);
            WaitUntil(planned);
            arrivals.TryWrite(planned);
        }

        arrivals.Complete();
    }

    private void WaitUntil(long moment)
    {
        while (time.GetElapsedTime(time.GetTimestamp(), moment) is var wait && wait > TimeSpan.Zero)
        {
            PreciseSleep.For(wait);
        }
    }
}
