using System.Text.Json.Nodes;
using Docker.DotNet;
using Docker.DotNet.Models;
using Tiketi.LocalCloud.Kubernetes.Schema;

namespace Tiketi.LocalCloud.Kubernetes.Kubelet;

/// <summary>Turns a container of a pod's spec into what the engine is asked to create.</summary>
internal sealed class ContainerSpec(IDockerClient docker)
{
    private const int NanosPerCore = 1_000_000_000;
    private const int SharesPerCore = 1024;
    private const int MinimumShares = 2;
    private SystemInfoResponse? _engine;

    /// <exception cref="PodConfigException">The security context forbids the user that the image would run as, or a mount names no volume.</exception>
    public async Task<CreateContainerParameters> BuildAsync(
        JsonObject pod, JsonObject container, string image, IReadOnlyDictionary<string, string> environment, IReadOnlyDictionary<string, string> volumes, string terminationLog, CancellationToken cancellationToken)
    {
        _engine ??= await docker.System.GetSystemInfoAsync(cancellationToken);
        var details = await docker.Images.InspectImageAsync(image, cancellationToken);
        return new CreateContainerParameters
        {
            Image = image,
            Entrypoint = Words(container, "command", environment)!,
            Cmd = Words(container, "args", environment) ?? (container["command"] is null ? null! : []),
            Env = [.. environment.Select(pair => $"{pair.Key}={pair.Value}")],
            WorkingDir = container.Text("workingDir")!,
            User = UserOf(pod, container, details)!,
            Tty = container.Flag("tty"),
            OpenStdin = container.Flag("stdin"),
            Healthcheck = new HealthcheckConfig { Test = ["NONE"] }, // probes are the kubelet's, an image's own check is not asked
            HostConfig = Host(pod, container, volumes, terminationLog),
        };
    }

    private static List<string>? Words(JsonObject container, string name, IReadOnlyDictionary<string, string> environment) =>
        container[name] is JsonArray words ? [.. words.Select(word => EnvironmentResolver.Expand(word.Text() ?? string.Empty, environment))] : null;

    private static string? UserOf(JsonObject pod, JsonObject container, ImageInspectResponse image)
    {
        JsonNode? Setting(string name) => container.At("securityContext", name) ?? pod.At("spec", "securityContext", name);
        var user = Setting("runAsUser").AsLong();
        if (Setting("runAsNonRoot")?.GetValue<bool>() == true)
        {
            var stated = user?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? image.Config?.User?.Split(':')[0] ?? string.Empty;
            if (stated is "" or "0" or "root")
            {
                throw new PodConfigException($"container has runAsNonRoot and image will run as root (pod: \"{pod.Name()}_{pod.Namespace()}({pod.Uid()})\", container: {container.Text("name")})");
            }

            if (!stated.All(char.IsAsciiDigit))
            {
                throw new PodConfigException($"container has runAsNonRoot and image has non-numeric user ({stated}), cannot verify user is non-root (pod: \"{pod.Name()}_{pod.Namespace()}({pod.Uid()})\", container: {container.Text("name")})");
            }
        }

        var group = Setting("runAsGroup").AsLong();
        return user is null ? (group is null ? null : $"{image.Config?.User}:{group}") : group is null ? $"{user}" : $"{user}:{group}";
    }

    private HostConfig Host(JsonObject pod, JsonObject container, IReadOnlyDictionary<string, string> volumes, string terminationLog)
    {
        var security = container.Object("securityContext");
        var host = new HostConfig
        {
            Binds = [.. Binds(container, volumes), $"{terminationLog}:{container.Text("terminationMessagePath") ?? "/dev/termination-log"}"],
            ReadonlyRootfs = security.Flag("readOnlyRootFilesystem"),
            Privileged = security.Flag("privileged"),
            CapAdd = [.. security.Texts("capabilities", "add")],
            CapDrop = [.. security.Texts("capabilities", "drop")],
            GroupAdd = [.. Groups(pod)],
            SecurityOpt = security.At("allowPrivilegeEscalation") is { } escalation && !escalation.GetValue<bool>() ? ["no-new-privileges"] : [],
        };
        Resources(container, host);
        return host;
    }

    private void Resources(JsonObject container, HostConfig host)
    {
        if (Amount(container, "limits", "cpu") is { } cpu && _engine!.CPUCfsQuota)
        {
            host.NanoCPUs = (long)cpu.Nano;
        }

        if (Amount(container, "requests", "cpu") is { } share && _engine!.CPUShares)
        {
            host.CPUShares = Math.Max(MinimumShares, (long)(share.Nano * SharesPerCore / NanosPerCore));
        }

        if (Amount(container, "limits", "memory") is { } memory && _engine!.MemoryLimit)
        {
            host.Memory = memory.WholeUnits;
            host.MemorySwap = _engine.SwapLimit ? host.Memory : 0;
        }
    }

    private static Quantity? Amount(JsonObject container, string list, string name) =>
        container.Text("resources", list, name) is { } text && Quantity.TryParse(text, out var quantity) ? quantity : null;

    private static IEnumerable<string> Groups(JsonObject pod)
    {
        var security = pod.Object("spec", "securityContext");
        if (security.Number("fsGroup") is { } group)
        {
            yield return $"{group}";
        }

        foreach (var extra in (security.At("supplementalGroups") as JsonArray ?? []).Select(item => item.AsLong()).OfType<long>())
        {
            yield return $"{extra}";
        }
    }

    private static IEnumerable<string> Binds(JsonObject container, IReadOnlyDictionary<string, string> volumes)
    {
        foreach (var mount in container.Items("volumeMounts"))
        {
            if (!volumes.TryGetValue(mount.Text("name") ?? string.Empty, out var source))
            {
                throw new PodConfigException($"volume \"{mount.Text("name")}\" of mount {mount.Text("mountPath")} is not in the pod");
            }

            if (mount.Text("subPath") is { Length: > 0 } below)
            {
                source = Path.Combine(source, below);
                if (!File.Exists(source))
                {
                    Directory.CreateDirectory(source);
                }
            }

            yield return $"{source}:{mount.Text("mountPath")}{(mount.Flag("readOnly") ? ":ro" : string.Empty)}";
        }
    }
}
