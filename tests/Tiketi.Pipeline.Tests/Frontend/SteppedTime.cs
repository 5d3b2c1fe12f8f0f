using System.Threading.Channels;
using Microsoft.Extensions.Time.Testing;

namespace Tiketi.Pipeline.Tests.Frontend;

/// <summary>A clock that moves on only when somebody waits for it: requests in between may take as long as they like.</summary>
internal sealed class SteppedTime() : FakeTimeProvider(DateTimeOffset.UtcNow)
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30); // what is longer is a time limit

    private readonly Channel<TimeSpan> _pauses = Channel.CreateUnbounded<TimeSpan>();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        if (dueTime <= LongestPause && period == Timeout.InfiniteTimeSpan)
        {
            _pauses.Writer.TryWrite(dueTime);
        }

        return timer;
    }

    /// <summary>Lets each pause pass until the task has ended; its result is left to the caller.</summary>
    /// <param name="task">Whose pauses they are.</param>
    /// <param name="before">What happens before each pause is over.</param>
    /// <returns>How much time went by.</returns>
    public async Task<TimeSpan> PassUntilAsync(Task task, Func<Task>? before = null)
    {
        var start = GetUtcNow();
        while (true)
        {
            await Task.WhenAny(_pauses.Reader.WaitToReadAsync(TestContext.Current.CancellationToken).AsTask(), task);
            if (task.IsCompleted || !_pauses.Reader.TryRead(out var pause))
            {
                return GetUtcNow() - start;
            }

            await (before?.Invoke() ?? Task.CompletedTask);
            Advance(pause);
        }
    }
}
