using System.Text.Json.Nodes;
using Tiketi.LocalCloud.CloudFormation.Templates;
using Tiketi.LocalCloud.Query;

namespace Tiketi.LocalCloud.CloudFormation.Stacks;

/// <summary>Takes existing resources into a stack; touches none of them, whether it succeeds or is taken back.</summary>
internal sealed class ImportOperation(StackRecord stack, StackServices services, StackJournal journal)
{
    /// <summary>Imports what the executed change set names; started again after a restart, it does what is left.</summary>
    public void Run()
    {
        var changeSet = stack.ChangeSets.Single(changeSet => changeSet.Id == stack.ChangeSetId);
        var model = new StackModel(stack, stack.Input!, services);
        foreach (var definition in model.Resources.Where(resource => changeSet.ToImport.Exists(import => import.LogicalId == resource.LogicalId)))
        {
            if (!Import(model, definition, changeSet.ToImport.First(import => import.LogicalId == definition.LogicalId)))
            {
                journal.Stack(StackStatus.ImportRollbackInProgress, $"The following resource(s) failed to import: [{definition.LogicalId}]. ");
                RollBack();
                return;
            }
        }

        journal.Stack(StackStatus.ImportComplete, change: record =>
        {
            record.Previous = null;
            record.Imports = [.. record.Imports.Union(model.Imports(), StringComparer.Ordinal)];
        });
    }

    /// <summary>The stack forgets what it had taken over.</summary>
    public void RollBack() => journal.Stack(StackStatus.ImportRollbackComplete, change: record =>
    {
        (record.Resources, record.Input) = record.Previous is { } previous ? (previous.Resources, previous.Input) : ([], record.Input);
        record.Previous = null;
    });

    private bool Import(StackModel model, ResourceDefinition definition, ResourceToImport import)
    {
        var provider = (ILiveProvider)services.Providers.Of(definition.Type);
        var record = journal.Resource(new ResourceRecord
        {
            LogicalId = definition.LogicalId,
            Type = definition.Type,
            SealedProperties = services.Seal([]),
            Status = StackStatus.ImportInProgress,
            DependsOn = [.. model.Graph.DependenciesOf(definition.LogicalId)],
            DeletionPolicy = definition.DeletionPolicy,
            UpdateReplacePolicy = definition.UpdateReplacePolicy,
            Metadata = definition.Metadata?.DeepClone(),
        }, StackStatus.ImportInProgress, "Resource import started.");
        try
        {
            var properties = StackModel.Properties(definition, model.Over(name => stack.Resources.GetValueOrDefault(name)));
            if (provider.Find(ImportPlanner.ValuesOf(import, provider)) is not { } found)
            {
                journal.Resource(record, StackStatus.ImportFailed, $"Resource of type '{definition.Type}' with identifier '{string.Join('|', import.Identifier.Values)}' was not found.");
                return false;
            }

            journal.Resource(
                record with { PhysicalId = found.Id, Attributes = found.Attributes.ToDictionary(StringComparer.Ordinal), SealedProperties = services.Seal(properties) },
                StackStatus.ImportComplete, "Resource import completed.");
            return true;
        }
        catch (QueryException error)
        {
            journal.Resource(record, StackStatus.ImportFailed, error.Message);
            return false;
        }
    }
}
