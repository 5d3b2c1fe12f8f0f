using System.Globalization;
using System.Text.Json.Nodes;
using Docker.DotNet.Models;

namespace Tiketi.LocalCloud.Kubernetes.Kubelet;

/// <summary>Derives a pod's status from its containers on the engine and what the kubelet remembers of them.</summary>
internal sealed class PodStatusBuilder(TimeProvider time)
{
    private const int StartErrorCode = 128;
    private const int KilledCode = 137;

    /// <param name="pod">The pod as stored.</param>
    /// <param name="found">Its containers, latest attempts first.</param>
    /// <param name="memory">What is remembered, by container name.</param>
    /// <param name="podIp">Its address, once it has one.</param>
    /// <param name="terminationMessage">Reads what an ended container left as its last words.</param>
    public JsonObject Build(JsonObject pod, IReadOnlyList<PodContainer> found, IReadOnlyDictionary<string, ContainerMemory> memory, string? podIp, Func<PodContainer, JsonObject, string?> terminationMessage)
    {
        var status = pod.Object("status")?.Copy() ?? [];
        var policy = pod.Text("spec", "restartPolicy") ?? "Always";
        var initialised = IsInitialised(pod, found, memory);
        status["hostIP"] = NodeStatus.Address;
        status["hostIPs"] = new JsonArray(new JsonObject { ["ip"] = NodeStatus.Address });
        status.Default("startTime", time.Timestamp());
        if (podIp is not null)
        {
            status["podIP"] = podIp;
            status["podIPs"] = new JsonArray(new JsonObject { ["ip"] = podIp });
        }

        JsonArray Statuses(string list, string otherwise) =>
            [.. pod.Items("spec", list).Select(container => (JsonNode)ContainerStatus(container, list == "initContainers" ? InitPolicy(container, policy) : policy, found, memory[container.Text("name")!], otherwise, terminationMessage))];
        var hasInit = pod.Items("spec", "initContainers").Any();
        if (hasInit)
        {
            status["initContainerStatuses"] = Statuses("initContainers", "PodInitializing");
        }

        status["containerStatuses"] = Statuses("containers", hasInit && !initialised ? "PodInitializing" : "ContainerCreating");
        if (status.Text("phase") is not ("Succeeded" or "Failed"))
        {
            status["phase"] = Phase(pod, status, found, policy, initialised);
        }

        Conditions(pod, status, initialised, found.Any(item => item.Name == ContainerRuntime.SandboxName && item.IsRunning));
        return status;
    }

    /// <summary>Whether every init container has done its part: ended well, or, as a sidecar, started.</summary>
    public static bool IsInitialised(JsonObject pod, IReadOnlyList<PodContainer> found, IReadOnlyDictionary<string, ContainerMemory> memory) =>
        pod.Items("spec", "initContainers").All(container => IsDone(container, found, memory));

    public static bool IsDone(JsonObject container, IReadOnlyList<PodContainer> found, IReadOnlyDictionary<string, ContainerMemory> memory)
    {
        var latest = found.FirstOrDefault(item => item.Name == container.Text("name"));
        return IsSidecar(container)
            ? latest is { IsRunning: true } && memory[latest.Name].Prober is { IsStarted: true }
            : latest is { IsRunning: false, NeverStarted: false, State.ExitCode: 0 };
    }

    public static bool IsSidecar(JsonObject container) => container.Text("restartPolicy") == "Always";

    /// <summary>An init container that fails is tried again unless the pod says never; one that succeeds is done.</summary>
    public static string InitPolicy(JsonObject container, string policy) => IsSidecar(container) ? "Always" : policy == "Never" ? "Never" : "OnFailure";

    public static bool Restarts(string policy, PodContainer ended) => policy == "Always" || (policy == "OnFailure" && (ended.NeverStarted || ended.State.ExitCode != 0));

