using System.Text;
using System.Text.Json.Nodes;
using Tiketi.LocalCloud.Kubernetes.Resources;
using Tiketi.LocalCloud.Kubernetes.Security;
using Tiketi.LocalCloud.Kubernetes.Storage;

namespace Tiketi.LocalCloud.Kubernetes.Controllers;

/// <summary>Furnishes new namespaces and empties those that are deleted.</summary>
internal sealed class NamespaceController(ClusterObjects objects, Deletion deletion, ClusterCertificates certificates) : Controller(objects)
{
    private static readonly TimeSpan Recheck = TimeSpan.FromSeconds(1);

    public override string Plural => "namespaces";

    public override TimeSpan? Reconcile(JsonObject item)
    {
        if (!item.IsDeleting())
        {
            Ensure("serviceaccounts", item.Name(), "default", []);
            Ensure("configmaps", item.Name(), "kube-root-ca.crt", new JsonObject
            {
                ["data"] = new JsonObject { ["ca.crt"] = Encoding.ASCII.GetString(Convert.FromBase64String(certificates.AuthorityData)) },
            });
            return null;
        }

        var left = Objects.Registry.All.Where(resource => resource.Namespaced).SelectMany(resource => Store.List(resource, item.Name())).ToList();
        foreach (var content in left.Where(content => !content.Body.IsDeleting() && Store.Find(content.Resource, content.Namespace, content.Name) is not null))
        {
            deletion.Delete(content.Resource, content.Namespace, content.Name, new DeleteOptions());
        }

        if (Objects.Registry.All.Where(resource => resource.Namespaced).Any(resource => Store.List(resource, item.Name()).Any()))
        {
            return Recheck;
        }

        Objects.Modify(Resource, string.Empty, item.Name(), body =>
        {
            body.Ensure("spec").Remove("finalizers");
            return body;
        }, Options with { Subresource = "finalize" });
        return null;
    }

    private void Ensure(string plural, string ns, string name, JsonObject body)
    {
        var resource = ResourceRegistry.Get(plural);
        if (Store.Find(resource, ns, name) is null)
        {
            body["metadata"] = new JsonObject { ["name"] = name };
            Objects.Create(resource, ns, body, Options);
        }
    }
}
