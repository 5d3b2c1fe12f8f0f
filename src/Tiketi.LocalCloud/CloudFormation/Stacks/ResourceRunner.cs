using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using Tiketi.LocalCloud.CloudFormation.Templates;
using Tiketi.LocalCloud.Query;

namespace Tiketi.LocalCloud.CloudFormation.Stacks;

/// <summary>Makes one stack's resources what a model says, and deletes them: events and record as it goes.</summary>
internal sealed class ResourceRunner(StackRecord stack, StackJournal journal, StackServices services, ILogger logger)
{
    private const string CreationCancelled = "Resource creation cancelled";
    private const string UpdateCancelled = "Resource update cancelled";

    private volatile bool _failing;

    /// <summary>Creates, updates or replaces every resource of the model that differs from the stack.</summary>
    /// <returns>The logical ids that failed to create and to update; both empty on success.</returns>
    public async Task<(List<string> Create, List<string> Update)> ApplyAsync(StackModel model, CancellationToken cancellationToken)
    {
        var definitions = model.Resources.ToDictionary(resource => resource.LogicalId, StringComparer.Ordinal);
        var failures = await DependencyGraph.RunAsync(
            definitions.Keys,
            model.Graph.DependenciesOf,
            name => ApplyAsync(model, definitions[name], cancellationToken),
            stopAtFailure: true);
        var updated = failures.Where(name => stack.Resources.GetValueOrDefault(name)?.Status == StackStatus.UpdateFailed).ToList();
        return ([.. failures.Except(updated)], updated);
    }

    /// <summary>Deletes resources, each before those that it depends on.</summary>
    /// <param name="delete">Deletes one; answers whether it is gone.</param>
    /// <returns>The logical ids that are still there.</returns>
    public static Task<IReadOnlyList<string>> InReverseAsync(IReadOnlyCollection<ResourceRecord> resources, Func<ResourceRecord, Task<bool>> delete)
    {
        var byName = resources.ToDictionary(resource => resource.LogicalId, StringComparer.Ordinal);
        return DependencyGraph.RunAsync(
            byName.Keys,
            name => resources.Where(other => other.DependsOn.Contains(name)).Select(other => other.LogicalId),
            name => delete(byName[name]),
            stopAtFailure: false);
    }

    /// <summary>Deletes what an update left behind. What can't be deleted is told and let go, as in AWS.</summary>
    public async Task CleanUpAsync(CancellationToken cancellationToken)
    {
        var leftovers = stack.Cleanup.ToList();
        await InReverseAsync(leftovers, async resource =>
        {
            if (await DeleteFormerAsync(resource, cancellationToken))
            {
                journal.Change(record => record.Cleanup = [.. record.Cleanup.Where(other => other != resource)]);
            }

            return true;
        });
        journal.Change(record => record.Cleanup = []);
    }

    /// <summary>Deletes one resource of the stack, its DeletionPolicy permitting; answers whether the stack is rid of it.</summary>
    /// <param name="honourPolicy">False while a failed creation is undone: what was never in use needs no snapshot.</param>
    public async Task<bool> DeleteAsync(ResourceRecord resource, bool honourPolicy, CancellationToken cancellationToken)
    {
        if (resource.PhysicalId is null)
        {
            journal.Resource(resource, StackStatus.DeleteComplete);
            return true;
        }

        if (resource.DeletionPolicy == "Retain" || (resource.DeletionPolicy == "RetainExceptOnCreate" && honourPolicy))
        {
            journal.Resource(resource, StackStatus.DeleteSkipped);
            return true;
        }

        var current = journal.Resource(resource, StackStatus.DeleteInProgress);
        var error = await TryAsync(resource.LogicalId, () => RemoveAsync(resource, honourPolicy && resource.DeletionPolicy == "Snapshot", cancellationToken));
        journal.Resource(current, error is null ? StackStatus.DeleteComplete : StackStatus.DeleteFailed, error);
        return error is null;
    }

