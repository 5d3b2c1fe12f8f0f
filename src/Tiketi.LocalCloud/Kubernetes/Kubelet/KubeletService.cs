using System.Collections.Concurrent;
using Docker.DotNet;
using Docker.DotNet.Models;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Tiketi.LocalCloud.Hosting;
using Tiketi.LocalCloud.Kubernetes.Controllers;
using Tiketi.LocalCloud.Kubernetes.Resources;
using Tiketi.LocalCloud.Kubernetes.Storage;

namespace Tiketi.LocalCloud.Kubernetes.Kubelet;

/// <summary>The node's agent: a worker for every pod that is scheduled, woken by changes of objects and of containers.</summary>
internal sealed class KubeletService(PodServices services, ILogger<KubeletService> logger) : BackgroundService, IStartupProgress
{
    private static readonly TimeSpan EngineRetry = TimeSpan.FromSeconds(5);
    private readonly ConcurrentDictionary<string, (PodWorker Worker, Task Task)> _workers = new(StringComparer.Ordinal);
    private volatile IReadOnlyList<StoredObject>? _former;

    /// <summary>Pods of the last run that are neither ready again nor at their end.</summary>
    public IReadOnlyCollection<string> Pending => _former is { } former
        ? [.. former.Where(IsPending).Select(pod => $"pod {pod.Namespace}/{pod.Name}")]
        : ["the pods of the last run"];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var changes = services.Objects.Store.Observe();
        var pods = ResourceRegistry.Get("pods");
        var former = services.Objects.Store.List(pods).ToList();
        foreach (var pod in former)
        {
            Assign(pod, stoppingToken);
        }

        _former = former;

        var background = Task.WhenAll(FollowEngineAsync(stoppingToken), RemoveOrphansAsync(stoppingToken));
        try
        {
            await foreach (var change in changes.ReadAllAsync(stoppingToken))
            {
                switch (change.Object.Resource.Plural)
                {
                    case "pods" when change.Kind != ChangeKind.Deleted:
                        Assign(change.Object, stoppingToken);
                        break;
                    case "pods" when _workers.TryGetValue(change.Object.Body.Uid(), out var gone):
                        gone.Worker.Wake();
                        break;
                    case "configmaps" or "secrets" or "persistentvolumeclaims":
                        WakeAll(change.Object.Namespace);
                        break;
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // containers run on; the next start adopts them
        }

        await background;
        await Task.WhenAll(_workers.Values.Select(item => item.Task));
    }

    private bool IsPending(StoredObject former) =>
        _workers.TryGetValue(former.Body.Uid(), out var item)
        && services.Objects.Store.Find(former.Resource, former.Namespace, former.Name) is { Body: var pod }
        && pod.Uid() == former.Body.Uid()
        && pod.Text("status", "phase") is not ("Succeeded" or "Failed")
        && !(item.Worker.HasSynced && PodTemplates.IsReady(pod));

    private void Assign(StoredObject pod, CancellationToken stoppingToken)
    {
        if (pod.Body.Text("spec", "nodeName") is not { Length: > 0 })
        {
            return;
        }

        var uid = pod.Body.Uid();
        var (worker, _) = _workers.GetOrAdd(uid, _ =>
        {
            var created = new PodWorker(pod.Namespace, pod.Name, uid, services, logger);
            return (created, Task.Run(() => RunAsync(created, uid, stoppingToken), CancellationToken.None));
        });
        worker.Wake();
    }

    private async Task RunAsync(PodWorker worker, string uid, CancellationToken stoppingToken)
    {
        try
        {
            await worker.RunAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // the process ends
        }
        catch (Exception e)
        {
            logger.LogError(e, "The worker of pod {Uid} failed; its containers are left as they are", uid);
        }
        finally
        {
            _workers.TryRemove(uid, out _);
            worker.Dispose();
        }
    }

    private void WakeAll(string ns)
    {
        foreach (var pod in services.Objects.Store.List(ResourceRegistry.Get("pods"), ns))
        {
            if (_workers.TryGetValue(pod.Body.Uid(), out var item))
            {
                item.Worker.Wake();
            }
        }
    }

    /// <summary>A container that starts or ends wakes its pod's worker. While the engine is away the workers' own rhythm has to do.</summary>
    private async Task FollowEngineAsync(CancellationToken stoppingToken)
    {
        var parameters = new ContainerEventsParameters
        {
            Filters = new Dictionary<string, IDictionary<string, bool>>(StringComparer.Ordinal)
            {
                ["type"] = new Dictionary<string, bool>(StringComparer.Ordinal) { ["container"] = true },
                ["event"] = new Dictionary<string, bool>(StringComparer.Ordinal) { ["die"] = true, ["destroy"] = true },
                ["label"] = new Dictionary<string, bool>(StringComparer.Ordinal) { [services.Runtime.OwnLabel] = true },
            },
        };
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await services.Runtime.Docker.System.MonitorEventsAsync(parameters, new Inline(message =>
                {
                    if (message.Actor.Attributes.TryGetValue(ContainerRuntime.UidLabel, out var uid) && _workers.TryGetValue(uid, out var item))
                    {
                        item.Worker.Wake();
                    }
                }), stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e) when (e is DockerApiException or HttpRequestException or IOException or TimeoutException)
            {
                logger.LogWarning("The Docker engine's events are not available, they are asked for again: {Reason}", e.Message);
            }

            await Task.Delay(EngineRetry, services.Time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Containers whose pod went while the local cloud was not running.</summary>
    private async Task RemoveOrphansAsync(CancellationToken stoppingToken)
    {
        try
        {
            var known = services.Objects.Store.List(ResourceRegistry.Get("pods")).Select(pod => pod.Body.Uid()).ToHashSet(StringComparer.Ordinal);
            foreach (var orphan in (await services.Runtime.ListPodsAsync(stoppingToken)).Where(pod => !known.Contains(pod.Key) && !_workers.ContainsKey(pod.Key)))
            {
                foreach (var id in orphan)
                {
                    await services.Runtime.RemoveAsync(id, stoppingToken);
                }

                services.Volumes.Remove(orphan.Key);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // the next start tries again
        }
        catch (Exception e) when (e is DockerApiException or HttpRequestException or IOException or TimeoutException)
        {
            logger.LogWarning("Containers of former pods could not be looked for: {Reason}", e.Message);
        }
    }

    private sealed class Inline(Action<Message> report) : IProgress<Message>
    {
        public void Report(Message value) => report(value);
    }
}
