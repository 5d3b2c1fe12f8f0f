namespace Tiketi.Pipeline.Kubernetes.Failures;

/// <summary>All causes, what tells most first. docs/diagnosis.md lists them.</summary>
internal static class FailureCauses
{
    public static IReadOnlyList<FailureCause> All { get; } =
        [.. ImageCauses.All, .. StartCauses.All, .. CrashCauses.All, .. PlacementCauses.All, .. ReadinessCauses.All];

    /// <summary>The first cause whose signs are there, or null.</summary>
    public static (FailureCause Cause, FailureSign Sign)? Find(FailureEvidence evidence) => All
        .Select(cause => (Cause: cause, Sign: cause.Recognize(evidence)))
        .Where(found => found.Sign is not null)
        .Select(found => ((FailureCause, FailureSign)?)(found.Cause, found.Sign!))
        .FirstOrDefault();
}
