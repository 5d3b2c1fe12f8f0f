using System.Text.Json.Nodes;
using k8s;
using Tiketi.Pipeline.Kubernetes;

namespace Tiketi.Pipeline.Releases;

/// <summary>What runs in a namespace.</summary>
/// <param name="Releases">Newest first.</param>
/// <param name="Workloads">By name.</param>
/// <param name="Endpoints">Where it is reached.</param>
public sealed record NamespaceStatus(IReadOnlyList<Release> Releases, IReadOnlyList<WorkloadStatus> Workloads, IReadOnlyList<EndpointStatus> Endpoints)
{
    /// <exception cref="PipelineException">The cluster does not answer, or a release record is broken.</exception>
    public static async Task<NamespaceStatus> ReadAsync(IKubernetes cluster, string namespaceName, TimeProvider time, CancellationToken cancellationToken = default)
    {
        var api = new ClusterApi(cluster, time);
        var releases = await new ReleaseStore(api, namespaceName).ListAsync(cancellationToken);
        var pods = await api.ListAsync("v1", "Pod", namespaceName, "", cancellationToken);
        var workloads = new List<WorkloadStatus>();
        foreach (var kind in new[] { "Deployment", "StatefulSet", "DaemonSet" })
        {
            workloads.AddRange((await api.ListAsync("apps/v1", kind, namespaceName, "", cancellationToken)).Select(item => Workload(kind, item, pods)));
        }

        var services = await api.ListAsync("v1", "Service", namespaceName, "", cancellationToken);
        var ingresses = await api.ListAsync("networking.k8s.io/v1", "Ingress", namespaceName, "", cancellationToken);
        return new NamespaceStatus(
            releases,
            [.. workloads.OrderBy(workload => workload.Name, StringComparer.Ordinal)],
            [.. ingresses.Select(Ingress), .. services.Select(Service)]);
    }

    private static WorkloadStatus Workload(string kind, JsonObject item, IReadOnlyList<JsonObject> pods)
    {
        var labels = item.At("spec", "selector", "matchLabels") as JsonObject ?? [];
        var own = pods.Where(pod => labels.All(label => pod.Text("metadata", "labels", label.Key) == label.Value?.ToString()));
        var (wanted, ready) = kind == "DaemonSet"
            ? (item.Number("status", "desiredNumberScheduled"), item.Number("status", "numberReady"))
            : (item.Number("spec", "replicas"), item.Number("status", "readyReplicas"));
        return new WorkloadStatus(
            kind,
            item.Text("metadata", "name")!,
            item.Items("spec", "template", "spec", "containers").FirstOrDefault().Text("image") ?? "",
            (int)wanted,
            (int)ready,
            (int)own.SelectMany(pod => pod.Items("status", "containerStatuses")).Sum(status => status.Number("restartCount")),
            Readiness.Of(item));
    }

    private static EndpointStatus Ingress(JsonObject item)
    {
        var hosts = item.Items("spec", "rules").Select(rule => rule.Text("host")).OfType<string>().Distinct(StringComparer.Ordinal);
        return new EndpointStatus("Ingress", item.Text("metadata", "name")!, string.Join(", ", hosts.Concat(Addresses(item)).DefaultIfEmpty("no address yet")));
    }

    private static EndpointStatus Service(JsonObject item)
    {
        var ports = string.Join(",", item.Items("spec", "ports").Select(port => port.Text("port")));
        var address = Addresses(item).FirstOrDefault() ?? item.Text("spec", "clusterIP") ?? "no address yet";
        return new EndpointStatus("Service", item.Text("metadata", "name")!, $"{address}:{ports}");
    }

    private static IEnumerable<string> Addresses(JsonObject item) =>
        item.Items("status", "loadBalancer", "ingress").Select(address => address.Text("hostname") ?? address.Text("ip")).OfType<string>();
}

/// <summary>One workload.</summary>
/// <param name="Kind">"Deployment" ...</param>
/// <param name="Name">Its name.</param>
/// <param name="Image">What its first container runs.</param>
/// <param name="Wanted">How many pods there should be.</param>
/// <param name="Ready">How many of them are ready.</param>
/// <param name="Restarts">Of all its pods' containers, old and new.</param>
/// <param name="Readiness">Whether it is as wanted.</param>
public sealed record WorkloadStatus(string Kind, string Name, string Image, int Wanted, int Ready, int Restarts, Readiness Readiness);

/// <summary>Where something is reached.</summary>
/// <param name="Kind">"Ingress" or "Service".</param>
/// <param name="Name">Its name.</param>
/// <param name="Address">Host names and addresses; for a Service with ports.</param>
public sealed record EndpointStatus(string Kind, string Name, string Address);
