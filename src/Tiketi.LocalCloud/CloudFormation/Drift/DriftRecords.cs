using System.Text.Json.Nodes;

namespace Tiketi.LocalCloud.CloudFormation.Drift;

/// <summary>The last drift detection of a stack, as stored with it.</summary>
internal sealed record DriftRecord
{
    public required string DetectionId { get; init; }

    public required DateTimeOffset Timestamp { get; init; }

    /// <summary>Only the resources whose type can be read.</summary>
    public List<ResourceDrift> Resources { get; init; } = [];

    public int DriftedCount => Resources.Count(resource => resource.Status is "MODIFIED" or "DELETED");

    public string StackStatus => DriftedCount > 0 ? "DRIFTED" : "IN_SYNC";

    public string StatusOf(string logicalId) => Resources.Find(resource => resource.LogicalId == logicalId)?.Status ?? "NOT_CHECKED";
}

/// <param name="Status">IN_SYNC, MODIFIED, DELETED.</param>
internal sealed record ResourceDrift(
    string LogicalId, string PhysicalId, string Type, string Status, JsonObject Expected, JsonObject? Actual, List<PropertyDifference> Differences, DateTimeOffset Timestamp);
