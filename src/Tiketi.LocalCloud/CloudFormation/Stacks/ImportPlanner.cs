using System.Text.Json.Nodes;
using Tiketi.LocalCloud.CloudFormation.Templates;
using Tiketi.LocalCloud.Query;

namespace Tiketi.LocalCloud.CloudFormation.Stacks;

/// <summary>A resource that a change set of type IMPORT takes over.</summary>
/// <param name="Identifier">The values of the type's primary identifier, by property.</param>
internal sealed record ResourceToImport(string LogicalId, string Type, Dictionary<string, string> Identifier);

/// <summary>Checks an import against what CloudFormation allows: it takes resources over and changes nothing else.</summary>
internal sealed class ImportPlanner(StackRecord stack, StackInput input, IReadOnlyList<ResourceToImport> imports, StackServices services)
{
    /// <returns>A line for each resource, in the order of the template's dependencies.</returns>
    /// <exception cref="QueryException">ValidationError, worded as AWS words it.</exception>
    public List<ResourceChange> Plan()
    {
        var model = new StackModel(stack, input, services);
        if (imports.Count == 0)
        {
            throw QueryException.Validation("You must specify ResourcesToImport for a change set of type IMPORT.");
        }

        foreach (var import in imports)
        {
            Check(model, import);
        }

        var others = new ChangePlanner(stack, model, services).Plan().Resources.Where(change => imports.All(import => import.LogicalId != change.LogicalId)).Select(change => change.LogicalId).ToList();
        if (others.Count > 0)
        {
            throw QueryException.Validation($"You have modified resources [{string.Join(", ", others)}] in your template that are not being imported. Update, create or delete operations cannot be executed during import operations.");
        }

        var before = stack.Input is { } present ? Template.Parse(present.TemplateBody).Outputs : [];
        if (model.Template.Outputs.Any(output => !before.Any(other => other.Key == output.Key && JsonNode.DeepEquals(other.Value, output.Value))))
        {
            throw QueryException.Validation("As part of the import operation, you cannot modify or add [Outputs]");
        }

        return [.. model.Resources.Where(resource => imports.Any(import => import.LogicalId == resource.LogicalId))
            .Select(resource => new ResourceChange("Import", resource.LogicalId, Provider(resource.Type).Find(ValuesOf(ImportOf(resource)))?.Id, resource.Type, null, null, []))];
    }

    /// <summary>The identifier's values in the order of the type's schema.</summary>
    public static IReadOnlyList<string> ValuesOf(ResourceToImport import, ILiveProvider provider) => [.. provider.PrimaryIdentifier.Select(name => import.Identifier[name])];

    private IReadOnlyList<string> ValuesOf(ResourceToImport import) => ValuesOf(import, Provider(import.Type));

    private ResourceToImport ImportOf(ResourceDefinition resource) => imports.First(import => import.LogicalId == resource.LogicalId);

    private ILiveProvider Provider(string type) => services.Providers.Has(type) && services.Providers.Of(type) is ILiveProvider provider ? provider
        : throw QueryException.Validation($"ResourceTypes [{type}] are not supported for Import");

    private void Check(StackModel model, ResourceToImport import)
    {
        var definition = model.Resources.FirstOrDefault(resource => resource.LogicalId == import.LogicalId)
            ?? throw QueryException.Validation($"Resources [{import.LogicalId}] to import are not in the template.");
        if (definition.Type != import.Type)
        {
            throw QueryException.Validation($"Resource {import.LogicalId} is of type {definition.Type} in the template, not {import.Type}.");
        }

        if (stack.Resources.GetValueOrDefault(import.LogicalId) is { PhysicalId: not null })
        {
            throw QueryException.Validation($"Resources [{import.LogicalId}] are already in stack {stack.StackName}.");
        }

        if (TemplateReader.Read(input.TemplateBody)["Resources"]?[import.LogicalId]?["DeletionPolicy"] is null)
        {
            throw QueryException.Validation($"The following resources to import [{import.LogicalId}] must have DeletionPolicy attribute specified in the template.");
        }

        var names = Provider(import.Type).PrimaryIdentifier;
        if (!import.Identifier.Keys.ToHashSet(StringComparer.Ordinal).SetEquals(names))
        {
            throw QueryException.Validation($"Resource {import.LogicalId} of type {import.Type} is identified by [{string.Join(", ", names)}], not [{string.Join(", ", import.Identifier.Keys)}].");
        }

        CheckAgainst(model, definition, import);
    }

    private void CheckAgainst(StackModel model, ResourceDefinition definition, ResourceToImport import)
    {
        var stated = StackModel.Properties(definition, model.Over(_ => Evaluator.KnownAfterApply, (_, _) => Evaluator.KnownAfterApply));
        foreach (var (name, value) in import.Identifier)
        {
            if (stated[name] is JsonValue text && !text.ToString().Contains(Evaluator.KnownAfterApply, StringComparison.Ordinal) && text.ToString() != value)
            {
                throw QueryException.Validation($"Resource {import.LogicalId}: the identifier {name} [{value}] does not match the template's {name} [{text}].");
            }
        }

        var id = Provider(import.Type).Find(ValuesOf(import))?.Id;
        if (id is not null && services.StacksBeside(stack).All.FirstOrDefault(other => other.Status != StackStatus.DeleteComplete
            && other.Resources.Values.Any(resource => resource.Type == import.Type && resource.PhysicalId == id && resource.Status is not (StackStatus.DeleteComplete or StackStatus.DeleteSkipped))) is { } owner)
        {
            throw QueryException.Validation($"{id} already exists in stack {owner.StackId}");
        }
    }
}
