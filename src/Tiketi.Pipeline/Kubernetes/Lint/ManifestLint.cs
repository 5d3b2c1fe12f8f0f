namespace Tiketi.Pipeline.Kubernetes.Lint;

/// <summary>Checks manifests for what makes deployments drop requests, before anything is applied. docs/zero-downtime.md lists the rules.</summary>
public static class ManifestLint
{
    /// <summary>On an object: comma-separated ids of rules that it may break, for a reason that belongs in a comment beside it.</summary>
    public const string AllowAnnotation = "tiketi.io/lint-allow";

    /// <summary>All rules, in the order of the documentation.</summary>
    public static IReadOnlyList<LintRule> Rules { get; } =
    [
        TerminationRules.PreStop, TerminationRules.Grace, TerminationRules.Deregistration, TerminationRules.Signal,
        ProbeRules.Readiness, ProbeRules.Distinct, ProbeRules.Patience,
        AvailabilityRules.MaxUnavailable, AvailabilityRules.Replicas, AvailabilityRules.Budget, AvailabilityRules.BudgetAllows,
        AvailabilityRules.Spread, AvailabilityRules.Autoscaler,
        RoutingRules.Selector, RoutingRules.Backend, RoutingRules.Distinct, RoutingRules.ReadinessGate,
        PodRules.Resources, PodRules.Image, PodRules.History,
    ];

    /// <param name="manifests">Complete, as they would be applied.</param>
    /// <param name="isLocal">One node and no users: some rules only warn.</param>
    /// <param name="sources">The files behind the manifests, to name file and line.</param>
    public static IReadOnlyList<LintFinding> Check(ManifestSet manifests, bool isLocal, ManifestSources? sources = null)
    {
        var subject = new LintSubject(manifests);
        var allowed = manifests.Manifests.ToLookup(
            manifest => manifest.Key,
            manifest => manifest.Body.At("metadata", "annotations").Text(AllowAnnotation)?.Split(',', StringSplitOptions.TrimEntries) ?? []);
        return
        [
            .. from rule in Rules
               from hit in rule.Check(subject).Distinct()
               where !allowed[hit.Key].Any(ids => ids.Contains(rule.Id, StringComparer.Ordinal))
               select new LintFinding(rule, hit, rule.Severity(isLocal), sources?.Locate(hit.Key, hit.Field)),
        ];
    }

    /// <summary>As <see cref="Check"/>, for a run that must not go on with errors.</summary>
    /// <returns>The warnings.</returns>
    /// <exception cref="PipelineException">There are errors; each with object, field, file, line and the incident it prevents.</exception>
    public static IReadOnlyList<LintFinding> Require(ManifestSet manifests, bool isLocal, ManifestSources? sources = null)
    {
        var findings = Check(manifests, isLocal, sources);
        var errors = findings.Where(finding => finding.Severity == LintSeverity.Error).ToList();
        return errors.Count == 0
            ? findings
            : throw new PipelineException(
                "Deploying these manifests would drop requests:" + string.Concat(errors.Select(error => $"\n  {error}")),
                string.Join(' ', errors.Select(error => error.Rule.Remedy).Distinct())
                + $" An exception that is meant: annotation {AllowAnnotation}: RULE on the object.");
    }
}
