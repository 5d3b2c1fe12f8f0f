using System.Text.Json.Nodes;
using Docker.DotNet;

namespace Tiketi.LocalCloud.Kubernetes.Kubelet;

/// <summary>Brings one container of a pod to run, or says why it can't: pull, configuration, creation, start, postStart hook.</summary>
internal sealed class ContainerStarter(PodServices services, IReadOnlyDictionary<string, ContainerMemory> memories, JsonObject pod, string sandbox, string podIp, IReadOnlyDictionary<string, string> volumes)
{
    private static readonly TimeSpan ConfigRetry = TimeSpan.FromSeconds(5);

    /// <summary>A failed pull is shown as such for this long, and as waiting for the next try after that.</summary>
    private static readonly TimeSpan ShowPullError = TimeSpan.FromSeconds(2);

    /// <param name="container">Its spec.</param>
    /// <param name="ended">The attempt that ended; null: the first.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <returns>How long until it makes sense to look again; zero when it was started.</returns>
    public async Task<TimeSpan> StartAsync(JsonObject container, PodContainer? ended, CancellationToken cancellationToken)
    {
        var memory = memories[container.Text("name")!];
        if (Wait(container, ended, memory) is { } wait)
        {
            return wait;
        }

        try
        {
            var image = container.Text("image")!;
            await PullAsync(container, image, memory, cancellationToken);
            await CreateAndStartAsync(container, image, ended is null ? 0 : ended.Attempt + 1, memory, cancellationToken);
            if (ended is not null)
            {
                memory.CountRestart();
            }

            return TimeSpan.Zero;
        }
        catch (ImageException e)
        {
            Fail(container, memory, e.Reason, e.Message, e.Reason == "ErrImagePull" ? $"Failed to pull image \"{container.Text("image")}\": {e.Message}" : e.Message);
            Say(container, "Warning", "Failed", $"Error: {e.Reason}");
            memory.PullFailed(services.Time.GetUtcNow());
            return ShowPullError;
        }
        catch (PodConfigException e)
        {
            Fail(container, memory, "CreateContainerConfigError", e.Message, $"Error: {e.Message}");
            memory.Retry(services.Time.GetUtcNow() + ConfigRetry);
            return ConfigRetry;
        }
    }

    /// <summary>How long to wait before the next try; null: now.</summary>
    private TimeSpan? Wait(JsonObject container, PodContainer? ended, ContainerMemory memory)
    {
        var now = services.Time.GetUtcNow();
        if (now < memory.RetryAt)
        {
            if (memory.Waiting is { Reason: "ErrImagePull" } failed)
            {
                memory.Waiting = ("ImagePullBackOff", $"Back-off pulling image \"{container.Text("image")}\": ErrImagePull: {failed.Message}");
                Say(container, "Normal", "BackOff", $"Back-off pulling image \"{container.Text("image")}\"");
                Say(container, "Warning", "Failed", "Error: ImagePullBackOff");
            }

            return memory.RetryAt - now;
        }

        if (ended is null)
        {
            return null;
        }

        var finished = PodStatusBuilder.When(ended.State.FinishedAt, ended.NeverStarted ? ended.Created : now);
        var restart = memory.MayRestartAt(PodStatusBuilder.When(ended.State.StartedAt, finished), finished);
        if (now >= restart)
        {
            return null;
        }

        var message = $"back-off {memory.RestartDelayText} restarting failed container={ended.Name} pod={pod.Name()}_{pod.Namespace()}({pod.Uid()})";
        if (memory.Waiting is not { Reason: "CrashLoopBackOff" } waiting || waiting.Message != message)
        {
            memory.Waiting = ("CrashLoopBackOff", message);
            Say(container, "Warning", "BackOff", $"Back-off restarting failed container {ended.Name} in pod {pod.Name()}_{pod.Namespace()}({pod.Uid()})");
        }

        return restart - now;
    }

    private async Task PullAsync(JsonObject container, string image, ContainerMemory memory, CancellationToken cancellationToken)
    {
        var policy = container.Text("imagePullPolicy") ?? "IfNotPresent";
        var (_, pulled) = await services.Images.EnsureAsync(image, policy, () => Say(container, "Normal", "Pulling", $"Pulling image \"{image}\""), cancellationToken);
        Say(container, "Normal", "Pulled", pulled is { } took
            ? $"Successfully pulled image \"{image}\" in {took.TotalSeconds:0.###}s"
            : $"Container image \"{image}\" already present on machine");
    }

    private async Task CreateAndStartAsync(JsonObject container, string image, int attempt, ContainerMemory memory, CancellationToken cancellationToken)
    {
        var name = container.Text("name")!;
        var identity = new PodIdentity(pod.Namespace(), pod.Name(), pod.Uid(), pod.Name());
        var environment = services.Environment.Resolve(pod, container, podIp);
        environment.TryAdd("HOSTNAME", pod.Name());
        var log = services.TerminationLogs.Create(pod.Uid(), name, attempt);
        string id;
        try
        {
            var parameters = await services.Spec.BuildAsync(pod, container, image, environment, volumes, log, cancellationToken);
            id = await services.Runtime.CreateAsync(identity, name, attempt, sandbox, parameters, cancellationToken);
        }
        catch (DockerApiException e)
        {
            throw new PodConfigException(Words(e));
        }

        Say(container, "Normal", "Created", $"Created container: {name}");
        try
        {
            await services.Runtime.StartAsync(id, cancellationToken);
        }
        catch (DockerApiException e)
        {
            Fail(container, memory, "RunContainerError", Words(e), $"Error: {Words(e)}");
            memory.Retry(services.Time.GetUtcNow() + ShowPullError);
            return;
        }

        memory.Clear();
        Say(container, "Normal", "Started", $"Started container {name}");
        await PostStartAsync(container, id, cancellationToken);
    }

    private async Task PostStartAsync(JsonObject container, string id, CancellationToken cancellationToken)
    {
        if (container.Object("lifecycle", "postStart") is { } hook
            && await services.Handlers.RunAsync(hook, container, id, podIp, TimeSpan.FromMinutes(1), cancellationToken) is { } problem)
        {
            Say(container, "Warning", "FailedPostStartHook", $"PostStartHook failed: {problem}");
            await services.Runtime.SignalAsync(id, "SIGKILL", cancellationToken);
        }
    }

    private void Fail(JsonObject container, ContainerMemory memory, string reason, string message, string said)
    {
        memory.Waiting = (reason, message);
        Say(container, "Warning", reason == "InvalidImageName" ? "InspectFailed" : "Failed", said);
    }

    private void Say(JsonObject container, string type, string reason, string message) =>
        services.Events.Record("kubelet", pod, type, reason, message, PodWorker.FieldPath(container));

    private static string Words(DockerApiException e)
    {
        var start = e.ResponseBody?.IndexOf("\"message\":\"", StringComparison.Ordinal) ?? -1;
        return start < 0 ? e.Message : System.Text.Json.Nodes.JsonNode.Parse(e.ResponseBody!).Text("message") ?? e.Message;
    }
}
