using System.Text.Json.Nodes;
using Tiketi.LocalCloud.CloudFormation.Templates;
using Tiketi.LocalCloud.Query;
using Tiketi.LocalCloud.SecretsManager;

namespace Tiketi.LocalCloud.CloudFormation.Stacks;

/// <summary>A parameter as a request gives it: a value, or "what it was".</summary>
internal sealed record GivenParameter(string Key, string? Value, bool UsePreviousValue);

/// <summary>Turns what a request gives into the values that a stack stores, and those into what Ref gives.</summary>
internal static class StackParameters
{
    /// <exception cref="QueryException">ValidationError: a value is missing, unknown or breaks a rule of the template.</exception>
    public static Dictionary<string, string> Bind(Template template, IReadOnlyList<GivenParameter> given, StackInput? previous, SecretBox box)
    {
        var unknown = given.Select(parameter => parameter.Key).Where(key => template.Parameters.All(definition => definition.Name != key)).ToList();
        if (unknown.Count > 0)
        {
            throw QueryException.Validation($"Parameters: [{string.Join(", ", unknown)}] do not exist in the template");
        }

        var before = previous is null ? [] : Open(Template.Parse(previous.TemplateBody), previous, box);
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        var missing = new List<string>();
        foreach (var definition in template.Parameters)
        {
            var entry = given.FirstOrDefault(parameter => parameter.Key == definition.Name);
            var value = entry is { UsePreviousValue: true } ? before.GetValueOrDefault(definition.Name) ?? definition.Default : entry?.Value ?? definition.Default;
            if (value is null)
            {
                missing.Add(definition.Name);
                continue;
            }

            if (definition.IsStoreReference)
            {
                throw QueryException.Validation($"Unable to fetch parameters [{value}] from parameter store for this account.");
            }

            definition.Check(value);
            values[definition.Name] = definition.NoEcho ? box.Protect(value) : value;
        }

        return missing.Count == 0 ? values : throw QueryException.Validation($"Parameters: [{string.Join(", ", missing)}] must have values");
    }

    /// <summary>The stored values in the clear.</summary>
    public static Dictionary<string, string> Open(Template template, StackInput input, SecretBox box) => template.Parameters
        .Where(definition => input.Parameters.ContainsKey(definition.Name))
        .ToDictionary(definition => definition.Name, definition => definition.NoEcho ? box.Unprotect(input.Parameters[definition.Name]) : input.Parameters[definition.Name], StringComparer.Ordinal);

    /// <summary>What <c>Ref</c> gives for each parameter.</summary>
    public static Dictionary<string, JsonNode> Nodes(Template template, StackInput input, SecretBox box)
    {
        var values = Open(template, input, box);
        return template.Parameters.Where(definition => values.ContainsKey(definition.Name))
            .ToDictionary(definition => definition.Name, definition => definition.ToNode(values[definition.Name]), StringComparer.Ordinal);
    }
}
