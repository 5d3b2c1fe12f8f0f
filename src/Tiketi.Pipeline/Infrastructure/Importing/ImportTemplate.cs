using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Tiketi.Pipeline.Infrastructure.Rendering;

namespace Tiketi.Pipeline.Infrastructure.Importing;

/// <summary>
/// The template of an import: what is deployed as it is, and the resources to take over as infra/ has them. CloudFormation takes
/// no other change in the same operation, neither outputs nor resources that do not exist yet; ApplyInfra brings those.
/// </summary>
internal static partial class ImportTemplate
{
    /// <param name="file">For messages.</param>
    /// <param name="wanted">The template of infra/.</param>
    /// <param name="deployed">The stack's present template; null: there is none.</param>
    /// <param name="imports">Logical ids of the resources to take over.</param>
    /// <exception cref="PipelineException">A resource is not in the template, or refers to one that neither is deployed nor imported.</exception>
    public static JsonObject Build(string file, JsonObject wanted, JsonObject? deployed, IReadOnlyCollection<string> imports)
    {
        var all = wanted["Resources"] as JsonObject ?? [];
        var present = deployed?["Resources"] as JsonObject ?? [];
        var resources = (JsonObject)present.DeepClone();
        foreach (var logicalId in imports)
        {
            var resource = all[logicalId]?.DeepClone() as JsonObject ?? throw new PipelineException(
                $"{file} has no resource {logicalId}.", $"Correct the map. Resources there are: {string.Join(", ", all.Select(pair => pair.Key))}.");
            resource["DeletionPolicy"] ??= "Retain"; // CloudFormation wants one said; ApplyInfra sets what infra/ says
            KeepDependencies(resource, name => present.ContainsKey(name) || imports.Contains(name));
            resources[logicalId] = resource;
        }

        var missing = imports.SelectMany(logicalId => ReferencesOf(resources[logicalId]).Where(name => all.ContainsKey(name) && !resources.ContainsKey(name)).Select(name => (logicalId, name)))
            .Distinct().ToList();
        if (missing.Count > 0)
        {
            throw new PipelineException(
                $"{file}: {string.Join("; ", missing.Select(pair => $"{pair.logicalId} refers to {pair.name}"))}, which neither is deployed nor imported.",
                $"Name {string.Join(", ", missing.Select(pair => pair.name).Distinct(StringComparer.Ordinal))} in the map too; what does not exist, make by hand first.");
        }

        var template = (JsonObject)wanted.DeepClone();
        template["Resources"] = resources;
        template.Remove("Outputs");
        if (deployed?["Outputs"] is { } outputs)
        {
            template["Outputs"] = outputs.DeepClone();
        }

        return template;
    }

    /// <summary>The same template with those outputs of infra/ whose resources are there: other stacks import them.</summary>
    public static JsonObject WithOutputs(JsonObject template, JsonObject wanted)
    {
        var resources = (JsonObject)template["Resources"]!;
        var all = (JsonObject)wanted["Resources"]!;
        var conditions = template["Conditions"] as JsonObject ?? [];
        var outputs = (wanted["Outputs"] as JsonObject ?? []).Where(output => ReferencesOf(output.Value).All(name => !all.ContainsKey(name) || resources.ContainsKey(name))
            && (output.Value?["Condition"] is not { } condition || conditions.ContainsKey(condition.ToString())));
        var complete = (JsonObject)template.DeepClone();
        complete["Outputs"] = new JsonObject(outputs.Select(output => KeyValuePair.Create(output.Key, output.Value?.DeepClone())));
        if (((JsonObject)complete["Outputs"]!).Count == 0)
        {
            complete.Remove("Outputs");
        }

        return complete;
    }

    private static void KeepDependencies(JsonObject resource, Func<string, bool> isThere)
    {
        var names = resource["DependsOn"] switch { JsonArray list => list.Select(name => name!.ToString()), JsonValue one => [one.ToString()], _ => [] };
        var kept = names.Where(isThere).ToList();
        resource.Remove("DependsOn");
        if (kept.Count > 0)
        {
            resource["DependsOn"] = new JsonArray([.. kept.Select(name => (JsonNode)name)]);
        }
    }

    /// <summary>Names used in Ref, Fn::GetAtt and Fn::Sub, at any depth; parameters are among them.</summary>
    private static IEnumerable<string> ReferencesOf(JsonNode? node) => node switch
    {
        JsonObject { Count: 1 } call when call.First() is { Key: "Ref", Value: JsonValue name } => [name.ToString()],
        JsonObject { Count: 1 } call when call.First() is { Key: "Fn::GetAtt", Value: JsonArray parts } => [parts[0]!.ToString()],
        JsonObject { Count: 1 } call when call.First() is { Key: "Fn::GetAtt", Value: JsonValue dotted } => [dotted.ToString().Split('.')[0]],
        JsonObject { Count: 1 } call when call.First() is { Key: "Fn::Sub", Value: { } substitution } =>
            Placeholder().Matches(substitution is JsonArray list ? list[0]!.ToString() : substitution.ToString()).Select(match => match.Groups["name"].Value.Split('.')[0])
                .Concat(substitution is JsonArray { Count: 2 } pair ? ReferencesOf(pair[1]) : []),
        JsonObject mapping => mapping.SelectMany(member => ReferencesOf(member.Value)),
        JsonArray items => items.SelectMany(ReferencesOf),
        _ => [],
    };

    [GeneratedRegex(@"\$\{(?<name>[A-Za-z0-9:.]+)\}", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Placeholder();
}
