using System.Text.Json.Nodes;
using Tiketi.LocalCloud.Query;

namespace Tiketi.LocalCloud.CloudFormation.Templates;

/// <summary>What CloudFormation refuses before it starts: unknown types, dangling references, cycles.</summary>
internal static class TemplateValidation
{
    /// <exception cref="QueryException">ValidationError, worded as AWS words it.</exception>
    public static void Validate(Template template, Func<string, bool> isKnownType)
    {
        var unrecognized = template.Resources.Values.Select(resource => resource.Type).Where(type => !isKnownType(type)).Distinct().ToList();
        if (unrecognized.Count > 0)
        {
            throw QueryException.Validation($"Template format error: Unrecognized resource types: [{string.Join(", ", unrecognized)}]");
        }

        CheckConditions(template);
        CheckReferences(template);
        if (DependencyGraph.Of(template).FindCycle() is { } cycle)
        {
            throw QueryException.Validation($"Circular dependency between resources: [{string.Join(", ", cycle)}]");
        }
    }

    private static void CheckConditions(Template template)
    {
        foreach (var (name, expression) in template.Conditions)
        {
            var unresolved = References.In(expression).Select(reference => reference.Name)
                .Where(reference => !PseudoParameters.IsPseudo(reference) && template.Parameters.All(parameter => parameter.Name != reference)).Distinct().ToList();
            if (unresolved.Count > 0)
            {
                throw QueryException.Validation($"Template format error: Unresolved dependencies [{string.Join(", ", unresolved)}]. Cannot reference resources in the Conditions block of the template");
            }

            CheckConditionNames(template, References.ConditionsIn(expression), "Conditions");
        }

        foreach (var resource in template.Resources.Values)
        {
            string[] own = resource.Condition is { } condition ? [condition] : [];
            CheckConditionNames(template, own.Concat(References.ConditionsIn(resource.Properties)), "Resources");
        }

        foreach (var output in template.Outputs)
        {
            string[] own = output.Condition is { } condition ? [condition] : [];
            CheckConditionNames(template, own.Concat(References.ConditionsIn(output.Value)), "Outputs");
        }
    }

    private static void CheckConditionNames(Template template, IEnumerable<string> names, string block)
    {
        if (names.FirstOrDefault(name => !template.Conditions.ContainsKey(name)) is { } missing)
        {
            throw QueryException.Validation($"Template format error: Unresolved condition dependency {missing} in the {block} block of the template");
        }
    }

    private static void CheckReferences(Template template)
    {
        var unresolved = template.Resources.Values
            .SelectMany(resource => Unresolved(template, resource.Properties).Concat(resource.DependsOn.Where(name => !template.Resources.ContainsKey(name))))
            .Distinct().ToList();
        if (unresolved.Count > 0)
        {
            throw QueryException.Validation($"Template format error: Unresolved resource dependencies [{string.Join(", ", unresolved)}] in the Resources block of the template");
        }

        unresolved = [.. template.Outputs.SelectMany(output => Unresolved(template, output.Value)).Distinct()];
        if (unresolved.Count > 0)
        {
            throw QueryException.Validation($"Template format error: Unresolved resource dependencies [{string.Join(", ", unresolved)}] in the Outputs block of the template");
        }
    }

    private static IEnumerable<string> Unresolved(Template template, JsonNode? node) => References.In(node)
        .Where(reference => reference.Attribute is null
            ? !PseudoParameters.IsPseudo(reference.Name) && !template.Resources.ContainsKey(reference.Name) && template.Parameters.All(parameter => parameter.Name != reference.Name)
            : !template.Resources.ContainsKey(reference.Name))
        .Select(reference => reference.Name);
}
