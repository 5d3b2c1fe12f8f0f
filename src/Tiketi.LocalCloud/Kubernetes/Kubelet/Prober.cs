using System.Text.Json.Nodes;

namespace Tiketi.LocalCloud.Kubernetes.Kubelet;

/// <summary>
/// Runs one container's probes from its start to its end. Readiness is false until the probe first succeeds; liveness and readiness
/// wait for the startup probe.
/// </summary>
internal sealed class Prober
{
    private readonly Handlers _handlers;
    private readonly JsonObject _container;
    private readonly string _containerId;
    private readonly string _podIp;
    private readonly TimeProvider _time;
    private readonly Action<string, string> _unhealthy;
    private readonly Action _changed;
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <param name="handlers">What probes do.</param>
    /// <param name="container">The container's spec.</param>
    /// <param name="containerId">The running container.</param>
    /// <param name="podIp">Where to reach it.</param>
    /// <param name="time">The clock.</param>
    /// <param name="unhealthy">Told of each failure: the probe ("Readiness") and the reason.</param>
    /// <param name="changed">Called when a result changes.</param>
    public Prober(Handlers handlers, JsonObject container, string containerId, string podIp, TimeProvider time, Action<string, string> unhealthy, Action changed)
    {
        (_handlers, _container, _containerId, _podIp, _time, _unhealthy, _changed) = (handlers, container, containerId, podIp, time, unhealthy, changed);
        IsReady = container["readinessProbe"] is null;
        if (container["startupProbe"] is null)
        {
            _started.SetResult();
        }
    }

    public string ContainerId => _containerId;

    public bool IsStarted => _started.Task.IsCompletedSuccessfully;

    public bool IsReady { get; private set; }

    /// <summary>"liveness" or "startup" once that probe has failed for good: the container has to be restarted.</summary>
    public string? Failed { get; private set; }

    /// <summary>Ends when the token is cancelled or a probe has failed for good.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var tasks = new[]
        {
            LoopAsync("startupProbe", "Startup", waitForStart: false, _ => Report(() => _started.TrySetResult()), () => Fail("startup"), stop.Token),
            LoopAsync("livenessProbe", "Liveness", waitForStart: true, _ => { }, () => Fail("liveness"), stop.Token),
            LoopAsync("readinessProbe", "Readiness", waitForStart: true, ready => SetReady(ready), () => SetReady(false), stop.Token),
        };
        try
        {
            await Task.WhenAll(tasks);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // the container is going, its probes with it
        }

        void Fail(string probe)
        {
            Report(() => Failed ??= probe);
            stop.Cancel();
        }
    }

    private async Task LoopAsync(string name, string title, bool waitForStart, Action<bool> succeeded, Action failed, CancellationToken cancellationToken)
    {
        if (_container.Object(name) is not { } probe)
        {
            return;
        }

        if (waitForStart)
        {
            await _started.Task.WaitAsync(cancellationToken);
        }

        var period = TimeSpan.FromSeconds(probe.Number("periodSeconds") ?? 10);
        var timeout = TimeSpan.FromSeconds(probe.Number("timeoutSeconds") ?? 1);
        var (successes, failures) = (0L, 0L);
        await Task.Delay(TimeSpan.FromSeconds(probe.Number("initialDelaySeconds") ?? 0), _time, cancellationToken);
        using var timer = new PeriodicTimer(period, _time);
        do
        {
            var problem = await _handlers.RunAsync(probe, _container, _containerId, _podIp, timeout, cancellationToken);
            (successes, failures) = problem is null ? (successes + 1, 0L) : (0L, failures + 1);
            if (problem is not null)
            {
                _unhealthy(title, problem);
            }

            if (successes >= (probe.Number("successThreshold") ?? 1))
            {
                succeeded(true);
                if (name == "startupProbe")
                {
                    return;
                }
            }

            if (failures >= (probe.Number("failureThreshold") ?? 3))
            {
                failed();
            }
        }
        while (await timer.WaitForNextTickAsync(cancellationToken));
    }

    private void SetReady(bool ready)
    {
        if (IsReady != ready)
        {
            Report(() => IsReady = ready);
        }
    }

    private void Report(Action change)
    {
        change();
        _changed();
    }
}
