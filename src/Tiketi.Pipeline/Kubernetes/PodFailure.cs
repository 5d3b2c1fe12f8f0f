using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Tiketi.Pipeline.Kubernetes;

/// <summary>Why a pod will not run.</summary>
/// <param name="Container">The container, or null where the whole pod is concerned.</param>
/// <param name="Summary">What happened, with the kubelet's own words.</param>
/// <param name="Remedy">What to do about it.</param>
/// <param name="Grace">How long the state must last before it counts: zero where waiting cannot help.</param>
/// <param name="Crashed">Whether the container ran and ended, so that its log says more.</param>
internal sealed partial record PodFailure(string? Container, string Summary, string Remedy, TimeSpan Grace, bool Crashed = false)
{
    private static readonly TimeSpan Brief = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan NodeGrace = TimeSpan.FromMinutes(2); // what an autoscaler needs to bring a node

    /// <summary>The first failing container, init containers first, or null.</summary>
    public static PodFailure? Find(JsonObject pod)
    {
        if (pod.At("metadata", "deletionTimestamp") is not null)
        {
            return null;
        }

        var containers = pod.Items("status", "initContainerStatuses").Concat(pod.Items("status", "containerStatuses"));
        return containers.Select(OfContainer).FirstOrDefault(failure => failure is not null) ?? Unschedulable(pod);
    }

    private static PodFailure? OfContainer(JsonNode status)
    {
        var name = status.Text("name") ?? "";
        var image = status.Text("image");
        var message = status.Text("state", "waiting", "message") ?? "";
        switch (status.Text("state", "waiting", "reason"))
        {
            case "ErrImagePull" or "ImagePullBackOff":
                return new(name, $"cannot pull image {image}: {message}",
                    "Push the image (PushEcr) and check its name; on EKS, the node role needs AmazonEC2ContainerRegistryReadOnly.",
                    Hopeless().IsMatch(message) ? TimeSpan.Zero : Brief);
            case "InvalidImageName" or "ErrImageNeverPull":
                return new(name, $"cannot use image {image}: {message}", "Correct the image's name or its pull policy in k8s/.", TimeSpan.Zero);
            case "CreateContainerConfigError":
                return new(name, $"lacks its configuration: {message}", "Add the ConfigMap, Secret or key that it names, or drop the reference in k8s/.", Brief);
            case "CreateContainerError" or "RunContainerError" or "StartError":
                return Starting(name, message);
            case "CrashLoopBackOff" when status.Number("restartCount") >= 2:
                return Crash(name, status, status.At("lastState", "terminated"));
        }

        var ended = status.At("state", "terminated");
        return ended is not null && ended.Number("exitCode") != 0 && status.Number("restartCount") >= 2 ? Crash(name, status, ended) : null;
    }

    private static PodFailure Starting(string name, string message) => message.Contains("exec format error", StringComparison.Ordinal)
        ? WrongPlatform(name)
        : new(name, $"cannot start: {message}", "Correct the container's command, user or mounts in k8s/ or in its Dockerfile.", Brief);

    private static PodFailure Crash(string name, JsonNode status, JsonNode? ended)
    {
        var restarts = status.Number("restartCount");
        return ended.Text("reason") == "OOMKilled"
            ? new(name, $"was killed {restarts} times because it used more memory than its limit", "Raise resources.limits.memory in k8s/, or mend the leak.", TimeSpan.Zero, Crashed: true)
            : new(name, $"crashes: exit code {ended.Number("exitCode")}, {restarts} restarts", "Read its log above; the cause is in the service or in its configuration.", TimeSpan.Zero, Crashed: true);
    }

    /// <summary>The container's program is for another processor than the node's.</summary>
    public static PodFailure WrongPlatform(string name) => new(
        name, "is built for another platform than the node's (exec format error)",
        "Set 'platform' of the environment (or of the service in tiketi.yaml) to what the nodes run, then run BuildImages again.", TimeSpan.Zero);

    private static PodFailure? Unschedulable(JsonObject pod)
    {
        var scheduled = pod.Condition("PodScheduled");
        return scheduled.Text("status") == "False" && scheduled.Text("reason") == "Unschedulable"
            ? new(null, $"fits on no node: {scheduled.Text("message")}", "Add nodes or lower resources.requests in k8s/.", NodeGrace)
            : null;
    }

    [GeneratedRegex("not found|manifest unknown|denied|unauthorized|authentication required|no match for platform|does not exist", RegexOptions.IgnoreCase, 1000)]
    private static partial Regex Hopeless();
}