    /// <summary>Changes a resource back to what it was before the update.</summary>
    public async Task<bool> RestoreAsync(ResourceRecord former, ResourceRecord current, CancellationToken cancellationToken)
    {
        journal.Resource(current, StackStatus.UpdateInProgress);
        var properties = services.Open(former);
        PhysicalResource? restored = null;
        var error = await TryAsync(former.LogicalId, async () => restored = await services.Providers.Of(former.Type)
            .UpdateAsync(await RequestAsync(former, properties, cancellationToken), Physical(current), cancellationToken));
        journal.Resource(error is null ? Made(former, restored!, properties) : current, error is null ? StackStatus.UpdateComplete : StackStatus.UpdateFailed, error);
        return error is null;
    }

    private static PhysicalResource Physical(ResourceRecord resource) => new(resource.PhysicalId!, resource.Attributes);

    private async Task<bool> ApplyAsync(StackModel model, ResourceDefinition definition, CancellationToken cancellationToken)
    {
        var existing = stack.Resources.GetValueOrDefault(definition.LogicalId);
        existing = existing?.PhysicalId is null ? null : existing;
        var wanted = new ResourceRecord
        {
            LogicalId = definition.LogicalId,
            Type = definition.Type,
            SealedProperties = existing?.SealedProperties ?? services.Seal([]),
            Status = StackStatus.CreateInProgress,
            PhysicalId = existing?.PhysicalId,
            Attributes = existing?.Attributes ?? [],
            DependsOn = [.. model.Graph.DependenciesOf(definition.LogicalId)],
            DeletionPolicy = definition.DeletionPolicy,
            UpdateReplacePolicy = definition.UpdateReplacePolicy,
            Metadata = definition.Metadata?.DeepClone(),
        };
        JsonObject properties;
        try
        {
            properties = StackModel.Properties(definition, model.Over(name => stack.Resources.GetValueOrDefault(name)));
        }
        catch (QueryException error)
        {
            _failing = true;
            journal.Resource(existing ?? wanted, existing is null ? StackStatus.CreateFailed : StackStatus.UpdateFailed, error.Message);
            return false;
        }

        return existing is null ? await CreateAsync(wanted, properties, cancellationToken) : await ChangeAsync(existing, wanted, properties, cancellationToken);
    }

    private async Task<bool> CreateAsync(ResourceRecord wanted, JsonObject properties, CancellationToken cancellationToken)
    {
        var record = journal.Resource(wanted, StackStatus.CreateInProgress);
        PhysicalResource? made = null;
        var error = await TryAsync(wanted.LogicalId, async () =>
        {
            try
            {
                made = await services.Providers.Of(wanted.Type).CreateAsync(await RequestAsync(wanted, properties, cancellationToken), cancellationToken);
            }
            catch (ResourceException failed)
            {
                made = failed.Made;
                throw;
            }
        });
        if (made is not null)
        {
            record = journal.Resource(Made(wanted, made, properties), StackStatus.CreateInProgress, "Resource creation Initiated");
        }

        return Finish(record, error, StackStatus.CreateComplete, StackStatus.CreateFailed, CreationCancelled);
    }

    private async Task<bool> ChangeAsync(ResourceRecord existing, ResourceRecord wanted, JsonObject properties, CancellationToken cancellationToken)
    {
        var before = services.Open(existing);
        var changed = before.Select(pair => pair.Key).Union(properties.Select(pair => pair.Key), StringComparer.Ordinal)
            .Where(name => !JsonNode.DeepEquals(before[name], properties[name])).ToList();
        var provider = services.Providers.Of(wanted.Type);
        if (changed.Count == 0)
        {
            var same = wanted with { Status = existing.Status, StatusReason = existing.StatusReason, Timestamp = existing.Timestamp };
            journal.Change(record => record.Put(same));
            return true;
        }

        var replaces = changed.Exists(provider.RequiresReplacement);
        if (StackPolicy.Denial(stack.Policy, replaces ? "Replace" : "Modify", existing) is { } denial)
        {
            return Finish(existing, denial, StackStatus.UpdateComplete, StackStatus.UpdateFailed, UpdateCancelled);
        }

        if (replaces)
        {
            return await ReplaceAsync(existing, wanted, properties, cancellationToken);
        }

        journal.Resource(existing, StackStatus.UpdateInProgress);
        PhysicalResource? made = null;
        var error = await TryAsync(wanted.LogicalId, async () => made = await provider.UpdateAsync(await RequestAsync(wanted, properties, cancellationToken), Physical(existing), cancellationToken));
        return Finish(made is null ? existing : Made(wanted, made, properties), error, StackStatus.UpdateComplete, StackStatus.UpdateFailed, UpdateCancelled);
    }

