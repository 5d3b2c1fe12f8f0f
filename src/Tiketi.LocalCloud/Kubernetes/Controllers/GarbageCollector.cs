using System.Text.Json.Nodes;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Tiketi.LocalCloud.Kubernetes.Api;
using Tiketi.LocalCloud.Kubernetes.Resources;
using Tiketi.LocalCloud.Kubernetes.Storage;

namespace Tiketi.LocalCloud.Kubernetes.Controllers;

/// <summary>Deletes what an owner leaves behind, lets go of what is to be orphaned, and drops events after an hour.</summary>
internal sealed class GarbageCollector(ClusterObjects objects, Deletion deletion, TimeProvider time, ILogger<GarbageCollector> logger) : BackgroundService
{
    private static readonly TimeSpan SweepInterval = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan EventLifetime = TimeSpan.FromHours(1);

    private IEnumerable<StoredObject> Everything => objects.Registry.All.SelectMany(resource => objects.Store.List(resource));

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var changes = objects.Store.Observe();
        var sweeping = SweepAsync(stoppingToken);
        try
        {
            await foreach (var change in changes.ReadAllAsync(stoppingToken))
            {
                Guard(() => Handle(change));
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // the process ends
        }

        await sweeping;
    }

    private void Handle(Change change)
    {
        if (change.Kind == ChangeKind.Deleted)
        {
            foreach (var dependent in DependentsOf(change.Object.Body).ToList())
            {
                Collect(dependent);
            }

            foreach (var reference in change.Object.Body.Items("metadata", "ownerReferences"))
            {
                if (FindOwner(reference, change.Object.Namespace) is { } owner && owner.Body.IsDeleting())
                {
                    Finalize(owner);
                }
            }
        }
        else if (change.Object.Body.IsDeleting())
        {
            Finalize(change.Object);
        }
    }

    private IEnumerable<StoredObject> DependentsOf(JsonObject owner)
    {
        var uid = owner.Uid();
        return Everything.Where(item => item.Body.Items("metadata", "ownerReferences").Any(reference => reference.Text("uid") == uid));
    }

    private StoredObject? FindOwner(JsonObject reference, string ns)
    {
        var resource = objects.Registry.FindKind(reference.Text("apiVersion") ?? string.Empty, reference.Text("kind") ?? string.Empty);
        var owner = resource is null ? null : objects.Store.Find(resource, resource.Namespaced ? ns : string.Empty, reference.Text("name") ?? string.Empty);
        return owner?.Body.Uid() == reference.Text("uid") ? owner : null;
    }

    /// <summary>Deletes an object none of whose owners is left.</summary>
    private void Collect(StoredObject item)
    {
        var references = item.Body.Items("metadata", "ownerReferences").ToList();
        if (references.Count > 0 && references.TrueForAll(reference => FindOwner(reference, item.Namespace) is null) && !item.Body.IsDeleting())
        {
            deletion.Delete(item.Resource, item.Namespace, item.Name, new DeleteOptions { Uid = item.Body.Uid() });
        }
    }

    private void Finalize(StoredObject owner)
    {
        var finalizers = owner.Body.Texts("metadata", "finalizers").ToList();
        if (finalizers.Contains(Deletion.Orphan, StringComparer.Ordinal))
        {
            foreach (var dependent in DependentsOf(owner.Body).ToList())
            {
                Release(dependent, owner.Body.Uid());
            }

            RemoveFinalizer(owner, Deletion.Orphan);
        }
        else if (finalizers.Contains(Deletion.Foreground, StringComparer.Ordinal))
        {
            var dependents = DependentsOf(owner.Body).ToList();
            foreach (var dependent in dependents.Where(dependent => !dependent.Body.IsDeleting()))
            {
                deletion.Delete(dependent.Resource, dependent.Namespace, dependent.Name, new DeleteOptions { PropagationPolicy = "Foreground" });
            }

            if (!DependentsOf(owner.Body).Any(dependent => dependent.Body.Items("metadata", "ownerReferences")
                .Any(reference => reference.Text("uid") == owner.Body.Uid() && reference.Flag("blockOwnerDeletion"))))
            {
                RemoveFinalizer(owner, Deletion.Foreground);
            }
        }
    }

    private void Release(StoredObject dependent, string ownerUid) => objects.Modify(dependent.Resource, dependent.Namespace, dependent.Name, body =>
    {
        var left = body.Items("metadata", "ownerReferences").Where(reference => reference.Text("uid") != ownerUid).Select(reference => reference.DeepClone()).ToArray();
        body.Ensure("metadata")["ownerReferences"] = new JsonArray(left);
        return body;
    }, new WriteOptions("kube-controller-manager"));

    private void RemoveFinalizer(StoredObject owner, string finalizer) => objects.Modify(owner.Resource, owner.Namespace, owner.Name, body =>
    {
        body.Ensure("metadata")["finalizers"] = new JsonArray([.. body.Texts("metadata", "finalizers").Where(name => name != finalizer).Select(name => (JsonNode)name)]);
        return body;
    }, new WriteOptions("kube-controller-manager"));

    /// <summary>What a restart or a race missed: dependents whose owners are gone, unfinished deletions, old events.</summary>
    private async Task SweepAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(SweepInterval, time);
        do
        {
            foreach (var item in Everything.ToList())
            {
                Guard(() => Sweep(item));
            }

            try
            {
                await timer.WaitForNextTickAsync(cancellationToken);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
        while (!cancellationToken.IsCancellationRequested);
    }

    private void Sweep(StoredObject item)
    {
        if (item.Body.IsDeleting())
        {
            Finalize(item);
        }
        else if (item.Resource.Plural == "events" && time.GetUtcNow() - (item.Body.Time("lastTimestamp") ?? time.GetUtcNow()) > EventLifetime)
        {
            deletion.Delete(item.Resource, item.Namespace, item.Name, new DeleteOptions());
        }
        else
        {
            Collect(item);
        }
    }

    private void Guard(Action action)
    {
        try
        {
            action();
        }
        catch (StatusException e) when (e.Reason is "NotFound" or "Conflict")
        {
            // somebody else was quicker; the next sweep looks again
        }
        catch (Exception e)
        {
            logger.LogError(e, "Garbage collection failed for one object; the next sweep tries again");
        }
    }
}
