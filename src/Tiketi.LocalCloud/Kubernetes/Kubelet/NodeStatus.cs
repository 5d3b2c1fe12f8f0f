using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Docker.DotNet;
using Tiketi.LocalCloud.Kubernetes.Api;

namespace Tiketi.LocalCloud.Kubernetes.Kubelet;

/// <summary>What the node object says about this machine and its Docker engine.</summary>
internal sealed class NodeStatus(IDockerClient docker, TimeProvider time)
{
    /// <summary>The node is this machine, and everything of it is on loopback.</summary>
    public const string Address = "127.0.0.1";

    private const int PodCapacity = 110;

    public async Task<JsonObject> BuildAsync(string name, CancellationToken cancellationToken)
    {
        var engine = await docker.System.GetSystemInfoAsync(cancellationToken);
        var now = time.Timestamp();
        JsonObject Condition(string type, string status, string reason, string message) => new()
        {
            ["type"] = type, ["status"] = status, ["lastHeartbeatTime"] = now, ["lastTransitionTime"] = now, ["reason"] = reason, ["message"] = message,
        };
        var capacity = new JsonObject { ["cpu"] = $"{engine.NCPU}", ["memory"] = $"{engine.MemTotal / 1024}Ki", ["pods"] = $"{PodCapacity}", ["ephemeral-storage"] = "100Gi" };
        return new JsonObject
        {
            ["capacity"] = capacity,
            ["allocatable"] = capacity.DeepClone(),
            ["conditions"] = new JsonArray(
                Condition("MemoryPressure", "False", "KubeletHasSufficientMemory", "kubelet has sufficient memory available"),
                Condition("DiskPressure", "False", "KubeletHasNoDiskPressure", "kubelet has no disk pressure"),
                Condition("PIDPressure", "False", "KubeletHasSufficientPID", "kubelet has sufficient PID available"),
                Condition("Ready", "True", "KubeletReady", "kubelet is posting ready status")),
            ["addresses"] = new JsonArray(new JsonObject { ["type"] = "InternalIP", ["address"] = Address }, new JsonObject { ["type"] = "Hostname", ["address"] = name }),
            ["nodeInfo"] = new JsonObject
            {
                ["machineID"] = engine.ID ?? string.Empty,
                ["systemUUID"] = engine.ID ?? string.Empty,
                ["bootID"] = engine.ID ?? string.Empty,
                ["kernelVersion"] = engine.KernelVersion,
                ["osImage"] = engine.OperatingSystem,
                ["containerRuntimeVersion"] = "docker://" + engine.ServerVersion,
                ["kubeletVersion"] = ServerVersion.GitVersion,
                ["kubeProxyVersion"] = string.Empty,
                ["operatingSystem"] = engine.OSType,
                ["architecture"] = Architecture(engine.Architecture),
            },
        };
    }

    public static string Architecture(string? machine) => machine switch
    {
        "x86_64" or "amd64" => "amd64",
        "aarch64" or "arm64" => "arm64",
        null => RuntimeInformation.ProcessArchitecture == System.Runtime.InteropServices.Architecture.Arm64 ? "arm64" : "amd64",
        _ => machine,
    };
}
