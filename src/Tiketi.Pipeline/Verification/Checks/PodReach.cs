using System.Net.WebSockets;
using System.Text.Json.Nodes;
using k8s;
using k8s.Autorest;
using k8s.Exceptions;
using Tiketi.Pipeline.Kubernetes;

namespace Tiketi.Pipeline.Verification.Checks;

/// <summary>Asks from inside a pod, since the databases are reachable from nowhere else.</summary>
internal static class PodReach
{
    /// <summary>Evaluates a promise in a pod's own Node.js, with the service's own configuration and client.</summary>
    /// <param name="target">The deployment.</param>
    /// <param name="api">Its cluster.</param>
    /// <param name="http">For the way around where the cluster cannot execute commands.</param>
    /// <param name="service">Whose pod.</param>
    /// <param name="dependency">Its name in the answer of /health/ready.</param>
    /// <param name="promise">JavaScript.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public static async Task<CheckOutcome> AskAsync(SmokeTestTarget target, ClusterApi api, HttpClient http, string service, string dependency, string promise, CancellationToken cancellationToken)
    {
        var pods = await api.ListAsync("v1", "Pod", target.Namespace, $"labelSelector=app%3D{service}", cancellationToken);
        var pod = pods.FirstOrDefault(candidate => candidate.Condition("Ready").Text("status") == "True");
        if (pod is null)
        {
            return CheckOutcome.Failed($"{service} has no ready pod to ask from", "./build.sh Diagnose says what keeps it.");
        }

        var name = pod.Text("metadata", "name")!;
        var container = pod.Items("spec", "containers").First().Text("name")!;
        var script = $"Promise.resolve({promise}).then(v => {{ console.log(JSON.stringify(v)); process.exit(0); }}, e => {{ console.error(e.message); process.exit(1); }})";
        try
        {
            var (exitCode, output) = await ExecuteAsync(target, name, container, ["node", "-e", script], cancellationToken);
            return exitCode == 0 ? CheckOutcome.Passed($"{name}: {output}")
                : CheckOutcome.Failed($"{name} does not reach it: {output}", "Check that its security group admits the cluster's (infra/network.yaml) and that ConfigMap and Secret are current (./build.sh DeployK8s).");
        }
        catch (Exception exception) when (exception is WebSocketException or HttpOperationException or KubernetesClientException)
        {
            return await ReadyAsync(target, http, dependency, exception, cancellationToken);
        }
    }

    private static async Task<(int ExitCode, string Output)> ExecuteAsync(SmokeTestTarget target, string pod, string container, string[] command, CancellationToken cancellationToken)
    {
        var output = "";
        var exitCode = await target.Cluster!.NamespacedPodExecAsync(pod, target.Namespace, container, command, tty: false, async (_, stdOut, stdError) =>
        {
            using var answer = new StreamReader(stdOut);
            using var error = new StreamReader(stdError);
            var texts = await Task.WhenAll(answer.ReadToEndAsync(cancellationToken), error.ReadToEndAsync(cancellationToken));
            output = string.Join(' ', texts.Select(text => text.Trim()).Where(text => text.Length > 0));
        }, cancellationToken);
        return (exitCode, output);
    }

    /// <summary>A cluster that cannot execute commands in pods: the backend's readiness asks the same databases.</summary>
    private static async Task<CheckOutcome> ReadyAsync(SmokeTestTarget target, HttpClient http, string dependency, Exception cause, CancellationToken cancellationToken)
    {
        var url = new Uri(target.ApiUrl, "/health/ready");
        using var response = await http.GetAsync(url, cancellationToken);
        var state = JsonNode.Parse(await response.Content.ReadAsStringAsync(cancellationToken)).Text("dependencies", dependency);
        return state == "ok" ? CheckOutcome.Passed($"GET {url}: {dependency} ok (asked this way because the cluster does not execute commands in pods: {cause.Message})")
            : CheckOutcome.Failed($"GET {url}: {(int)response.StatusCode}, {dependency}: {state ?? "not mentioned"}", "Check the security groups (infra/network.yaml) and that ConfigMap and Secret are current (./build.sh DeployK8s).");
    }
}
