using System.Text.Json.Nodes;
using Tiketi.LocalCloud.CloudFormation.Templates;
using Tiketi.LocalCloud.Query;

namespace Tiketi.LocalCloud.CloudFormation.Stacks;

/// <summary>What an update would do.</summary>
/// <param name="OutputsChange">The outputs differ even if no resource does.</param>
internal sealed record ChangePlan(List<ResourceChange> Resources, bool OutputsChange)
{
    public bool IsEmpty => Resources.Count == 0 && !OutputsChange;
}

/// <summary>Compares a stack with what a new input would make of it, without touching anything.</summary>
internal sealed class ChangePlanner(StackRecord stack, StackModel model, StackServices services)
{
    private readonly StackModel? _before = stack.Input is { } input ? new StackModel(stack, input, services) : null;

    /// <summary>Resources whose id and attributes only the execution will tell.</summary>
    private readonly HashSet<string> _unknown = new(StringComparer.Ordinal);

    /// <summary>Resources changed in place: their id stays, their attributes may not.</summary>
    private readonly HashSet<string> _modified = new(StringComparer.Ordinal);

    /// <exception cref="QueryException">ValidationError: an expression can't be evaluated, or a resource changes its type.</exception>
    public ChangePlan Plan()
    {
        model.Imports().ForEach(RequireExport);
        var retyped = model.Resources.Where(resource => Existing(resource.LogicalId) is { } existing && existing.Type != resource.Type).Select(resource => resource.LogicalId).ToList();
        if (retyped.Count > 0)
        {
            throw QueryException.Validation($"Update of resource type is not permitted. The new template modifies resource type of the following resources: [{string.Join(", ", retyped)}]");
        }

        var changes = model.Resources.Select(Change).OfType<ResourceChange>().ToList();
        var kept = model.Resources.Select(resource => resource.LogicalId).ToHashSet(StringComparer.Ordinal);
        changes.AddRange(stack.Resources.Values.Where(resource => resource.PhysicalId is not null && !kept.Contains(resource.LogicalId))
            .Select(resource => new ResourceChange("Remove", resource.LogicalId, resource.PhysicalId, resource.Type, null, resource.DeletionPolicy, []) { BeforeContext = Context(resource.LogicalId, services.Open(resource)) }));
        return new ChangePlan(changes, OutputsDiffer());
    }

    private static bool IsUnknown(JsonNode? node) => node?.ToJsonString().Contains("KNOWN_AFTER_APPLY", StringComparison.Ordinal) == true;

    private ResourceRecord? Existing(string name) => stack.Resources.GetValueOrDefault(name) is { PhysicalId: not null } resource ? resource : null;

    private void RequireExport(string name) => _ = services.StacksBeside(stack).Export(name) ?? throw QueryException.Validation($"No export named {name} found.");

    private ResourceChange? Change(ResourceDefinition definition)
    {
        var properties = StackModel.Properties(definition, Evaluator());
        if (Existing(definition.LogicalId) is not { } existing)
        {
            _unknown.Add(definition.LogicalId);
            return new ResourceChange("Add", definition.LogicalId, null, definition.Type, null, null, []) { AfterContext = Context(definition.LogicalId, properties) };
        }

        var before = services.Open(existing);
        var details = PropertyChanges(definition, before, properties).Concat(AttributeChanges(definition, existing)).ToList();
        if (details.Count == 0)
        {
            return null;
        }

        var replacement = details.Exists(detail => detail is { RequiresRecreation: "Always", Evaluation: "Static" }) ? "True"
            : details.Exists(detail => detail.RequiresRecreation == "Always") ? "Conditional" : "False";
        (replacement == "False" ? _modified : _unknown).Add(definition.LogicalId);

        return new ResourceChange("Modify", definition.LogicalId, existing.PhysicalId, definition.Type, replacement, replacement == "False" ? null : $"ReplaceAnd{definition.UpdateReplacePolicy}", details)
        {
            BeforeContext = Context(definition.LogicalId, before),
            AfterContext = Context(definition.LogicalId, properties),
        };
    }

    private Evaluator Evaluator() => model.Over(
        name => _unknown.Contains(name) ? Templates.Evaluator.KnownAfterApply : Existing(name)?.PhysicalId,
        (name, attribute) => _unknown.Contains(name) || _modified.Contains(name) ? Templates.Evaluator.KnownAfterApply : Existing(name)?.Attributes.GetValueOrDefault(attribute));

