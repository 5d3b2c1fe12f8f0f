using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Docker.DotNet;
using Microsoft.Extensions.Logging;
using Tiketi.LocalCloud.Kubernetes.Api;
using Tiketi.LocalCloud.Kubernetes.Resources;
using Tiketi.LocalCloud.Kubernetes.Storage;
using Tiketi.LocalCloud.PodIdentity;

namespace Tiketi.LocalCloud.Kubernetes.Kubelet;

/// <summary>Everything that pod workers share.</summary>
internal sealed record PodServices(
    ClusterObjects Objects, Deletion Deletion, ContainerRuntime Runtime, ImagePuller Images, ContainerSpec Spec, EnvironmentResolver Environment, VolumeManager Volumes,
    Handlers Handlers, PodStatusBuilder Status, EventRecorder Events, ServiceNames Names, PodGateway Gateway, TerminationLogs TerminationLogs, TimeProvider Time);

/// <summary>Looks after one pod for as long as it exists: looks at it, brings it a step closer to what it should be, reports, waits.</summary>
internal sealed class PodWorker(string ns, string name, string uid, PodServices services, ILogger logger) : IDisposable
{
    private static readonly TimeSpan Relist = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan AfterError = TimeSpan.FromSeconds(3);
    private readonly SemaphoreSlim _wake = new(0);
    private readonly ConcurrentDictionary<string, ContainerMemory> _memory = new(StringComparer.Ordinal);
    private string? _podIp;

    /// <summary>Something has changed: look again.</summary>
    public void Wake()
    {
        if (_wake.CurrentCount == 0)
        {
            _wake.Release();
        }
    }

    /// <summary>Whether the pod's stored status is what this process found, not what a former one left.</summary>
    public bool HasSynced { get; private set; }