    private async Task<bool> ReplaceAsync(ResourceRecord existing, ResourceRecord wanted, JsonObject properties, CancellationToken cancellationToken)
    {
        journal.Resource(existing, StackStatus.UpdateInProgress, "Requested update requires the creation of a new physical resource; hence creating one.");
        PhysicalResource? made = null;
        var error = await TryAsync(wanted.LogicalId, async () => made = await services.Providers.Of(wanted.Type).CreateAsync(await RequestAsync(wanted, properties, cancellationToken), cancellationToken));
        if (made is null)
        {
            return Finish(existing, error, StackStatus.UpdateComplete, StackStatus.UpdateFailed, UpdateCancelled);
        }

        journal.Change(record => record.Cleanup = [.. record.Cleanup, existing with { DeletionPolicy = wanted.UpdateReplacePolicy }]);
        var replaced = journal.Resource(Made(wanted, made, properties), StackStatus.UpdateInProgress, "Resource creation Initiated");
        return Finish(replaced, error, StackStatus.UpdateComplete, StackStatus.UpdateFailed, UpdateCancelled);
    }

    /// <summary>Tells how it went. What ends well after something else failed counts as cancelled, as in AWS: the rollback takes it back.</summary>
    private bool Finish(ResourceRecord record, string? error, string complete, string failed, string cancelled)
    {
        if (error is null && !_failing)
        {
            journal.Resource(record, complete);
            return true;
        }

        journal.Resource(record, failed, _failing ? cancelled : error);
        _failing = true;
        return false;
    }

    private async Task<bool> DeleteFormerAsync(ResourceRecord resource, CancellationToken cancellationToken)
    {
        if (resource.DeletionPolicy is "Retain" or "RetainExceptOnCreate")
        {
            journal.Former(resource, StackStatus.DeleteSkipped);
            return true;
        }

        journal.Former(resource, StackStatus.DeleteInProgress);
        var error = await TryAsync(resource.LogicalId, () => RemoveAsync(resource, resource.DeletionPolicy == "Snapshot", cancellationToken));
        journal.Former(resource, error is null ? StackStatus.DeleteComplete : StackStatus.DeleteFailed, error);
        return error is null;
    }

    private async Task RemoveAsync(ResourceRecord resource, bool snapshot, CancellationToken cancellationToken)
    {
        var provider = services.Providers.Of(resource.Type);
        var request = new ResourceRequest(stack.StackName, resource.LogicalId, resource.Type, services.Open(resource), stack.Region);
        if (snapshot && provider is ISnapshotProvider snapshots)
        {
            await snapshots.SnapshotAsync(request, Physical(resource), cancellationToken);
        }

        await provider.DeleteAsync(request, Physical(resource), cancellationToken);
    }

    private async Task<ResourceRequest> RequestAsync(ResourceRecord resource, JsonObject properties, CancellationToken cancellationToken) =>
        new(stack.StackName, resource.LogicalId, resource.Type, await services.DynamicReferences.ResolveAsync(properties, cancellationToken), stack.Region);

    private ResourceRecord Made(ResourceRecord wanted, PhysicalResource made, JsonObject properties) => wanted with
    {
        PhysicalId = made.Id,
        Attributes = made.Attributes.ToDictionary(StringComparer.Ordinal),
        SealedProperties = services.Seal(properties),
    };

    /// <summary>The reason of a failure, or null. A provider's unexpected exception fails its resource, not the local cloud; its trace is logged.</summary>
    private async Task<string?> TryAsync(string logicalId, Func<Task> work)
    {
        try
        {
            await Task.Run(work);
            return null;
        }
        catch (ResourceException refusal)
        {
            return refusal.Message;
        }
        catch (OperationCanceledException)
        {
            throw;
        }
        catch (Exception error)
        {
            logger.LogError(error, "{Stack}: {Resource} failed unexpectedly", stack.StackName, logicalId);
            return $"Internal Failure: {error.Message}";
        }
    }
}