    private IEnumerable<PropertyChange> PropertyChanges(ResourceDefinition definition, JsonObject before, JsonObject after)
    {
        var provider = services.Providers.Of(definition.Type);
        foreach (var name in before.Select(pair => pair.Key).Union(after.Select(pair => pair.Key), StringComparer.Ordinal))
        {
            var (old, now) = (before[name], after[name]);
            if (JsonNode.DeepEquals(old, now))
            {
                continue;
            }

            var (source, entity) = Cause(definition, name);
            yield return new PropertyChange(
                name == "Tags" ? "Tags" : "Properties",
                name == "Tags" ? null : name,
                provider.RequiresReplacement(name) ? "Always" : "Never",
                IsUnknown(now) ? "Dynamic" : "Static",
                source,
                entity,
                old is null ? "Add" : now is null ? "Remove" : "Modify",
                Shown(definition, name, old),
                Shown(definition, name, now));
        }
    }

    /// <summary>A value as a change set may show it.</summary>
    private string? Shown(ResourceDefinition definition, string property, JsonNode? value) => value is null ? null
        : IsHidden(definition.LogicalId, property) ? ParameterDefinition.Mask
        : value is JsonValue scalar ? scalar.ToString() : value.ToJsonString();

    /// <summary>A resource as a change set may show it.</summary>
    private string Context(string logicalId, JsonObject properties) => new JsonObject
    {
        ["Properties"] = new JsonObject(properties.Select(property => KeyValuePair.Create(
            property.Key, IsHidden(logicalId, property.Key) ? JsonValue.Create(ParameterDefinition.Mask) : property.Value?.DeepClone()))),
    }.ToJsonString();

    /// <summary>Whether a NoEcho parameter is part of the property, now or in the new template: nobody may read it.</summary>
    private bool IsHidden(string logicalId, string property)
    {
        var expressions = new[] { model.Template, _before?.Template }.Select(template => template?.Resources.GetValueOrDefault(logicalId)?.Properties[property]);
        var hidden = model.Template.Parameters.Concat(_before?.Template.Parameters ?? []).Where(parameter => parameter.NoEcho).Select(parameter => parameter.Name).ToHashSet(StringComparer.Ordinal);
        return expressions.SelectMany(References.In).Any(reference => hidden.Contains(reference.Name));
    }

    private (string Source, string? Entity) Cause(ResourceDefinition definition, string property)
    {
        var expression = definition.Properties[property];
        if (!JsonNode.DeepEquals(expression, _before?.Template.Resources.GetValueOrDefault(definition.LogicalId)?.Properties[property]))
        {
            return ("DirectModification", null);
        }

        foreach (var reference in References.In(expression))
        {
            if (_unknown.Contains(reference.Name) || (_modified.Contains(reference.Name) && reference.Attribute is not null))
            {
                return reference.Attribute is null ? ("ResourceReference", reference.Name) : ("ResourceAttribute", $"{reference.Name}.{reference.Attribute}");
            }

            if (model.Parameters.TryGetValue(reference.Name, out var value) && !JsonNode.DeepEquals(value, _before?.Parameters.GetValueOrDefault(reference.Name)))
            {
                return ("ParameterReference", reference.Name);
            }
        }

        return ("DirectModification", null);
    }

    private IEnumerable<PropertyChange> AttributeChanges(ResourceDefinition definition, ResourceRecord existing)
    {
        (string Name, string? Before, string? After)[] attributes =
        [
            ("DeletionPolicy", existing.DeletionPolicy, definition.DeletionPolicy),
            ("UpdateReplacePolicy", existing.UpdateReplacePolicy, definition.UpdateReplacePolicy),
            ("Metadata", existing.Metadata?.ToJsonString(), definition.Metadata?.ToJsonString()),
        ];
        return attributes.Where(attribute => attribute.Before != attribute.After).Select(attribute =>
            new PropertyChange(attribute.Name, null, "Never", "Static", "DirectModification", null, "Modify", attribute.Before, attribute.After));
    }

    private bool OutputsDiffer()
    {
        var evaluator = Evaluator();
        var after = model.Template.Outputs.Where(output => model.IsActive(output.Condition)).Select(output => new OutputRecord(
            output.Key, evaluator.EvaluateText(output.Value), output.Description, output.ExportName is null ? null : evaluator.EvaluateText(output.ExportName)));
        return !after.SequenceEqual(stack.Outputs);
    }
}
