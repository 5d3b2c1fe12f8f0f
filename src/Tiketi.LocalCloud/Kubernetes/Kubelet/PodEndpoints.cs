using System.Globalization;
using System.Text.Json.Nodes;
using Docker.DotNet;
using Docker.DotNet.Models;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Tiketi.LocalCloud.Kubernetes.Api;
using Tiketi.LocalCloud.Kubernetes.Resources;
using Tiketi.LocalCloud.Kubernetes.Storage;

namespace Tiketi.LocalCloud.Kubernetes.Kubelet;

/// <summary>pods/log, pods/exec and pods/eviction.</summary>
internal sealed class PodEndpoints(ClusterObjects objects, Deletion deletion, ContainerRuntime runtime, IDockerClient docker, IHostApplicationLifetime lifetime, TimeProvider time)
{
    private const int BufferSize = 32 * 1024;

    public async Task LogAsync(ApiRequest request)
    {
        var pod = objects.Get(request.Resource, request.NamespaceOrEmpty, request.RequiredName).Body;
        var container = ContainerOf(pod, request.Query("container"));
        var attempts = (await runtime.InspectPodAsync(pod.Uid(), request.Aborted)).Where(item => item.Name == container).ToList();
        var wanted = request.QueryFlag("previous") ? attempts.ElementAtOrDefault(1) ?? Ended(attempts) : attempts.FirstOrDefault(item => !item.NeverStarted);
        if (wanted is null)
        {
            throw StatusException.BadRequest(request.QueryFlag("previous")
                ? $"previous terminated container \"{container}\" in pod \"{pod.Name()}\" not found"
                : $"container \"{container}\" in pod \"{pod.Name()}\" is waiting to start: {WaitingReason(pod, container)}");
        }

        using var logs = await docker.Containers.GetContainerLogsAsync(wanted.Id, Parameters(request), request.Aborted);
        request.Context.Response.ContentType = "text/plain";
        await request.Context.Response.Body.FlushAsync(request.Aborted);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(request.Aborted, lifetime.ApplicationStopping);
        try
        {
            await CopyAsync(logs, request.Context.Response.Body, request.QueryNumber("limitBytes") ?? long.MaxValue, either.Token);
        }
        catch (OperationCanceledException) when (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            // the log is followed no further: the local cloud ends
        }
    }

    public async Task ExecAsync(ApiRequest request)
    {
        var pod = objects.Get(request.Resource, request.NamespaceOrEmpty, request.RequiredName).Body;
        var name = ContainerOf(pod, request.Query("container"));
        var running = (await runtime.InspectPodAsync(pod.Uid(), request.Aborted)).FirstOrDefault(item => item.Name == name && item.IsRunning)
            ?? throw StatusException.BadRequest($"container {name} is not running in pod {pod.Name()}");
        await new ExecSession(docker, request, running.Id).RunAsync();
    }

    public async Task EvictAsync(ApiRequest request)
    {
        var body = await request.ReadObjectAsync();
        var pod = objects.Get(request.Resource, request.NamespaceOrEmpty, request.RequiredName).Body;
        var isDryRun = request.Query("dryRun") is not null || body.Texts("deleteOptions", "dryRun").Any();
        foreach (var budget in objects.Store.List(ResourceRegistry.Get("poddisruptionbudgets"), pod.Namespace())
            .Where(budget => Selectors.Matches(budget.Body.Object("spec", "selector"), pod.TextMap("metadata", "labels"))).ToList())
        {
            TakeFrom(budget, pod.Name(), isDryRun);
        }

        deletion.Delete(request.Resource, pod.Namespace(), pod.Name(), new DeleteOptions
        {
            GracePeriodSeconds = body.Number("deleteOptions", "gracePeriodSeconds"),
            DryRun = isDryRun,
        });
        await request.Context.WriteAsync(new JsonObject { ["kind"] = "Status", ["apiVersion"] = "v1", ["metadata"] = new JsonObject(), ["status"] = "Success" }, StatusCodes.Status201Created);
    }

