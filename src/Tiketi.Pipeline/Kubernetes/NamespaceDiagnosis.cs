using System.Text.Json.Nodes;
using k8s;

namespace Tiketi.Pipeline.Kubernetes;

/// <summary>Something that is not as it should be.</summary>
/// <param name="Key">The object.</param>
/// <param name="Message">What and why, with events and log.</param>
/// <param name="Remedy">What to do about it.</param>
public sealed record Finding(ObjectKey Key, string Message, string Remedy);

/// <summary>Looks at everything in a namespace at any time, and explains what is not ready as a failed rollout would be.</summary>
public sealed class NamespaceDiagnosis
{
    private static readonly (string ApiVersion, string Kind)[] Kinds =
    [
        ("apps/v1", "Deployment"), ("apps/v1", "StatefulSet"), ("apps/v1", "DaemonSet"), ("batch/v1", "Job"),
        ("v1", "Service"), ("v1", "PersistentVolumeClaim"), ("networking.k8s.io/v1", "Ingress"),
    ];

    private readonly ClusterApi _api;
    private readonly Diagnosis _diagnosis;
    private readonly WorkloadPods _pods;

    /// <param name="cluster">The cluster.</param>
    /// <param name="time">The clock.</param>
    /// <param name="sources">The manifests' files, to name file and line.</param>
    public NamespaceDiagnosis(IKubernetes cluster, TimeProvider time, ManifestSources? sources = null)
    {
        _api = new ClusterApi(cluster, time);
        _diagnosis = new Diagnosis(_api, sources);
        _pods = new WorkloadPods(_api);
    }

    /// <returns>Nothing where all is well.</returns>
    /// <exception cref="PipelineException">The cluster does not answer.</exception>
    public async Task<IReadOnlyList<Finding>> RunAsync(string namespaceName, CancellationToken cancellationToken = default)
    {
        var findings = new List<Finding>();
        foreach (var (apiVersion, kind) in Kinds)
        {
            foreach (var item in await _api.ListAsync(apiVersion, kind, namespaceName, "", cancellationToken))
            {
                if (await ExamineAsync(new Manifest(item).Key, item, cancellationToken) is { } finding)
                {
                    findings.Add(finding);
                }
            }
        }

        return findings;
    }

    private async Task<Finding?> ExamineAsync(ObjectKey key, JsonObject live, CancellationToken cancellationToken)
    {
        var readiness = Readiness.Of(live);
        if (readiness.State == ReadyState.Ready && !(key.Kind == "Service" && await SelectsNothingAsync(key, live, cancellationToken)))
        {
            return null;
        }

        var pods = await _pods.OfAsync(key, live, cancellationToken);
        var explained = await _diagnosis.ExplainAsync(key, readiness.Reason, pods, "Wait, if it is still on its way; else look at its events (kubectl describe).", cancellationToken);
        return new Finding(key, explained.Message, explained.Remedy);
    }

    /// <summary>A Service has no readiness of its own; pods that are only not ready yet are their workload's finding.</summary>
    private async Task<bool> SelectsNothingAsync(ObjectKey key, JsonObject live, CancellationToken cancellationToken) =>
        live.At("spec", "selector") is not null && live.Text("spec", "type") != "ExternalName"
        && !(await _api.GetAsync(key with { Kind = "Endpoints" }, cancellationToken)).Items("subsets").Any();
}
