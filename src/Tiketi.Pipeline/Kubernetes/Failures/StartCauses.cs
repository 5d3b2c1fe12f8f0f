using System.Text.RegularExpressions;

namespace Tiketi.Pipeline.Kubernetes.Failures;

/// <summary>The container cannot be made or started.</summary>
internal static partial class StartCauses
{
    private const string Config = "CreateContainerConfigError";
    private const string Start = "RunContainerError|StartError|CreateContainerError|CrashLoopBackOff";

    public static readonly FailureCause[] All =
    [
        new("config-key-missing", "The ConfigMap or Secret exists, but lacks a key.",
            "Add the key (config.env of the overlay, or the secret in Secrets Manager), or correct it in the manifest.",
            it => Named(it, it.Waiting(Config, "couldn't find key|key .* not found"))),
        new("secret-missing", "A Secret that the container reads does not exist.",
            "Deploy with DeployK8s, which makes the Secrets of Secrets Manager's values; or correct the name.",
            it => Named(it, it.Waiting(Config, "secrets? \".*\" not found"))),
        new("configmap-missing", "A ConfigMap that the container reads does not exist.",
            "Deploy with DeployK8s, which makes tiketi-config of config.env and stack outputs; or correct the name.",
            it => Named(it, it.Waiting(Config, "configmaps? \".*\" not found"))),
        new("runs-as-root", "The image runs as root, and the manifest forbids that.",
            "Give the Dockerfile a numeric USER, or set securityContext.runAsUser.",
            it => it.Waiting(Config, "runAsNonRoot|run as root|non-numeric user", "securityContext")),
        new("config-invalid", "The container's settings cannot be put together.", "Correct what the kubelet names.", it => it.Waiting(Config, "")),
        new("wrong-platform", "The program is for another processor than the node's.",
            "Set 'platform' of the environment (or of the service in tiketi.yaml) to what the nodes run, then run BuildImages again.",
            it => it.Waiting(Start, "exec format error", "image") ?? EndedSaying(it, "exec format error", "image") ?? it.Logged("exec format error", "image")),
        new("command-not-found", "The program that the container is to start does not exist in the image.",
            "Correct command in the manifest or CMD in the Dockerfile; a script needs its interpreter in the image too.",
            it => it.Waiting(Start, "executable file not found|no such file or directory|stat /.*: no such", "command") ?? EndedSaying(it, "executable file not found|exec: .*no such file or directory|stat /.*no such", "command")),
        new("command-not-executable", "The program that the container is to start is not executable, or not for its user.",
            "chmod +x it in the Dockerfile, and let runAsUser read it.",
            it => it.Waiting(Start, "permission denied|is a directory", "command") ?? EndedSaying(it, "exec.*(permission denied|is a directory)", "command")),
        new("hook-failed", "The postStart hook failed, so that the container was ended.", "Mend the hook, or do its work in an init container.",
            it => it.Probed("FailedPostStartHook", ".", "lifecycle", "postStart")),
        new("start-refused", "The container runtime refuses to start the container.", "Correct its command, user or mounts in k8s/ or in its Dockerfile.",
            it => it.Waiting("RunContainerError|StartError|CreateContainerError", "")),
        new("volume-mount", "A volume cannot be mounted.", "Make the ConfigMap, Secret or claim that the event names, or correct the volume.",
            it => it.Said("FailedMount", ".", "volumes") ?? it.Said("FailedAttachVolume", ".", "volumes")),
        new("pod-network", "The pod gets no network.",
            "On EKS: look for free addresses in the subnets and at the aws-node pods (VPC CNI); on one node, at its runtime.",
            it => it.Said("FailedCreatePodSandBox", ".")),
    ];

    private static FailureSign? EndedSaying(FailureEvidence it, string pattern, params IReadOnlyList<string> field) =>
        it.Ended(end => FailureEvidence.Matches(end.Text("message"), pattern), field);

    /// <summary>Points at where the container refers to what is missing.</summary>
    private static FailureSign? Named(FailureEvidence it, FailureSign? sign)
    {
        if (sign is null)
        {
            return null;
        }

        var name = Quoted().Match(sign.Why).Groups["name"].Value;
        var inPath = InNamespace().Match(sign.Why).Groups["name"].Value; // couldn't find key K in ConfigMap space/name
        return sign with { Field = it.Reference(sign.Field, inPath.Length > 0 ? inPath : name) };
    }

    [GeneratedRegex("\"(?<name>[^\"]+)\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Quoted();

    [GeneratedRegex("in (ConfigMap|Secret) [^/ ]+/(?<name>[a-z0-9.-]+)", RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase, 1000)]
    private static partial Regex InNamespace();
}