    /// <summary>One eviction less is allowed from now on, and the controller does not count the pod again before it is deleted: two at once must not both pass.</summary>
    private void TakeFrom(StoredObject budget, string pod, bool isDryRun) => objects.Modify(budget.Resource, budget.Namespace, budget.Name, current =>
    {
        var status = current.Ensure("status");
        if (status.Number("disruptionsAllowed") is not > 0)
        {
            throw new StatusException(StatusCodes.Status429TooManyRequests, "TooManyRequests", "Cannot evict pod as it would violate the pod's disruption budget.", new JsonObject
            {
                ["causes"] = new JsonArray(new JsonObject { ["reason"] = "DisruptionBudget", ["message"] = $"The disruption budget {budget.Name} needs {status.Number("desiredHealthy")} healthy pods and has {status.Number("currentHealthy")} currently" }),
            });
        }

        if (!isDryRun)
        {
            status["disruptionsAllowed"] = status.Number("disruptionsAllowed") - 1;
            status.Ensure("disruptedPods")[pod] = time.Timestamp();
        }

        return current;
    }, new WriteOptions("kube-apiserver") { Subresource = "status" });

    private static PodContainer? Ended(List<PodContainer> attempts) => attempts.FirstOrDefault() is { IsRunning: false, NeverStarted: false } ended ? ended : null;

    private static string ContainerOf(JsonObject pod, string? asked)
    {
        var names = pod.Items("spec", "containers").Select(item => item.Text("name")!).ToList();
        if (asked is null)
        {
            asked = pod.Text("metadata", "annotations", "kubectl.kubernetes.io/default-container") ?? (names.Count == 1 ? names[0] : null);
        }

        return asked is null
            ? throw StatusException.BadRequest($"a container name must be specified for pod {pod.Name()}, choose one of: [{string.Join(' ', names)}]")
            : PodWorker.AllContainers(pod).Any(item => item.Text("name") == asked) ? asked
            : throw StatusException.BadRequest($"container {asked} is not valid for pod {pod.Name()}");
    }

    private static string WaitingReason(JsonObject pod, string container)
    {
        var reason = pod.Items("status", "containerStatuses").Concat(pod.Items("status", "initContainerStatuses"))
            .FirstOrDefault(item => item.Text("name") == container)?.Text("state", "waiting", "reason") ?? "ContainerCreating";
        return reason switch
        {
            "ErrImagePull" or "ImagePullBackOff" => "trying and failing to pull image",
            "ErrImageNeverPull" => "image can't be pulled",
            _ => reason,
        };
    }

    private static ContainerLogsParameters Parameters(ApiRequest request)
    {
        var since = request.QueryNumber("sinceSeconds") is { } seconds ? DateTimeOffset.UtcNow.AddSeconds(-seconds)
            : DateTimeOffset.TryParse(request.Query("sinceTime"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at : (DateTimeOffset?)null;
        return new ContainerLogsParameters
        {
            ShowStdout = true,
            ShowStderr = true,
            Follow = request.QueryFlag("follow"),
            Timestamps = request.QueryFlag("timestamps"),
            Tail = request.QueryNumber("tailLines") is { } lines ? lines.ToString(CultureInfo.InvariantCulture) : "all",
            Since = since is { } moment ? (moment.ToUnixTimeMilliseconds() / 1000.0).ToString("F3", CultureInfo.InvariantCulture) : null,
        };
    }

    private static async Task CopyAsync(MultiplexedStream logs, Stream output, long limit, CancellationToken cancellationToken)
    {
        var buffer = new byte[BufferSize];
        while (limit > 0)
        {
            var read = await logs.ReadOutputAsync(buffer, 0, buffer.Length, cancellationToken);
            if (read.EOF)
            {
                return;
            }

            var count = (int)Math.Min(read.Count, limit);
            limit -= count;
            await output.WriteAsync(buffer.AsMemory(0, count), cancellationToken);
            await output.FlushAsync(cancellationToken);
        }
    }
}
