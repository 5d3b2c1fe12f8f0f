namespace Tiketi.Pipeline.Frontend;

/// <summary>
/// Does work side by side, as much of it as the other side bears: the window doubles while that gets more done, stays where
/// requests would only wait for each other, and halves when S3 asks for less; from then on it grows in small steps.
/// </summary>
internal sealed class UploadWindow(int start, TimeProvider time, int most = UploadWindow.Most)
{
    public const int Most = 256;

    // A window is larger for nothing once answers take so many times as long as the fastest did, or so little more gets done.
    private const int Waiting = 4;
    private const double Gain = 1.1;

    private static readonly TimeSpan Noise = TimeSpan.FromMilliseconds(3);

    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _permits = new(start);
    private TimeSpan _fastest = TimeSpan.MaxValue;
    private TimeSpan _sum;
    private long _since = time.GetTimestamp();
    private double _best;
    private int _done;
    private int _debt;
    private bool _isThrottled;
    private bool _wasThrottled;

    /// <summary>How many may be under way.</summary>
    public int Size { get; private set; } = start;

    /// <summary>Runs all; after the first failure nothing new is started, and that failure is thrown once nothing runs any more.</summary>
    public async Task ForEachAsync<T>(IEnumerable<T> items, Func<T, CancellationToken, Task> action, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var running = new List<Task>();
        foreach (var item in items)
        {
            try
            {
                await _permits.WaitAsync(stop.Token);
            }
            catch (OperationCanceledException)
            {
                break;
            }

            running.Add(Task.Run(() => RunAsync(item, action, stop), CancellationToken.None));
        }

        await Task.WhenAll(running); // throws failures before cancellations
        cancellationToken.ThrowIfCancellationRequested();
    }

    /// <summary>To be called when the other side asks for less: halves the window, once for all that are under way.</summary>
    public void Throttle()
    {
        lock (_lock)
        {
            if (!_isThrottled)
            {
                (_isThrottled, _wasThrottled) = (true, true);
                var size = Math.Max(1, Size / 2);
                _debt += Size - size;
                Size = size;
                Count();
            }
        }
    }

    private async Task RunAsync<T>(T item, Func<T, CancellationToken, Task> action, CancellationTokenSource stop)
    {
        var began = time.GetTimestamp();
        try
        {
            await action(item, stop.Token);
        }
        catch
        {
            await stop.CancelAsync();
            throw;
        }
        finally
        {
            if (Account(time.GetElapsedTime(began)) is > 0 and var permits)
            {
                _permits.Release(permits);
            }
        }
    }

    /// <summary>How many may start now that one has ended.</summary>
    private int Account(TimeSpan took)
    {
        lock (_lock)
        {
            _fastest = took < _fastest ? took : _fastest;
            _sum += took;
            var permits = 1;
            if (++_done >= Size)
            {
                var rate = _done / Math.Max(time.GetElapsedTime(_since).TotalSeconds, 1e-6);
                if (!_isThrottled && Size < most && _sum / _done < (_fastest * Waiting) + Noise && (_wasThrottled || rate > _best * Gain))
                {
                    var more = Math.Min(most - Size, _wasThrottled ? Math.Max(1, Size / 8) : Size);
                    Size += more;
                    permits += more;
                }

                (_best, _isThrottled) = (Math.Max(_best, rate), false);
                Count();
            }

            var paid = Math.Min(_debt, permits);
            _debt -= paid;
            return permits - paid;
        }
    }

    /// <summary>From here on, as many answers as the window is wide say whether it should be wider.</summary>
    private void Count() => (_sum, _done, _since) = (TimeSpan.Zero, 0, time.GetTimestamp());
}
