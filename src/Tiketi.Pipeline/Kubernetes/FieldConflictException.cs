using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Tiketi.Pipeline.Kubernetes;

/// <summary>Fields of one object that another manager owns with other values. Becomes one <see cref="PipelineException"/> for all objects.</summary>
internal sealed partial class FieldConflictException(string subject, IReadOnlyList<string> conflicts) : Exception($"{subject}: {string.Join(", ", conflicts)}")
{
    /// <summary>The conflict that a server-side apply met, or null where the answer is another kind of conflict.</summary>
    public static FieldConflictException? Of(string subject, JsonNode? status)
    {
        var causes = status.Items("details", "causes").Where(cause => cause.Text("reason") == "FieldManagerConflict").Select(Describe).ToList();
        return causes.Count == 0 ? null : new FieldConflictException(subject, causes);
    }

    public static PipelineException Explain(IEnumerable<FieldConflictException> conflicts) => new(
        "Other managers own fields that the manifests set (conflict):" + string.Concat(conflicts.Select(conflict => $"\n  {conflict.Message}")),
        "Stop them from writing these fields, leave the fields out of k8s/, or take them over with --force-conflicts.");

    /// <summary>A cause reads: conflict with "kubectl-edit" using v1 at 2026-01-01T00:00:00Z</summary>
    private static string Describe(JsonNode cause) =>
        Manager().Match(cause.Text("message") ?? "") is { Success: true } match
            ? $"{cause.Text("field")} is owned by {match.Groups["name"].Value}"
            : $"{cause.Text("field")}: {cause.Text("message")}";

    [GeneratedRegex("conflict with \"(?<name>[^\"]+)\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Manager();
}
