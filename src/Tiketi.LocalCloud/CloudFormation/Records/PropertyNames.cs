using System.Text.Json.Nodes;

namespace Tiketi.LocalCloud.CloudFormation.Records;

/// <summary>
/// The top-level properties of a resource type, as the schema that AWS publishes for it lists them. What a template misspells
/// must not look as if it worked.
/// </summary>
internal sealed class PropertyNames(string required, string optional)
{
    /// <summary>Those without which AWS refuses the resource.</summary>
    public IReadOnlyList<string> Required { get; } = Split(required);

    public IReadOnlyList<string> Optional { get; } = Split(optional);

    /// <exception cref="ResourceException">One is missing or unknown, in AWS's words.</exception>
    public void Check(JsonObject properties)
    {
        if (Required.FirstOrDefault(name => !properties.ContainsKey(name)) is { } missing)
        {
            throw Invalid($"required key [{missing}] not found");
        }

        if (properties.Select(property => property.Key).FirstOrDefault(name => !Required.Contains(name) && !Optional.Contains(name)) is { } unknown)
        {
            throw Invalid($"extraneous key [{unknown}] is not permitted");
        }
    }

    private static ResourceException Invalid(string what) => new($"Properties validation failed for resource with message: #: {what}");

    private static string[] Split(string names) => names.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
