using System.Text.Json.Nodes;
using Tiketi.LocalCloud.Kubernetes.Resources;
using Tiketi.LocalCloud.Kubernetes.Storage;

namespace Tiketi.LocalCloud.Kubernetes.Controllers;

/// <summary>
/// Brings objects of one kind to the state that they ask for. Level-triggered: whatever changed, the whole object is looked at again,
/// never two at a time for the same object.
/// </summary>
internal abstract class Controller(ClusterObjects objects)
{
    protected static readonly IEnumerable<(string Namespace, string Name)> Nothing = [];

    protected ClusterObjects Objects { get; } = objects;

    protected ObjectStore Store => Objects.Store;

    /// <summary>The plural of the kind that it looks after.</summary>
    public abstract string Plural { get; }

    public ResourceDefinition Resource => ResourceRegistry.Get(Plural);

    /// <summary>The name that it writes and records events under.</summary>
    public virtual string Component => Resource.Singular + "-controller";

    /// <summary>Objects of its kind that a change of another object concerns.</summary>
    public virtual IEnumerable<(string Namespace, string Name)> AffectedBy(Change change) => Nothing;

    /// <summary>Looks at one object.</summary>
    /// <returns>When to look again though nothing changed; null: not at all.</returns>
    public abstract TimeSpan? Reconcile(JsonObject item);

    /// <summary>Something of the kind went: tidy up what only it accounted for.</summary>
    public virtual void Removed(JsonObject item)
    {
    }

    protected WriteOptions Options => new("kube-controller-manager");

    protected WriteOptions StatusOptions => Options with { Subresource = "status" };

    /// <summary>The objects of a kind that an owner controls.</summary>
    protected IEnumerable<JsonObject> OwnedBy(JsonObject owner, string plural) =>
        Store.List(ResourceRegistry.Get(plural), owner.Namespace()).Select(item => item.Body).Where(item => Owners.ControllerUid(item) == owner.Uid());

    /// <summary>Stores a new status, if it differs.</summary>
    protected void WriteStatus(JsonObject item, Action<JsonObject> change) => Objects.Modify(Resource, item.Namespace(), item.Name(), current =>
    {
        if (current.Uid() == item.Uid())
        {
            change(current.Ensure("status"));
        }

        return current;
    }, StatusOptions);

    /// <summary>The owner of the changed object, when it is of this controller's kind.</summary>
    protected IEnumerable<(string Namespace, string Name)> OwnerOf(Change change) =>
        Owners.Controller(change.Object.Body) is { } owner && owner.Text("kind") == Resource.Kind ? [(change.Object.Namespace, owner.Text("name")!)] : Nothing;
}

/// <summary>Owner references.</summary>
internal static class Owners
{
    public static JsonObject? Controller(JsonObject item) => item.Items("metadata", "ownerReferences").FirstOrDefault(reference => reference.Flag("controller"));

    public static string? ControllerUid(JsonObject item) => Controller(item)?.Text("uid");

    public static JsonArray For(JsonObject owner) => new(new JsonObject
    {
        ["apiVersion"] = owner.Text("apiVersion"), ["kind"] = owner.Text("kind"), ["name"] = owner.Name(), ["uid"] = owner.Uid(), ["controller"] = true, ["blockOwnerDeletion"] = true,
    });
}
