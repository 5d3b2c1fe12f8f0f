using System.Text.Json.Nodes;
using Tiketi.LocalCloud.Hosting;
using Tiketi.LocalCloud.Kubernetes;
using Tiketi.LocalCloud.Kubernetes.Kubelet;
using Tiketi.LocalCloud.Kubernetes.Resources;
using Tiketi.LocalCloud.Kubernetes.Security;
using Tiketi.LocalCloud.Kubernetes.Storage;

namespace Tiketi.LocalCloud.Eks;

/// <summary>The cluster behind the EKS API is the Kubernetes of this process; its node is the Docker engine.</summary>
internal sealed class ClusterHost(LocalCloudSettings settings, ClusterCertificates certificates, ClusterObjects objects, Deletion deletion, NodeStatus status) : IClusterHost
{
    private static readonly ResourceDefinition Nodes = ResourceRegistry.Get("nodes");
    private static readonly WriteOptions Kubelet = new("kubelet");

    public (string Endpoint, string CertificateAuthorityData) Endpoint => ($"https://127.0.0.1:{settings.KubernetesPort}", certificates.AuthorityData);

    public async Task EnsureNodeAsync(string name, IReadOnlyDictionary<string, string> labels, CancellationToken cancellationToken)
    {
        var reported = await status.BuildAsync(name, cancellationToken);
        if (objects.Store.Find(Nodes, string.Empty, name) is null)
        {
            objects.Create(Nodes, string.Empty, new JsonObject { ["metadata"] = new JsonObject { ["name"] = name } }, Kubelet);
        }

        var architecture = reported.Text("nodeInfo", "architecture");
        objects.Modify(Nodes, string.Empty, name, node =>
        {
            var own = node.Ensure("metadata", "labels");
            foreach (var (key, value) in labels.Concat([
                KeyValuePair.Create("kubernetes.io/hostname", name),
                KeyValuePair.Create("kubernetes.io/os", "linux"),
                KeyValuePair.Create("kubernetes.io/arch", architecture ?? "amd64"),
                KeyValuePair.Create("topology.kubernetes.io/region", settings.Region),
                KeyValuePair.Create("topology.kubernetes.io/zone", settings.Region + "a")]))
            {
                own[key] = value;
            }

            return node;
        }, Kubelet);
        objects.Modify(Nodes, string.Empty, name, node =>
        {
            node["status"] = reported;
            return node;
        }, Kubelet with { Subresource = "status" });
    }

    public Task RemoveNodeAsync(string name, CancellationToken cancellationToken)
    {
        if (objects.Store.Find(Nodes, string.Empty, name) is not null)
        {
            deletion.Delete(Nodes, string.Empty, name, new DeleteOptions());
        }

        return Task.CompletedTask;
    }
}
