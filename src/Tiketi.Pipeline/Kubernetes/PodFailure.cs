using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Tiketi.Pipeline.Kubernetes;

/// <summary>What kind of trouble a pod is in.</summary>
internal enum FailureClass
{
    ImagePull,
    ImageName,
    Configuration,
    Start,
    WrongPlatform,
    Crash,
    OutOfMemory,
    NotReady,
    Unschedulable,
}

/// <summary>Why a pod will not run.</summary>
/// <param name="Class">Its kind.</param>
/// <param name="Container">The container, or null where the whole pod is concerned.</param>
/// <param name="Summary">What happened, with the kubelet's own words.</param>
/// <param name="Remedy">What to do about it.</param>
/// <param name="Grace">How long the state must last before it counts: zero where waiting cannot help.</param>
/// <param name="Crashed">Whether the container ran and ended, so that its log says more.</param>
internal sealed partial record PodFailure(FailureClass Class, string? Container, string Summary, string Remedy, TimeSpan Grace, bool Crashed = false)
{
    /// <summary>Below the ten seconds in which a verdict is due.</summary>
    private static readonly TimeSpan Brief = TimeSpan.FromSeconds(8);

    /// <summary>Three attempts of a kubelet to pull: at once, after 10 s and after 20 s more (its image back-off), each with some time to fail.</summary>
    private static readonly TimeSpan PullGrace = TimeSpan.FromSeconds(75);

    /// <summary>What an autoscaler needs to bring a node.</summary>
    private static readonly TimeSpan NodeGrace = TimeSpan.FromMinutes(3);

    /// <summary>A service may start before what it needs: two crashes are forgiven, the third is a loop.</summary>
    private const int ForgivenRestarts = 1;

    /// <summary>The first failing container, init containers first, or null.</summary>
    public static PodFailure? Find(JsonObject pod)
    {
        // Evicted and lost pods (phase Failed) are replaced by their controller: no reason to give up.
        if (pod.At("metadata", "deletionTimestamp") is not null || pod.Text("status", "phase") is "Succeeded" or "Failed")
        {
            return null;
        }

        var containers = pod.Items("status", "initContainerStatuses").Concat(pod.Items("status", "containerStatuses")).ToList();
        return containers.Select(OfContainer).FirstOrDefault(failure => failure is not null)
            ?? Unschedulable(pod)
            ?? containers.Select(status => NotReady(pod, status)).FirstOrDefault(failure => failure is not null);
    }

    /// <summary>The container's program is for another processor than the node's.</summary>
    public static PodFailure WrongPlatform(string name) => new(
        FailureClass.WrongPlatform, name, "is built for another platform than the node's (exec format error)",
        "Set 'platform' of the environment (or of the service in tiketi.yaml) to what the nodes run, then run BuildImages again.", TimeSpan.Zero);

    private static PodFailure? OfContainer(JsonNode status)
    {
        var name = status.Text("name") ?? "";
        var image = status.Text("image");
        var message = status.Text("state", "waiting", "message") ?? "";
        if (IsAlien(status.At("state", "terminated")) || IsAlien(status.At("lastState", "terminated")))
        {
            return WrongPlatform(name); // no second start will go better
        }

        return status.Text("state", "waiting", "reason") switch
        {
            "ErrImagePull" or "ImagePullBackOff" => new(FailureClass.ImagePull, name, $"cannot pull image {image}: {message}",
                "Push the image (PushEcr) and check its name; on EKS, the node role needs AmazonEC2ContainerRegistryReadOnly.",
                Hopeless().IsMatch(message) ? TimeSpan.Zero : Passing().IsMatch(message) ? PullGrace : Brief),
            "InvalidImageName" or "ErrImageNeverPull" => new(FailureClass.ImageName, name, $"cannot use image {image}: {message}",
                "Correct the image's name or its pull policy in k8s/.", TimeSpan.Zero),
            "CreateContainerConfigError" => new(FailureClass.Configuration, name, $"lacks its configuration: {message}",
                "Add the ConfigMap, Secret or key that it names, or drop the reference in k8s/.", Brief),
            "CreateContainerError" or "RunContainerError" or "StartError" => Starting(name, message),
            "CrashLoopBackOff" when status.Number("restartCount") > ForgivenRestarts => Crash(name, status, status.At("lastState", "terminated")),
            _ => null,
        };
    }

    private static bool IsAlien(JsonNode? ended) => ended.Text("message")?.Contains("exec format error", StringComparison.Ordinal) == true;

    private static PodFailure Starting(string name, string message) => message.Contains("exec format error", StringComparison.Ordinal)
        ? WrongPlatform(name)
        : new(FailureClass.Start, name, $"cannot start: {message}", "Correct the container's command, user or mounts in k8s/ or in its Dockerfile.", Brief);

    private static PodFailure Crash(string name, JsonNode status, JsonNode? ended)
    {
        var restarts = status.Number("restartCount");
        return ended.Text("reason") == "OOMKilled"
            ? new(FailureClass.OutOfMemory, name, $"was killed {restarts} times because it used more memory than its limit",
                "Raise resources.limits.memory in k8s/, or mend the leak.", TimeSpan.Zero, Crashed: true)
            : new(FailureClass.Crash, name, $"crashes: exit code {ended.Number("exitCode")}, {restarts} restarts",
                "Read its log above; the cause is in the service or in its configuration.", TimeSpan.Zero, Crashed: true);
    }

    private static PodFailure? Unschedulable(JsonObject pod)
    {
        var scheduled = pod.Condition("PodScheduled");
        return scheduled.Text("status") == "False" && scheduled.Text("reason") == "Unschedulable"
            ? new(FailureClass.Unschedulable, null, $"fits on no node: {scheduled.Text("message")}", "Add nodes or lower resources.requests in k8s/.", NodeGrace)
            : null;
    }

    /// <summary>It runs, and its probes do not pass: normal for as long as they allow for a start.</summary>
    private static PodFailure? NotReady(JsonObject pod, JsonNode status)
    {
        var name = status.Text("name") ?? "";
        var container = pod.Items("spec", "containers").FirstOrDefault(candidate => candidate.Text("name") == name);
        if (container is null || status.At("state", "running") is null || status.Text("ready") == "true")
        {
            return null;
        }

        var grace = ProbeGrace.Of(container);
        return new(FailureClass.NotReady, name, $"runs, but its readiness probe has not passed for {grace.TotalSeconds:0} s",
            "Look at its log and at what the probe asks for; a service that needs longer to start says so with a startupProbe.", grace);
    }

    [GeneratedRegex("not found|manifest unknown|denied|unauthorized|authentication required|no match for platform|does not exist", RegexOptions.IgnoreCase, 1000)]
    private static partial Regex Hopeless();

    [GeneratedRegex("time(d )?out|deadline exceeded|connection (reset|refused)|EOF|TLS handshake|server misbehaving|too ?many ?requests|429|unreachable|unavailable|50[0234]|internal server error|bad gateway", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Passing();
}
