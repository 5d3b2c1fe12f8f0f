using System.Text.Json.Nodes;
using Microsoft.Extensions.Hosting;
using Tiketi.LocalCloud.Kubernetes.Ingress;
using Tiketi.LocalCloud.Kubernetes.Resources;
using Tiketi.LocalCloud.Kubernetes.Storage;

namespace Tiketi.LocalCloud.Kubernetes.Controllers;

/// <summary>What every cluster has from the start.</summary>
internal sealed class ClusterBootstrap(ClusterObjects objects) : IHostedService
{
    private static readonly WriteOptions Options = new("kube-apiserver");

    public Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var name in new[] { "default", "kube-system", "kube-public", "kube-node-lease" })
        {
            Ensure("namespaces", string.Empty, name, []);
        }

        Ensure("ingressclasses", string.Empty, RouteTable.ClassName, new JsonObject
        {
            ["metadata"] = new JsonObject { ["annotations"] = new JsonObject { ["ingressclass.kubernetes.io/is-default-class"] = "true" } },
            ["spec"] = new JsonObject { ["controller"] = RouteTable.Controller },
        });
        Ensure("storageclasses", string.Empty, "local", new JsonObject
        {
            ["metadata"] = new JsonObject { ["annotations"] = new JsonObject { ["storageclass.kubernetes.io/is-default-class"] = "true" } },
            ["provisioner"] = "tiketi.local/folder",
        });
        Ensure("priorityclasses", string.Empty, "system-cluster-critical", new JsonObject { ["value"] = 2_000_000_000 });
        Ensure("priorityclasses", string.Empty, "system-node-critical", new JsonObject { ["value"] = 2_000_001_000 });
        Ensure("clusterroles", string.Empty, "cluster-admin", new JsonObject
        {
            ["rules"] = new JsonArray(new JsonObject { ["apiGroups"] = new JsonArray("*"), ["resources"] = new JsonArray("*"), ["verbs"] = new JsonArray("*") }),
        });
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private void Ensure(string plural, string ns, string name, JsonObject body)
    {
        var resource = ResourceRegistry.Get(plural);
        if (objects.Store.Find(resource, ns, name) is null)
        {
            body.Ensure("metadata")["name"] = name;
            objects.Create(resource, ns, body, Options);
        }
    }
}
