namespace Tiketi.Pipeline.Kubernetes.Lint;

/// <summary>What a finding means for the run.</summary>
public enum LintSeverity
{
    /// <summary>It is shown, and the run goes on.</summary>
    Warning,

    /// <summary>Nothing is applied.</summary>
    Error,
}

/// <summary>One thing that manifests must hold so that deployments drop no request.</summary>
/// <param name="Id">Its name in findings, in docs/zero-downtime.md and in the annotation that allows an exception.</param>
/// <param name="Incident">What happens in production without it.</param>
/// <param name="Remedy">What to write instead.</param>
/// <param name="Check">The places that break it.</param>
public sealed record LintRule(string Id, string Incident, string Remedy, Func<LintSubject, IEnumerable<LintHit>> Check)
{
    /// <summary>It matters only where there are several nodes or real users: on a laptop it is a warning.</summary>
    public bool IsLenientLocally { get; init; }

    public LintSeverity Severity(bool isLocal) => isLocal && IsLenientLocally ? LintSeverity.Warning : LintSeverity.Error;
}

/// <summary>A place that breaks a rule.</summary>
/// <param name="Key">The object.</param>
/// <param name="Field">The field that is wrong or missing.</param>
/// <param name="Message">What it is, and what it should be.</param>
public sealed record LintHit(ObjectKey Key, FieldPath Field, string Message);

/// <summary>A broken rule, ready to be shown.</summary>
/// <param name="Rule">The rule.</param>
/// <param name="Hit">What breaks it.</param>
/// <param name="Severity">Here and now.</param>
/// <param name="Location">"k8s/base/backend.yaml:17", where the manifests' files are known.</param>
public sealed record LintFinding(LintRule Rule, LintHit Hit, LintSeverity Severity, string? Location)
{
    public override string ToString() =>
        $"{Hit.Key} {Hit.Field}{(Location is null ? "" : $" ({Location})")}: {Hit.Message}. Otherwise: {Rule.Incident} [{Rule.Id}]";
}
