using System.Threading.Channels;

namespace Tiketi.Pipeline.LoadTesting;

/// <summary>Lets visitors come as a load model says.</summary>
/// <param name="timeout">Of one request.</param>
/// <param name="time">The clock.</param>
internal sealed class LoadDriver(TimeSpan timeout, TimeProvider time)
{
    /// <summary>What one visitor does, given the moment at which it was planned and one time-out to use again for each request.</summary>
    public delegate Task Visit(long planned, RequestDeadline deadline);

    /// <summary>Returns when the last visitor is done.</summary>
    public Task RunAsync(LoadModel model, Visit visit, CancellationToken cancellationToken) => model is LoadModel.Open open
        ? RunOpenAsync(open, visit, cancellationToken)
        : RunClosedAsync((LoadModel.Closed)model, visit, cancellationToken);

    /// <summary>As <see cref="RunAsync"/>, for whoever keeps what was measured until a cancellation.</summary>
    public async Task RunUntilCancelledAsync(LoadModel model, Visit visit, CancellationToken cancellationToken)
    {
        try
        {
            await RunAsync(model, visit, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // whoever waits knows of it: it is their own wish
        }
    }

    private async Task RunClosedAsync(LoadModel.Closed model, Visit visit, CancellationToken cancellationToken)
    {
        var left = model.Requests;
        await Task.WhenAll(Enumerable.Range(0, model.Concurrency).Select(_ => Task.Run(UserAsync, cancellationToken)));

        async Task UserAsync()
        {
            using var deadline = new RequestDeadline(timeout, cancellationToken);
            while (Interlocked.Decrement(ref left) >= 0)
            {
                await visit(time.GetTimestamp(), deadline);
            }
        }
    }

    private async Task RunOpenAsync(LoadModel.Open model, Visit visit, CancellationToken cancellationToken)
    {
        var arrivals = Channel.CreateUnbounded<long>(new UnboundedChannelOptions { SingleWriter = true });
        var users = Enumerable.Range(0, model.MaxConcurrency).Select(_ => Task.Run(UserAsync, cancellationToken)).ToArray();

        // A thread of its own: on the pool, the schedule would wait behind the very requests that it plans.
        var clock = new Thread(() => Schedule(arrivals.Writer, model, cancellationToken)) { IsBackground = true, Name = "load test arrivals", Priority = ThreadPriority.AboveNormal };
        clock.Start();
        await Task.WhenAll(users);

        async Task UserAsync()
        {
            using var deadline = new RequestDeadline(timeout, cancellationToken);
            await foreach (var planned in arrivals.Reader.ReadAllAsync(cancellationToken))
            {
                await visit(planned, deadline);
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
