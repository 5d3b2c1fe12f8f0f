using System.Text.Json.Nodes;
using Tiketi.LocalCloud.Kubernetes.Api;
using Tiketi.LocalCloud.Kubernetes.Resources;
using Tiketi.LocalCloud.Kubernetes.Storage;

namespace Tiketi.LocalCloud.Kubernetes.Kubelet;

/// <summary>Ends pods: preStop hook, stop signal, the rest of the grace period, then kill; then everything of the pod is removed.</summary>
internal sealed class PodTermination(PodServices services, IReadOnlyDictionary<string, ContainerMemory> memories)
{
    /// <summary>What a container gets after its hook even when the hook took the whole grace period.</summary>
    private static readonly TimeSpan LeastGrace = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan Recheck = TimeSpan.FromSeconds(1);

    /// <param name="pod">The pod; null when its object is gone already.</param>
    /// <param name="ns">Its namespace.</param>
    /// <param name="name">Its name.</param>
    /// <param name="uid">Its uid.</param>
    /// <param name="cancellationToken">Stops.</param>
    public async Task RunAsync(JsonObject? pod, string ns, string name, string uid, CancellationToken cancellationToken)
    {
        using var hurry = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var stopping = StopContainersAsync(pod, uid, TimeSpan.FromSeconds(pod.Number("metadata", "deletionGracePeriodSeconds") ?? 0), hurry.Token);
        while (await Task.WhenAny(stopping, Task.Delay(Recheck, services.Time, cancellationToken)) != stopping)
        {
            if (pod is not null && services.Objects.Store.Find(ResourceRegistry.Get("pods"), ns, name)?.Body.Uid() != uid)
            {
                await hurry.CancelAsync(); // deleted by force meanwhile
                break;
            }
        }

        try
        {
            await stopping;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // the removal below kills what still runs
        }

        foreach (var memory in memories.Values)
        {
            memory.StopProbing();
        }

        foreach (var container in await services.Runtime.InspectPodAsync(uid, cancellationToken))
        {
            await services.Runtime.RemoveAsync(container.Id, cancellationToken);
        }

        services.Volumes.Remove(uid);
        if (pod is not null)
        {
            Forget(ns, name, uid);
        }
    }

    /// <summary>Stops whatever of a pod still runs, all containers at once.</summary>
    public async Task StopContainersAsync(JsonObject? pod, string uid, TimeSpan grace, CancellationToken cancellationToken)
    {
        var running = (await services.Runtime.InspectPodAsync(uid, cancellationToken)).Where(item => item.IsRunning).ToList();
        var specs = pod is null ? [] : PodWorker.AllContainers(pod).ToDictionary(container => container.Text("name")!, StringComparer.Ordinal);
        await Task.WhenAll(running.Where(item => item.Name != ContainerRuntime.SandboxName).Select(item =>
        {
            var spec = specs.GetValueOrDefault(item.Name);
            if (pod is not null && spec is not null)
            {
                services.Events.Record("kubelet", pod, "Normal", "Killing", $"Stopping container {item.Name}", PodWorker.FieldPath(spec));
            }

            return StopAsync(pod, spec, item.Id, grace, cancellationToken);
        }));
        foreach (var sandbox in running.Where(item => item.Name == ContainerRuntime.SandboxName))
        {
            await services.Runtime.SignalAsync(sandbox.Id, "SIGKILL", cancellationToken);
        }
    }

    /// <summary>Stops one container within its grace period.</summary>
    public async Task StopAsync(JsonObject? pod, JsonObject? container, string id, TimeSpan grace, CancellationToken cancellationToken)
    {
        var end = services.Time.GetUtcNow() + grace;
        if (grace > TimeSpan.Zero && container.Object("lifecycle", "preStop") is { } hook && pod.Text("status", "podIP") is { } podIp
            && await services.Handlers.RunAsync(hook, container!, id, podIp, grace, cancellationToken) is { } problem)
        {
            services.Events.Record("kubelet", pod!, "Warning", "FailedPreStopHook", $"PreStopHook failed: {problem}", PodWorker.FieldPath(container!));
        }

        if (grace > TimeSpan.Zero)
        {
            await services.Runtime.SignalAsync(id, signal: null, cancellationToken);
            var left = end - services.Time.GetUtcNow();
            if (await EndsWithinAsync(id, left < LeastGrace ? LeastGrace : left, cancellationToken))
            {
                return;
            }
        }

        await services.Runtime.SignalAsync(id, "SIGKILL", cancellationToken);
        await services.Runtime.WaitAsync(id, cancellationToken);
    }

    private async Task<bool> EndsWithinAsync(string id, TimeSpan limit, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(limit, services.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            await services.Runtime.WaitAsync(id, either.Token);
            return true;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    private void Forget(string ns, string name, string uid)
    {
        try
        {
            services.Deletion.Delete(ResourceRegistry.Get("pods"), ns, name, new DeleteOptions { GracePeriodSeconds = 0, Uid = uid });
        }
        catch (StatusException e) when (e.Reason is "NotFound" or "Conflict")
        {
            // gone already, or replaced by a pod of the same name
        }
    }
}
