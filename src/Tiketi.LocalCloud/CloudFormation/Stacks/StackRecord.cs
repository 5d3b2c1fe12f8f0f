using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Tiketi.LocalCloud.CloudFormation.Drift;

namespace Tiketi.LocalCloud.CloudFormation.Stacks;

/// <summary>What a stack is made from: everything that an update may change, and a rollback must restore.</summary>
internal sealed record StackInput
{
    public required string TemplateBody { get; init; }

    /// <summary>Every parameter's value; those of NoEcho parameters are encrypted.</summary>
    public Dictionary<string, string> Parameters { get; init; } = [];

    public List<string> Capabilities { get; init; } = [];

    public Dictionary<string, string> Tags { get; init; } = [];

    public List<string> NotificationArns { get; init; } = [];

    public string? RoleArn { get; init; }
}

/// <summary>One stack as stored. Every reader and writer holds the record's lock.</summary>
internal sealed class StackRecord
{
    [JsonIgnore]
    public Lock Sync { get; } = new();

    public string StackId { get; set; } = "";

    /// <summary>The fourth part of the ARN.</summary>
    [JsonIgnore]
    public string Region => StackId.Split(':')[3];

    public string StackName { get; set; } = "";

    public string Status { get; set; } = "";

    public string? StatusReason { get; set; }

    public StackInput? Input { get; set; }

    public bool DisableRollback { get; set; }

    /// <summary>OnFailure=DELETE: a failed creation leaves nothing, not even the stack.</summary>
    public bool DeleteOnFailure { get; set; }

    public bool TerminationProtection { get; set; }

    /// <summary>The stack policy, JSON; null: an update may do all.</summary>
    public string? Policy { get; set; }

    public DateTimeOffset CreationTime { get; set; }

    public DateTimeOffset? LastUpdatedTime { get; set; }

    public DateTimeOffset? DeletionTime { get; set; }

    public string? ChangeSetId { get; set; }

    public Dictionary<string, ResourceRecord> Resources { get; set; } = [];

    public List<OutputRecord> Outputs { get; set; } = [];

    /// <summary>Names of the exports that this stack imports.</summary>
    public List<string> Imports { get; set; } = [];

    public List<EventRecord> Events { get; set; } = [];

    public List<ChangeSetRecord> ChangeSets { get; set; } = [];

    /// <summary>While an update runs: what a rollback returns to.</summary>
    public StackSnapshot? Previous { get; set; }

    /// <summary>Resources replaced or dropped by an update and not deleted yet.</summary>
    public List<ResourceRecord> Cleanup { get; set; } = [];

    public string? ClientRequestToken { get; set; }

    /// <summary>What the last drift detection found; null before the first.</summary>
    public DriftRecord? Drift { get; set; }

    /// <summary>Puts a resource in, by replacing the map: who reads it meanwhile sees the former one whole.</summary>
    public void Put(ResourceRecord resource) =>
        Resources = new Dictionary<string, ResourceRecord>(Resources, StringComparer.Ordinal) { [resource.LogicalId] = resource };
}

/// <summary>What a stack was before an update.</summary>
internal sealed record StackSnapshot(StackInput Input, Dictionary<string, ResourceRecord> Resources, List<OutputRecord> Outputs, List<string> Imports, string Status);

/// <summary>One resource of a stack as stored; replaced, never changed.</summary>
internal sealed record ResourceRecord
{
    public required string LogicalId { get; init; }

    public required string Type { get; init; }

    public string? PhysicalId { get; init; }

    public Dictionary<string, string> Attributes { get; init; } = [];

    /// <summary>The resolved properties (dynamic references unresolved), encrypted: a NoEcho parameter may be in them.</summary>
    public required string SealedProperties { get; init; }

    public required string Status { get; init; }

    public string? StatusReason { get; init; }

    public DateTimeOffset Timestamp { get; init; }

    /// <summary>Resources that must outlive this one.</summary>
    public List<string> DependsOn { get; init; } = [];

    public string DeletionPolicy { get; init; } = "Delete";

    public string UpdateReplacePolicy { get; init; } = "Delete";

    public JsonNode? Metadata { get; init; }
}

internal sealed record OutputRecord(string Key, string Value, string? Description, string? ExportName);

internal sealed record EventRecord(string EventId, string LogicalId, string PhysicalId, string Type, string Status, string? Reason, DateTimeOffset Timestamp, string? ClientRequestToken);

internal sealed record ChangeSetRecord
{
    public required string Id { get; init; }

    public required string Name { get; init; }

    public required string Type { get; init; }

    public string? Description { get; init; }

    public required string Status { get; init; }

    public string? StatusReason { get; init; }

    public required string ExecutionStatus { get; init; }

    public DateTimeOffset CreationTime { get; init; }

    public required StackInput Input { get; init; }

    public List<ResourceChange> Changes { get; init; } = [];

    /// <summary>Of a change set of type IMPORT.</summary>
    public List<ResourceToImport> ToImport { get; init; } = [];
}

/// <summary>One line of a change set.</summary>
/// <param name="Action">Add, Modify, Remove.</param>
/// <param name="Replacement">True, False, Conditional; null unless Action is Modify.</param>
/// <param name="PolicyAction">What becomes of the resource that goes: Delete, Retain, Snapshot, ReplaceAndDelete ...</param>
internal sealed record ResourceChange(string Action, string LogicalId, string? PhysicalId, string Type, string? Replacement, string? PolicyAction, List<PropertyChange> Details)
{
    /// <summary>The resource as it is, JSON with the member Properties, NoEcho values masked; null where it is yet to be made.</summary>
    public string? BeforeContext { get; init; }

    /// <summary>The resource as it is to be, likewise; null where it is to go.</summary>
    public string? AfterContext { get; init; }
}

/// <summary>One changed property or attribute of a resource.</summary>
/// <param name="Attribute">Properties, Metadata, DeletionPolicy, UpdateReplacePolicy.</param>
/// <param name="RequiresRecreation">Never, Conditionally, Always.</param>
/// <param name="Evaluation">Static when the new value is known now, Dynamic when the execution decides it.</param>
/// <param name="Source">DirectModification, ParameterReference, ResourceReference, ResourceAttribute.</param>
/// <param name="CausingEntity">The parameter or resource that brought the change.</param>
internal sealed record PropertyChange(string Attribute, string? Name, string RequiresRecreation, string Evaluation, string Source, string? CausingEntity, string ChangeType, string? Before, string? After);
