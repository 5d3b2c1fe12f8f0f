using System.Threading.Channels;

namespace Tiketi.Pipeline.LoadTesting;

/// <summary>Sends through the runtime's own HTTP client: every platform, TLS, HTTP/2.</summary>
internal sealed class HttpClientEngine(LoadClient client, LoadTestRequest request, TimeProvider time) : ILoadEngine
{
    public async Task<IReadOnlyList<LoadRecorder>> RunAsync(LoadModel model, CancellationToken cancellationToken)
    {
        var recorder = LoadRecorder.ForManyThreads(time);
        await (model is LoadModel.Open open ? RunOpenAsync(recorder, open, cancellationToken) : RunClosedAsync(recorder, (LoadModel.Closed)model, cancellationToken));
        return [recorder];
    }

    private async Task RunClosedAsync(LoadRecorder recorder, LoadModel.Closed model, CancellationToken cancellationToken)
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

    private async Task RunOpenAsync(LoadRecorder recorder, LoadModel.Open model, CancellationToken cancellationToken)
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
        var schedule = new ArrivalSchedule(model, time.GetTimestamp(), time.TimestampFrequency);
        for (var number = 0L; number < schedule.Count && !cancellationToken.IsCancellationRequested; number++)
        {
            var planned = schedule.MomentOf(number);
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
