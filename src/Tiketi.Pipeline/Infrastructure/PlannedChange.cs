using System.Text.RegularExpressions;
using Amazon.CloudFormation.Model;

namespace Tiketi.Pipeline.Infrastructure;

/// <summary>One resource of a plan.</summary>
/// <param name="Action">"Add", "Modify", "Remove", "Import", "Dynamic".</param>
/// <param name="LogicalId">The resource's name in the template.</param>
/// <param name="Type">"AWS::S3::Bucket" ...</param>
/// <param name="Replacement">"True", "Conditional", "False", or null where the question does not arise.</param>
/// <param name="Properties">The properties that change.</param>
public sealed record PlannedChange(string Action, string LogicalId, string Type, string? Replacement, IReadOnlyList<PropertyChange> Properties)
{
    /// <summary>The resource's own name or id; null where it is yet to be made.</summary>
    public string? PhysicalId { get; init; }

    /// <summary>What becomes of the resource that goes: "Delete", "Retain", "Snapshot", "ReplaceAndDelete" ...; null where none does.</summary>
    public string? PolicyAction { get; init; }

    internal static PlannedChange Of(ResourceChange change) => new(
        change.Action.Value, change.LogicalResourceId, change.ResourceType, change.Replacement?.Value,
        [.. (change.Details ?? []).Where(detail => detail.Target is not null).SelectMany(detail => PropertyChange.Of(detail.Target)).GroupBy(property => property.Path, StringComparer.Ordinal)
            .Select(same => same.Last() with { Replaces = same.Any(property => property.Replaces) })])
    {
        PhysicalId = string.IsNullOrEmpty(change.PhysicalResourceId) ? null : change.PhysicalResourceId,
        PolicyAction = change.PolicyAction?.Value,
    };
}

/// <summary>One property of a planned change.</summary>
/// <param name="Path">"DBInstanceClass", "Tags[0].Value"; an attribute's name where it is none of the properties: "DeletionPolicy".</param>
/// <param name="Before">The value as it is, secrets masked; null: none, or not known.</param>
/// <param name="After">The value as it is to be, likewise; <see cref="Unknown"/> where only the execution will tell.</param>
/// <param name="Replaces">Whether this change needs, or may need, a new resource.</param>
public sealed partial record PropertyChange(string Path, string? Before, string? After, bool Replaces)
{
    /// <summary>Stands for a value that is known only once the change is made.</summary>
    public const string Unknown = "(known after apply)";

    internal const string Mask = "****";

    private const string KnownAfterApply = "{{changeSet:KNOWN_AFTER_APPLY}}";

    internal static IEnumerable<PropertyChange> Of(ResourceTargetDefinition target)
    {
        var replaces = target.RequiresRecreation?.Value is "Always" or "Conditionally";
        var path = PathOf(target);
        var pairs = JsonDifference.Leaves(target.BeforeValue, target.AfterValue);
        return pairs.Select(pair => new PropertyChange(path + pair.Path, Shown(path + pair.Path, pair.Before), Shown(path + pair.Path, pair.After), replaces));
    }

    /// <summary>"/Properties/Tags/0/Value" as people write it: "Tags[0].Value".</summary>
    private static string PathOf(ResourceTargetDefinition target)
    {
        var steps = (target.Path ?? "").Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (steps.Length < 2)
        {
            return target.Name ?? target.Attribute?.Value ?? "";
        }

        var text = string.Concat(steps.Skip(steps[0] == "Properties" ? 1 : 0).Select(step => int.TryParse(step, out _) ? $"[{step}]" : $".{step}"));
        return text.TrimStart('.');
    }

    /// <summary>CloudFormation masks what NoEcho parameters give; a secret written into a template by mistake is masked here.</summary>
    private static string? Shown(string path, string? value) =>
        value is null || value.StartsWith("{{resolve:", StringComparison.Ordinal) ? value
        : value.Contains(KnownAfterApply, StringComparison.Ordinal) ? value.Replace(KnownAfterApply, Unknown, StringComparison.Ordinal)
        : SecretName().IsMatch(path) ? Mask : value;

    [GeneratedRegex(@"(Password|AuthToken|SecretString|PrivateKey|SecretAccessKey)(\]|$)", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex SecretName();
}