    public static DateTimeOffset When(string? text, DateTimeOffset otherwise) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) && at.Year > 1 ? at : otherwise;

    private JsonObject ContainerStatus(
        JsonObject container, string policy, IReadOnlyList<PodContainer> found, ContainerMemory memory, string otherwise, Func<PodContainer, JsonObject, string?> terminationMessage)
    {
        var name = container.Text("name")!;
        var attempts = found.Where(item => item.Name == name).ToList();
        var latest = attempts.FirstOrDefault();
        var isRunning = latest is { IsRunning: true };
        var status = new JsonObject
        {
            ["name"] = name,
            ["image"] = container.Text("image"),
            ["imageID"] = latest is null ? string.Empty : latest.ImageId,
            ["restartCount"] = latest?.Attempt ?? 0,
            ["started"] = isRunning && memory.Prober is { IsStarted: true },
            ["ready"] = isRunning ? memory.Prober is { IsStarted: true, IsReady: true } : latest is { NeverStarted: false, State.ExitCode: 0 } && policy != "Always" && otherwise == "PodInitializing",
        };
        if (latest is not null)
        {
            status["containerID"] = "docker://" + latest.Id;
        }

        PodContainer? last;
        if (isRunning)
        {
            status["state"] = new JsonObject { ["running"] = new JsonObject { ["startedAt"] = Json.Timestamp(When(latest!.State.StartedAt, time.GetUtcNow())) } };
            last = attempts.ElementAtOrDefault(1);
        }
        else if (latest is null || memory.Waiting is not null || Restarts(policy, latest))
        {
            status["state"] = latest is not null && memory.Waiting is null ? Terminated(latest, container, terminationMessage) : memory.WaitingState(otherwise);
            last = memory.Waiting is null ? attempts.ElementAtOrDefault(1) : latest;
        }
        else
        {
            status["state"] = Terminated(latest, container, terminationMessage);
            last = attempts.ElementAtOrDefault(1);
        }

        status["lastState"] = last is null ? new JsonObject() : Terminated(last, container, terminationMessage);
        return status;
    }

    private JsonObject Terminated(PodContainer ended, JsonObject container, Func<PodContainer, JsonObject, string?> terminationMessage)
    {
        var state = ended.State;
        var (code, reason) = ended switch
        {
            { NeverStarted: true } => (StartErrorCode, "StartError"),
            { State.OOMKilled: true } => ((int)(state.ExitCode is 0 ? KilledCode : state.ExitCode), "OOMKilled"),
            { State.ExitCode: 0 } => (0, "Completed"),
            _ => ((int)state.ExitCode, "Error"),
        };
        var details = new JsonObject
        {
            ["exitCode"] = code,
            ["reason"] = reason,
            ["startedAt"] = Json.Timestamp(When(state.StartedAt, ended.Created)),
            ["finishedAt"] = Json.Timestamp(When(state.FinishedAt, ended.NeverStarted ? ended.Created : time.GetUtcNow())),
            ["containerID"] = "docker://" + ended.Id,
        };
        var message = ended.NeverStarted ? state.Error : terminationMessage(ended, container);
        if (message is { Length: > 0 })
        {
            details["message"] = message;
        }

        return new JsonObject { ["terminated"] = details };
    }

    private static string Phase(JsonObject pod, JsonObject status, IReadOnlyList<PodContainer> found, string policy, bool initialised)
    {
        if (!initialised)
        {
            var failed = pod.Items("spec", "initContainers").Any(container => found.FirstOrDefault(item => item.Name == container.Text("name")) is { IsRunning: false } ended
                && (ended.NeverStarted || ended.State.ExitCode != 0) && !Restarts(InitPolicy(container, policy), ended));
            return failed ? "Failed" : "Pending";
        }

        var names = pod.Items("spec", "containers").Select(container => container.Text("name")!).ToList();
        var latest = names.Select(name => found.FirstOrDefault(item => item.Name == name)).ToList();
        if (latest.TrueForAll(item => item is { IsRunning: false } && !Restarts(policy, item)))
        {
            return latest.TrueForAll(item => item is { NeverStarted: false, State.ExitCode: 0 }) ? "Succeeded" : "Failed";
        }

        return latest.Exists(item => item is not null && (item.IsRunning || item.Attempt > 0 || !item.NeverStarted)) ? "Running" : "Pending";
    }

    private void Conditions(JsonObject pod, JsonObject status, bool initialised, bool hasSandbox)
    {
        var unready = status.Items("containerStatuses").Where(item => !item.Flag("ready")).Select(item => item.Text("name")).ToList();
        var isOver = status.Text("phase") is "Succeeded" or "Failed";
        var incomplete = pod.Items("spec", "initContainers").Zip(status.Items("initContainerStatuses"))
            .Where(pair => pair.Second.Number("state", "terminated", "exitCode") != 0 && !IsSidecar(pair.First)).Select(pair => pair.Second.Text("name")).ToList();
        var reason = isOver ? (status.Text("phase") == "Succeeded" ? "PodCompleted" : "PodFailed") : "ContainersNotReady";
        var message = isOver ? null : $"containers with unready status: [{string.Join(' ', unready)}]";
        var isReady = unready.Count == 0 && initialised && !isOver;

        Set(status, "PodReadyToStartContainers", hasSandbox, null, null);
        Set(status, "Initialized", initialised, "ContainersNotInitialized", $"containers with incomplete status: [{string.Join(' ', incomplete)}]");
        Set(status, "Ready", isReady, reason, message);
        Set(status, "ContainersReady", isReady, reason, message);
        Set(status, "PodScheduled", isTrue: true, null, null);
    }

    private void Set(JsonObject status, string type, bool isTrue, string? reason, string? message)
    {
        status.Default("conditions", new JsonArray());
        var list = (JsonArray)status["conditions"]!;
        var condition = list.Items().FirstOrDefault(item => item.Text("type") == type);
        if (condition is null)
        {
            condition = new JsonObject { ["type"] = type };
            list.Add(condition);
        }

        if (condition.Text("status") != (isTrue ? "True" : "False"))
        {
            condition["status"] = isTrue ? "True" : "False";
            condition["lastTransitionTime"] = time.Timestamp();
        }

        condition.Remove("reason");
        condition.Remove("message");
        if (!isTrue && reason is not null)
        {
            condition["reason"] = reason;
        }

        if (!isTrue && message is not null)
        {
            condition["message"] = message;
        }
    }
}
