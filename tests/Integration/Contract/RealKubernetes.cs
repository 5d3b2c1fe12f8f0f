using System.Diagnostics;
using k8s;
using Tiketi.Testing;

namespace Tiketi.Integration.Contract;

/// <summary>
/// A real Kubernetes 1.20 (shared/kubernetes/up, beside the repository) with, where a Docker engine answers, a node that runs
/// pods. Started once for all tests of the collection; each test works in a namespace of its own.
/// </summary>
public sealed class RealKubernetes : IContractCluster, IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private KubernetesControlPlane? _plane;
    private IKubernetes? _client;
    private int _namespaces;
    private readonly string _prefix = $"contract-{Random.Shared.Next(100_000)}"; // engines are shared: pods of two runs must not be mixed up

    public bool HasNode { get; private set; }

    /// <summary>The client; skips the test where no Kubernetes can be started.</summary>
    public IKubernetes Client
    {
        get
        {
            Assert.SkipWhen(_client is null, "shared/kubernetes/up is not beside the repository");
            return _client!;
        }
    }

    /// <summary>The path of a kubeconfig; skips the test as <see cref="Client"/> does.</summary>
    public string Kubeconfig
    {
        get
        {
            _ = Client;
            return _plane!.Config;
        }
    }

    public bool IsOld => true;

    public string NewNamespace() => $"{_prefix}-{Interlocked.Increment(ref _namespaces)}";

    public void RequireNode()
    {
        _ = Client;
        Assert.SkipUnless(HasNode, "no Docker engine answers, so no pod can run");
    }

    public async ValueTask InitializeAsync()
    {
        if (!KubernetesControlPlane.IsHere)
        {
            return;
        }

        HasNode = (await RunAsync("docker", "version")).ExitCode == 0;
        if (HasNode)
        {
            await ContractImage.EnsureAsync();
        }

        _plane = await KubernetesControlPlane.StartAsync(_folder.Path, HasNode);
        _client = new k8s.Kubernetes(KubernetesClientConfiguration.BuildConfigFromConfigFile(_plane.Config));
    }

    public async ValueTask DisposeAsync()
    {
        if (_plane is not null)
        {
            _client?.Dispose();
            await _plane.DisposeAsync();
            if (HasNode)
            {
                await RemovePodsAsync();
            }
        }

        _folder.Dispose();
    }

    /// <summary>What the kubelet leaves behind when it is stopped: containers, and mounts under its folder.</summary>
    private async Task RemovePodsAsync()
    {
        for (var number = 1; number <= _namespaces; number++)
        {
            var (_, containers) = await RunAsync("docker", "ps", "-aq", "--filter", $"label=io.kubernetes.pod.namespace={_prefix}-{number}");
            if (containers.Split('\n', StringSplitOptions.RemoveEmptyEntries) is { Length: > 0 } ids)
            {
                await RunAsync("docker", ["rm", "-f", .. ids]);
            }
        }

        foreach (var mount in (await File.ReadAllLinesAsync("/proc/mounts")).Select(line => line.Split(' ')[1]).Where(path => path.StartsWith(_folder.Path, StringComparison.Ordinal)))
        {
            await RunAsync("umount", mount);
        }
    }

    private static async Task<(int ExitCode, string Output)> RunAsync(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardError = true, RedirectStandardOutput = true };
        start.Environment["DOCKER_BUILDKIT"] = "0";
        using var process = Process.Start(start)!;
        var output = Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return (process.ExitCode, string.Concat(await output));
    }
}

[CollectionDefinition(Name)]
public sealed class RealKubernetesCollection : ICollectionFixture<RealKubernetes>
{
    public const string Name = "real Kubernetes";
}
