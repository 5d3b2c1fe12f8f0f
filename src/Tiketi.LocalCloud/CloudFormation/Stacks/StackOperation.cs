using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using Tiketi.LocalCloud.CloudFormation.Templates;
using Tiketi.LocalCloud.Query;

namespace Tiketi.LocalCloud.CloudFormation.Stacks;

/// <summary>The work behind one stack status: creation, update, deletion and the way back from each. Started again after a restart, every one goes on where it was.</summary>
internal sealed class StackOperation(StackRecord stack, StackServices services, ILogger logger)
{
    private readonly StackJournal _journal = new(stack, services);

    /// <summary>Goes on from the stack's status until it is at rest.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            await (stack.Status switch
            {
                StackStatus.CreateInProgress => CreateAsync(cancellationToken),
                StackStatus.RollbackInProgress => RollBackCreationAsync(cancellationToken),
                StackStatus.UpdateInProgress => UpdateAsync(cancellationToken),
                StackStatus.UpdateCleanup => FinishUpdateAsync(StackStatus.UpdateComplete, cancellationToken),
                StackStatus.UpdateRollbackInProgress => RollBackUpdateAsync(cancellationToken),
                StackStatus.UpdateRollbackCleanup => FinishUpdateAsync(StackStatus.UpdateRollbackComplete, cancellationToken),
                StackStatus.DeleteInProgress => DeleteAsync([], cancellationToken),
                StackStatus.ImportInProgress => Task.Run(new ImportOperation(stack, services, _journal).Run, cancellationToken),
                StackStatus.ImportRollbackInProgress => Task.Run(new ImportOperation(stack, services, _journal).RollBack, cancellationToken),
                _ => Task.CompletedTask,
            });
        }
        catch (OperationCanceledException)
        {
            // The local cloud is stopping; the next start goes on from what is on disk.
        }
    }

    /// <summary>What a restart finds half-made is taken back, as a failure would be.</summary>
    public void Interrupt()
    {
        const string Reason = "Resource creation cancelled: the local cloud was stopped meanwhile";
        foreach (var resource in stack.Resources.Values.Where(resource => resource.Status is StackStatus.CreateInProgress or StackStatus.UpdateInProgress).ToList())
        {
            _journal.Resource(resource, resource.Status == StackStatus.CreateInProgress ? StackStatus.CreateFailed : StackStatus.UpdateFailed, Reason);
        }

        if (stack.Status is StackStatus.CreateInProgress or StackStatus.UpdateInProgress)
        {
            _journal.Stack(stack.Status == StackStatus.CreateInProgress ? StackStatus.RollbackInProgress : StackStatus.UpdateRollbackInProgress, "The local cloud was stopped during the operation.");
        }
    }

    /// <param name="retain">Logical ids that stay although the stack goes.</param>
    public async Task DeleteAsync(IReadOnlyCollection<string> retain, CancellationToken cancellationToken)
    {
        var runner = Runner();
        var living = stack.Resources.Values.Where(resource => resource.Status is not (StackStatus.DeleteComplete or StackStatus.DeleteSkipped)).ToList();
        foreach (var resource in living.Where(resource => retain.Contains(resource.LogicalId)))
        {
            _journal.Resource(resource, StackStatus.DeleteSkipped);
        }

        var failed = await ResourceRunner.InReverseAsync([.. living.Where(resource => !retain.Contains(resource.LogicalId))], resource => runner.DeleteAsync(resource, honourPolicy: true, cancellationToken));
        if (failed.Count > 0)
        {
            _journal.Stack(StackStatus.DeleteFailed, $"The following resource(s) failed to delete: [{string.Join(", ", failed)}]. ");
        }
        else
        {
            _journal.Stack(StackStatus.DeleteComplete, change: record =>
            {
                (record.Outputs, record.Imports, record.ChangeSets) = ([], [], []);
                record.DeletionTime = services.Time.GetUtcNow();
            });
        }
    }

    private static string Sentence((List<string> Create, List<string> Update) failures) => string.Concat(
        failures.Create.Count > 0 ? $"The following resource(s) failed to create: [{string.Join(", ", failures.Create)}]. " : "",
        failures.Update.Count > 0 ? $"The following resource(s) failed to update: [{string.Join(", ", failures.Update)}]. " : "");

    private ResourceRunner Runner() => new(stack, _journal, services, logger);

    private async Task CreateAsync(CancellationToken cancellationToken)
    {
        if (await BuildAsync(cancellationToken) is not { } failure)
        {
            _journal.Stack(StackStatus.CreateComplete);
        }
        else if (stack.DisableRollback)
        {
            _journal.Stack(StackStatus.CreateFailed, failure);
        }
        else
        {
            _journal.Stack(StackStatus.RollbackInProgress, failure + "Rollback requested by user.");
            await RollBackCreationAsync(cancellationToken);
        }
    }

    private async Task RollBackCreationAsync(CancellationToken cancellationToken)
    {
        var runner = Runner();
        var living = stack.Resources.Values.Where(resource => resource.Status is not (StackStatus.DeleteComplete or StackStatus.DeleteSkipped)).ToList();
        var failed = await ResourceRunner.InReverseAsync(living, resource => runner.DeleteAsync(resource, honourPolicy: false, cancellationToken));
        if (failed.Count > 0)
        {
            _journal.Stack(StackStatus.RollbackFailed, $"The following resource(s) failed to delete: [{string.Join(", ", failed)}]. ");
            return;
        }

        _journal.Stack(StackStatus.RollbackComplete, change: record => record.Imports = []);
        if (stack.DeleteOnFailure)
        {
            _journal.Stack(StackStatus.DeleteComplete, change: record => record.DeletionTime = services.Time.GetUtcNow());
        }
    }

    private async Task UpdateAsync(CancellationToken cancellationToken)
    {
        if (await BuildAsync(cancellationToken) is { } failure)
        {
            _journal.Stack(StackStatus.UpdateRollbackInProgress, failure);
            await RollBackUpdateAsync(cancellationToken);
            return;
        }

        var kept = new StackModel(stack, stack.Input!, services).Resources.Select(resource => resource.LogicalId).ToHashSet(StringComparer.Ordinal);
        _journal.Stack(StackStatus.UpdateCleanup, change: record =>
        {
            record.Cleanup = [.. record.Cleanup, .. record.Resources.Values.Where(resource => !kept.Contains(resource.LogicalId) && resource.PhysicalId is not null)];
            record.Resources = record.Resources.Where(pair => kept.Contains(pair.Key)).ToDictionary(StringComparer.Ordinal);
        });
        await FinishUpdateAsync(StackStatus.UpdateComplete, cancellationToken);
    }

    private async Task FinishUpdateAsync(string status, CancellationToken cancellationToken)
    {
        await Runner().CleanUpAsync(cancellationToken);
        _journal.Stack(status, change: record => record.Previous = null);
    }

    /// <summary>Resources, imports and outputs of the stack's input; answers what failed, or null.</summary>
    private async Task<string?> BuildAsync(CancellationToken cancellationToken)
    {
        try
        {
            var model = new StackModel(stack, stack.Input!, services);
            var imports = model.Imports();
            if (imports.Find(name => services.StacksBeside(stack).Export(name) is null) is { } missing)
            {
                return $"No export named {missing} found. ";
            }

            var kept = model.Resources.Select(resource => resource.LogicalId).ToHashSet(StringComparer.Ordinal);
            if (stack.Resources.Values.Where(resource => resource.PhysicalId is not null && !kept.Contains(resource.LogicalId))
                .Select(resource => StackPolicy.Denial(stack.Policy, "Delete", resource)).FirstOrDefault(denial => denial is not null) is { } denied)
            {
                return denied + " ";
            }

            _journal.Change(record => record.Imports = [.. record.Imports.Union(imports, StringComparer.Ordinal)]);
            var failures = await Runner().ApplyAsync(model, cancellationToken);
            if (failures.Create.Count + failures.Update.Count > 0)
            {
                return Sentence(failures);
            }

            var outputs = model.Outputs(name => stack.Resources.GetValueOrDefault(name));
            if (ExportConflict(outputs) is { } conflict)
            {
                return conflict + " ";
            }

            _journal.Change(record => (record.Outputs, record.Imports) = (outputs, imports));
            return null;
        }
        catch (QueryException error)
        {
            return error.Message + " ";
        }
    }

    private string? ExportConflict(List<OutputRecord> outputs)
    {
        var after = outputs.Where(output => output.ExportName is not null).ToDictionary(output => output.ExportName!, output => output.Value, StringComparer.Ordinal);
        foreach (var (name, _, owner) in services.StacksBeside(stack).Exports().Where(export => export.Stack != stack && after.ContainsKey(export.Name)))
        {
            return $"Export with name {name} is already exported by stack {owner.StackName}. ";
        }

        foreach (var output in stack.Outputs.Where(output => output.ExportName is not null && after.GetValueOrDefault(output.ExportName) != output.Value))
        {
            var importers = services.StacksBeside(stack).ImportersOf(output.ExportName!);
            if (importers.Count > 0)
            {
                return $"Cannot {(after.ContainsKey(output.ExportName!) ? "update" : "delete")} export {output.ExportName} as it is in use by {RegionalStacks.Sentence(importers)}.";
            }
        }

        return null;
    }

    private async Task RollBackUpdateAsync(CancellationToken cancellationToken)
    {
        var previous = stack.Previous!;
        var runner = Runner();
        var failed = await DependencyGraph.RunAsync(
            previous.Resources.Keys,
            name => previous.Resources[name].DependsOn,
            name => RestoreAsync(runner, previous.Resources[name], cancellationToken),
            stopAtFailure: false);
        if (failed.Count > 0)
        {
            _journal.Stack(StackStatus.UpdateRollbackFailed, $"The following resource(s) failed to update: [{string.Join(", ", failed)}]. ");
            return;
        }

        _journal.Stack(StackStatus.UpdateRollbackCleanup, change: record =>
        {
            var added = record.Resources.Values.Where(resource => !previous.Resources.ContainsKey(resource.LogicalId) && resource.PhysicalId is not null);
            record.Cleanup = [.. record.Cleanup, .. added.Select(resource => resource with { DeletionPolicy = "Delete" })];
            record.Resources = record.Resources.Where(pair => previous.Resources.ContainsKey(pair.Key)).ToDictionary(StringComparer.Ordinal);
            (record.Input, record.Outputs, record.Imports) = (previous.Input, previous.Outputs, previous.Imports);
        });
        await FinishUpdateAsync(StackStatus.UpdateRollbackComplete, cancellationToken);
    }

    private async Task<bool> RestoreAsync(ResourceRunner runner, ResourceRecord former, CancellationToken cancellationToken)
    {
        var current = stack.Resources[former.LogicalId];
        if (current.PhysicalId != former.PhysicalId)
        {
            // Replaced: the old one is still there, the new one goes.
            _journal.Change(record => record.Cleanup =
                [.. record.Cleanup.Where(resource => resource.PhysicalId != former.PhysicalId || resource.LogicalId != former.LogicalId), current with { DeletionPolicy = "Delete" }]);
            _journal.Resource(former, StackStatus.UpdateComplete);
            return true;
        }

        if (current.Status == StackStatus.UpdateFailed || !JsonNode.DeepEquals(services.Open(current), services.Open(former)))
        {
            return await runner.RestoreAsync(former, current, cancellationToken);
        }

        _journal.Change(record => record.Put(former));
        return true;
    }
}