    /// <summary>Ends when the pod is gone and everything of it tidied up.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var wait = TimeSpan.Zero;
        while (true)
        {
            await _wake.WaitAsync(wait, cancellationToken);
            try
            {
                var pod = services.Objects.Store.Find(ResourceRegistry.Get("pods"), ns, name)?.Body;
                if (pod is null || pod.Uid() != uid || pod.IsDeleting())
                {
                    await new PodTermination(services, _memory).RunAsync(pod?.Uid() == uid ? pod : null, ns, name, uid, cancellationToken);
                    return;
                }

                wait = await SyncAsync(pod, cancellationToken);
                HasSynced = true;
            }
            catch (Exception e) when (e is DockerApiException or HttpRequestException or IOException or TimeoutException)
            {
                logger.LogWarning("Pod {Namespace}/{Name}: the engine refused a step, it is tried again: {Reason}", ns, name, e.Message);
                wait = AfterError;
            }
            catch (StatusException e) when (e.Reason is "NotFound")
            {
                wait = TimeSpan.Zero; // deleted meanwhile
            }
        }
    }

    public void Dispose()
    {
        foreach (var memory in _memory.Values)
        {
            memory.StopProbing();
        }

    }

    /// <returns>How long until the next look, if nothing happens before.</returns>
    private async Task<TimeSpan> SyncAsync(JsonObject pod, CancellationToken cancellationToken)
    {
        foreach (var container in AllContainers(pod))
        {
            _memory.GetOrAdd(container.Text("name")!, _ => new ContainerMemory());
        }

        if (pod.Text("status", "phase") is "Succeeded" or "Failed")
        {
            await new PodTermination(services, _memory).StopContainersAsync(pod, uid, TimeSpan.Zero, cancellationToken);
            return Timeout.InfiniteTimeSpan;
        }

        if (await IsPastDeadlineAsync(pod, cancellationToken) || PrepareVolumes(pod) is not { } volumes)
        {
            Report(pod, await services.Runtime.InspectPodAsync(uid, cancellationToken));
            return AfterError;
        }

        var sandbox = await EnsureSandboxAsync(pod, cancellationToken);
        var starter = new ContainerStarter(services, _memory, pod, sandbox, _podIp!, volumes);
        var next = Relist;
        do
        {
            var found = await services.Runtime.InspectPodAsync(uid, cancellationToken);
            next = Min(Relist, await ReconcileAsync(pod, found, starter, cancellationToken));
        }
        while (next == TimeSpan.Zero);

        Report(pod, await services.Runtime.InspectPodAsync(uid, cancellationToken));
        return next;
    }

    /// <summary>Starts what should run and does not. Zero: something was done, look again at once.</summary>
    private async Task<TimeSpan> ReconcileAsync(JsonObject pod, List<PodContainer> found, ContainerStarter starter, CancellationToken cancellationToken)
    {
        var policy = pod.Text("spec", "restartPolicy") ?? "Always";
        var next = Relist;
        foreach (var container in pod.Items("spec", "initContainers"))
        {
            if (!PodStatusBuilder.IsDone(container, found, _memory))
            {
                return await ReconcileAsync(pod, container, PodStatusBuilder.InitPolicy(container, policy), found, starter, cancellationToken);
            }

            if (PodStatusBuilder.IsSidecar(container))
            {
                next = Min(next, await ReconcileAsync(pod, container, "Always", found, starter, cancellationToken));
            }
        }

        foreach (var container in pod.Items("spec", "containers"))
        {
            next = Min(next, await ReconcileAsync(pod, container, policy, found, starter, cancellationToken));
        }

        return next;
    }

    private async Task<TimeSpan> ReconcileAsync(JsonObject pod, JsonObject container, string policy, List<PodContainer> found, ContainerStarter starter, CancellationToken cancellationToken)
    {
        var key = container.Text("name")!;
        var memory = _memory[key];
        var attempts = found.Where(item => item.Name == key).ToList();
        foreach (var old in attempts.Skip(2))
        {
            await services.Runtime.RemoveAsync(old.Id, cancellationToken); // the latest and the one before it are kept, for their logs
        }

        var latest = attempts.FirstOrDefault();
        if (latest is { IsRunning: true })
        {
            return await KeepAsync(pod, container, latest, memory, cancellationToken);
        }

        memory.StopProbing();
        return latest is not null && !PodStatusBuilder.Restarts(policy, latest) ? Relist : await starter.StartAsync(container, latest, cancellationToken);
    }

    /// <summary>A running container: its probes run with it, and a failed one ends it.</summary>
    private async Task<TimeSpan> KeepAsync(JsonObject pod, JsonObject container, PodContainer running, ContainerMemory memory, CancellationToken cancellationToken)
    {
        memory.Clear();
        if (memory.Prober?.ContainerId != running.Id)
        {
            memory.StopProbing();
            var fieldPath = FieldPath(container);
            memory.Prober = new Prober(services.Handlers, container, running.Id, _podIp!, services.Time,
                (probe, problem) => services.Events.Record("kubelet", pod, "Warning", "Unhealthy", $"{probe} probe failed: {problem}", fieldPath), Wake);
            memory.Probing = new CancellationTokenSource();
            _ = memory.Prober.RunAsync(memory.Probing.Token);
        }

        if (memory.Prober.Failed is { } probe)
        {
            services.Events.Record("kubelet", pod, "Normal", "Killing", $"Container {running.Name} failed {probe} probe, will be restarted", FieldPath(container));
            memory.StopProbing();
            var grace = TimeSpan.FromSeconds(container.Number($"{probe}Probe", "terminationGracePeriodSeconds") ?? pod.Number("spec", "terminationGracePeriodSeconds") ?? 30);
            await new PodTermination(services, _memory).StopAsync(pod, container, running.Id, grace, cancellationToken);
            return TimeSpan.Zero;
        }

        return Relist;
    }

    /// <summary>The sandbox that the pod's containers share; made anew when it is gone, together with what ran in it.</summary>
    private async Task<string> EnsureSandboxAsync(JsonObject pod, CancellationToken cancellationToken)
    {
        var hosts = pod.Items("spec", "hostAliases").SelectMany(alias => alias.Texts("hostnames").Select(host => $"{host}:{alias.Text("ip")}")).ToList();
        if (PodIdentityWebhook.Applies(pod))
        {
            hosts.Add($"{PodGateway.HostName}:{await services.Gateway.EnsureAsync(cancellationToken)}");
        }

        var found = await services.Runtime.InspectPodAsync(uid, cancellationToken);
        var sandboxes = found.Where(item => item.Name == ContainerRuntime.SandboxName).ToList();
        if (sandboxes.FirstOrDefault() is { IsRunning: true } running)
        {
            _podIp ??= await services.Runtime.AddressAsync(running.Id, cancellationToken);
            return running.Id;
        }

        foreach (var lost in found.Where(item => item.IsRunning))
        {
            await services.Runtime.SignalAsync(lost.Id, "SIGKILL", cancellationToken);
        }

        var identity = new PodIdentity(ns, name, uid, pod.Text("spec", "hostname") ?? (name.Length > 63 ? name[..63].TrimEnd('-', '.') : name));
        var id = await services.Runtime.StartSandboxAsync(identity, services.Names.AliasesFor(pod), (sandboxes.FirstOrDefault()?.Attempt ?? -1) + 1, [.. pod.Texts("spec", "dnsConfig", "nameservers")], hosts, cancellationToken);
        _podIp = await services.Runtime.AddressAsync(id, cancellationToken) ?? throw new IOException($"the sandbox {id} got no address in the pod network");
        foreach (var old in sandboxes)
        {
            await services.Runtime.RemoveAsync(old.Id, cancellationToken);
        }

        return id;
    }

    private Dictionary<string, string>? PrepareVolumes(JsonObject pod)
    {
        try
        {
            return services.Volumes.Prepare(pod, _podIp);
        }
        catch (PodConfigException e)
        {
            services.Events.Record("kubelet", pod, "Warning", "FailedMount", $"MountVolume.SetUp failed: {e.Message}");
            return null;
        }
    }

    private async Task<bool> IsPastDeadlineAsync(JsonObject pod, CancellationToken cancellationToken)
    {
        if (pod.Number("spec", "activeDeadlineSeconds") is not { } seconds || pod.Time("status", "startTime") is not { } started || services.Time.GetUtcNow() < started.AddSeconds(seconds))
        {
            return false;
        }

        services.Events.Record("kubelet", pod, "Normal", "DeadlineExceeded", "Pod was active on the node longer than the specified deadline");
        await new PodTermination(services, _memory).StopContainersAsync(pod, uid, TimeSpan.FromSeconds(pod.Number("spec", "terminationGracePeriodSeconds") ?? 30), cancellationToken);
        WriteStatus(status =>
        {
            status["phase"] = "Failed";
            status["reason"] = "DeadlineExceeded";
            status["message"] = "Pod was active on the node longer than the specified deadline";
        });
        return true;
    }

    private void Report(JsonObject pod, List<PodContainer> found)
    {
        var status = services.Status.Build(services.Objects.Get(ResourceRegistry.Get("pods"), ns, name).Body, found, _memory, _podIp, services.TerminationLogs.Read);
        WriteStatus(current =>
        {
            foreach (var (key, value) in status)
            {
                current[key] = value?.DeepClone();
            }
        });
    }

    private void WriteStatus(Action<JsonObject> change) => services.Objects.Modify(ResourceRegistry.Get("pods"), ns, name, pod =>
    {
        if (pod.Uid() == uid)
        {
            change(pod.Ensure("status"));
        }

        return pod;
    }, new WriteOptions("kubelet") { Subresource = "status" });

    public static IEnumerable<JsonObject> AllContainers(JsonObject pod) => pod.Items("spec", "initContainers").Concat(pod.Items("spec", "containers"));

    public static string FieldPath(JsonObject container) =>
        $"spec.{(container.Parent?.GetPropertyName() == "initContainers" ? "initContainers" : "containers")}{{{container.Text("name")}}}";

    private static TimeSpan Min(TimeSpan left, TimeSpan right) => left < right ? left : right;
}
