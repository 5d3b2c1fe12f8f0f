using System.Text.Json.Nodes;
using Tiketi.LocalCloud.CloudFormation.Stacks;
using Tiketi.LocalCloud.CloudFormation.Templates;
using Tiketi.LocalCloud.Query;

namespace Tiketi.LocalCloud.CloudFormation.Drift;

/// <summary>Compares what a stack's template states with what the emulated services have. Refusals are <see cref="QueryException"/>s.</summary>
internal sealed class DriftDetector(StackServices services)
{
    /// <summary>Detects the whole stack's drift; nothing here is slow, so it is done when the call returns.</summary>
    /// <returns>The detection's id.</returns>
    public string Detect(StackRecord stack)
    {
        if (stack.Status is not (StackStatus.CreateComplete or StackStatus.UpdateComplete or StackStatus.UpdateRollbackComplete or StackStatus.UpdateRollbackFailed
            or StackStatus.ImportComplete or StackStatus.ImportRollbackComplete))
        {
            throw QueryException.Validation($"Drift detection cannot be performed on stack [{stack.StackId}] while it is in {stack.Status} state.");
        }

        var hidden = HiddenProperties(stack);
        var drift = new DriftRecord
        {
            DetectionId = Guid.NewGuid().ToString(),
            Timestamp = services.Time.GetUtcNow(),
            Resources = [.. stack.Resources.Values.Where(resource => resource.PhysicalId is not null).Select(resource => Compare(resource, hidden)).OfType<ResourceDrift>()],
        };
        new StackJournal(stack, services).Change(record => record.Drift = drift);
        return drift.DetectionId;
    }

    /// <exception cref="QueryException">There is no detection of that id.</exception>
    public (StackRecord Stack, DriftRecord Drift) Detection(string id) =>
        services.Repository.All.Where(stack => stack.Drift?.DetectionId == id).Select(stack => (stack, stack.Drift!)).FirstOrDefault() is { stack: not null } found
            ? found
            : throw QueryException.Validation($"Drift detection with id [{id}] does not exist");

    private ResourceDrift? Compare(ResourceRecord resource, IReadOnlySet<(string LogicalId, string Property)> hidden)
    {
        if (!services.Providers.Has(resource.Type) || services.Providers.Of(resource.Type) is not ILiveProvider provider)
        {
            return null;
        }

        var expected = services.Open(resource);
        foreach (var (name, _) in expected.Where(property => hidden.Contains((resource.LogicalId, property.Key)) || IsDynamic(property.Value)).ToList())
        {
            expected.Remove(name);
        }

        var actual = provider.Read(new PhysicalResource(resource.PhysicalId!, resource.Attributes), expected);
        var differences = actual is null ? [] : PropertyComparison.Differences(expected, actual).ToList();
        return new ResourceDrift(
            resource.LogicalId, resource.PhysicalId!, resource.Type,
            actual is null ? "DELETED" : differences.Count > 0 ? "MODIFIED" : "IN_SYNC",
            expected, actual is null ? null : Stated(expected, actual), differences, services.Time.GetUtcNow());
    }

    /// <summary>Of what is there, the properties that the template states.</summary>
    private static JsonObject Stated(JsonObject expected, JsonObject actual) =>
        new(expected.Where(property => actual[property.Key] is not null).Select(property => KeyValuePair.Create(property.Key, actual[property.Key]?.DeepClone())));

    /// <summary>A secret's value is neither compared nor shown.</summary>
    private static bool IsDynamic(JsonNode? value) => value?.ToJsonString().Contains("{{resolve:", StringComparison.Ordinal) == true;

    /// <summary>Properties that a NoEcho parameter is part of.</summary>
    private static HashSet<(string LogicalId, string Property)> HiddenProperties(StackRecord stack)
    {
        var template = Template.Parse(stack.Input!.TemplateBody);
        var parameters = template.Parameters.Where(parameter => parameter.NoEcho).Select(parameter => parameter.Name).ToHashSet(StringComparer.Ordinal);
        return [.. template.Resources.Values.SelectMany(resource => resource.Properties
            .Where(property => References.In(property.Value).Any(reference => parameters.Contains(reference.Name)))
            .Select(property => (resource.LogicalId, property.Key)))];
    }
}
