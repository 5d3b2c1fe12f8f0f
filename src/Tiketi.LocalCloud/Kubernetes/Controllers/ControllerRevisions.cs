using System.Text.Json.Nodes;
using Tiketi.LocalCloud.Kubernetes.Resources;
using Tiketi.LocalCloud.Kubernetes.Storage;

namespace Tiketi.LocalCloud.Kubernetes.Controllers;

/// <summary>The history of a StatefulSet's or DaemonSet's template, as ControllerRevisions.</summary>
internal sealed class ControllerRevisions(ClusterObjects objects, Deletion deletion)
{
    public const string HashLabel = "controller-revision-hash";
    private static readonly ResourceDefinition Revisions = ResourceRegistry.Get("controllerrevisions");

    /// <summary>The revision of the present template, made or renumbered as the newest.</summary>
    public JsonObject Sync(JsonObject owner, WriteOptions options)
    {
        var name = $"{owner.Name()}-{PodTemplates.Hash(owner["spec"]!["template"])}";
        var history = objects.Store.List(Revisions, owner.Namespace()).Select(item => item.Body).Where(item => Owners.ControllerUid(item) == owner.Uid()).ToList();
        var newest = history.Select(item => item.Number("revision") ?? 0).DefaultIfEmpty().Max();
        var present = history.Find(item => item.Name() == name);
        if (present is null)
        {
            var data = owner.Object("spec", "template")!.Copy();
            data["$patch"] = "replace";
            present = objects.Create(Revisions, owner.Namespace(), new JsonObject
            {
                ["metadata"] = new JsonObject
                {
                    ["name"] = name, ["labels"] = owner.At("spec", "template", "metadata", "labels")?.DeepClone(), ["ownerReferences"] = Owners.For(owner),
                    ["annotations"] = owner.At("metadata", "annotations")?.DeepClone(),
                },
                ["data"] = new JsonObject { ["spec"] = new JsonObject { ["template"] = data } },
                ["revision"] = newest + 1,
            }, options);
        }
        else if (present.Number("revision") < newest)
        {
            present = objects.Modify(Revisions, owner.Namespace(), name, body =>
            {
                body["revision"] = newest + 1;
                return body;
            }, options);
        }

        var limit = (int)(owner.Number("spec", "revisionHistoryLimit") ?? 10);
        foreach (var old in history.Where(item => item.Name() != name).OrderByDescending(item => item.Number("revision")).Skip(limit))
        {
            deletion.Delete(Revisions, old.Namespace(), old.Name(), new DeleteOptions());
        }

        return present;
    }
}
