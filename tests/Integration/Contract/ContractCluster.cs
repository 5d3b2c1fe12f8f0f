using System.Diagnostics;
using k8s;
using Microsoft.Extensions.Logging.Abstractions;
using Tiketi.Pipeline.Kubernetes;

namespace Tiketi.Integration.Contract;

/// <summary>A cluster that the contract is held against. What holds for both of them holds for EKS.</summary>
public interface IContractCluster
{
    /// <summary>Skips the test where the cluster cannot be started.</summary>
    IKubernetes Client { get; }

    /// <summary>The version that it serves: 1.20 lacks some kinds.</summary>
    bool IsOld { get; }

    string NewNamespace();

    /// <summary>Skips the test where no pod can run.</summary>
    void RequireNode();
}

internal static class ContractClusterExtensions
{
    public static Rollout Rollout(this IContractCluster cluster) => new(cluster.Client, TimeProvider.System, NullLogger<Rollout>.Instance);

    /// <summary>kubectl's own view of the cluster.</summary>
    public static async Task<string> KubectlAsync(this IContractCluster cluster, params string[] arguments)
    {
        var client = (k8s.Kubernetes)cluster.Client;
        using var request = new HttpRequestMessage(HttpMethod.Get, client.BaseUri);
        await client.Credentials.ProcessHttpRequestAsync(request, CancellationToken.None);
        using var folder = new TemporaryFolder();
        var kubeconfig = Path.Combine(folder.Path, "kubeconfig");
        await File.WriteAllTextAsync(kubeconfig, $$$"""
            apiVersion: v1
            kind: Config
            clusters: [{name: c, cluster: {server: "{{{client.BaseUri}}}", insecure-skip-tls-verify: true}}]
            users: [{name: u, user: {token: "{{{request.Headers.Authorization!.Parameter}}}"}}]
            contexts: [{name: c, context: {cluster: c, user: u}}]
            current-context: c
            """);
        var start = new ProcessStartInfo("kubectl", arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["KUBECONFIG"] = kubeconfig;
        start.Environment["HOME"] = folder.Path;
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        process.ExitCode.Should().Be(0, "kubectl says {0}", await error);
        return output;
    }
}

internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("tiketi-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
