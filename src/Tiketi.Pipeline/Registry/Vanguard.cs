namespace Tiketi.Pipeline.Registry;

/// <summary>
/// Lets the first push of a run go ahead of the others. Images of one application share their base layers: with those in
/// the registry, the engine mounts them for the next repository instead of compressing and sending them once more.
/// </summary>
internal sealed class Vanguard
{
    private readonly Lock _lock = new();
    private Task<bool>? _first;

    /// <summary>Runs a push once the first one is through. One that fails makes room for the next to be the first.</summary>
    public async Task<T> RunAsync<T>(Func<Task<T>> push, CancellationToken cancellationToken)
    {
        while (true)
        {
            var mine = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
            Task<bool> first;
            lock (_lock)
            {
                first = _first ??= mine.Task;
            }

            if (first == mine.Task)
            {
                return await LeadAsync(push, mine);
            }

            if (await first.WaitAsync(cancellationToken))
            {
                return await push();
            }
        }
    }

    private async Task<T> LeadAsync<T>(Func<Task<T>> push, TaskCompletionSource<bool> first)
    {
        var isThrough = false;
        try
        {
            var result = await push();
            isThrough = true;
            return result;
        }
        finally
        {
            lock (_lock)
            {
                _first = isThrough ? _first : null;
            }

            first.SetResult(isThrough);
        }
    }
}
