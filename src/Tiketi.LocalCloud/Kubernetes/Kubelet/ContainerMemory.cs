using System.Text.Json.Nodes;

namespace Tiketi.LocalCloud.Kubernetes.Kubelet;

/// <summary>What the kubelet remembers of one container of a pod between two looks at it.</summary>
internal sealed class ContainerMemory
{
    private static readonly TimeSpan FirstDelay = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromMinutes(5);

    /// <summary>Having run this long, a container's next failure is a first one again.</summary>
    private static readonly TimeSpan GoodRun = TimeSpan.FromMinutes(10);

    private TimeSpan _restartDelay;
    private TimeSpan _pullDelay;

    /// <summary>Why it does not run yet ("ErrImagePull") and the details; null when nothing is wrong.</summary>
    public (string Reason, string? Message)? Waiting { get; set; }

    /// <summary>Not before this time is anything tried again.</summary>
    public DateTimeOffset RetryAt { get; private set; }

    public Prober? Prober { get; set; }

    public CancellationTokenSource? Probing { get; set; }

    /// <summary>The current back-off ("20s"), as messages show it.</summary>
    public string RestartDelayText => _restartDelay.TotalSeconds < 60 ? $"{_restartDelay.TotalSeconds}s" : $"{(int)_restartDelay.TotalMinutes}m{_restartDelay.Seconds}s";

    /// <summary>When an ended container may start again: the first time at once, then after 10 s, 20 s ... 5 min.</summary>
    public DateTimeOffset MayRestartAt(DateTimeOffset started, DateTimeOffset finished)
    {
        if (finished - started >= GoodRun)
        {
            _restartDelay = TimeSpan.Zero;
        }

        return finished + _restartDelay;
    }

    public void CountRestart() => _restartDelay = Next(_restartDelay);

    public void PullFailed(DateTimeOffset now)
    {
        _pullDelay = Next(_pullDelay);
        RetryAt = now + _pullDelay;
    }

    public void Retry(DateTimeOffset at) => RetryAt = at;

    public void Clear()
    {
        Waiting = null;
        RetryAt = default;
        _pullDelay = TimeSpan.Zero;
    }

    public void StopProbing()
    {
        Probing?.Cancel();
        Probing?.Dispose();
        (Probing, Prober) = (null, null);
    }

    public JsonObject? WaitingState(string otherwise) => new() { ["waiting"] = WaitingDetails(otherwise) };

    private JsonObject WaitingDetails(string otherwise)
    {
        var details = new JsonObject { ["reason"] = Waiting?.Reason ?? otherwise };
        if (Waiting?.Message is { } message)
        {
            details["message"] = message;
        }

        return details;
    }

    private static TimeSpan Next(TimeSpan delay) => delay == TimeSpan.Zero ? FirstDelay : delay * 2 > LongestDelay ? LongestDelay : delay * 2;
}
