namespace Tiketi.Pipeline.Kubernetes.Failures;

/// <summary>One reason why a workload does not become ready.</summary>
/// <param name="Id">Its name in messages and in docs/diagnosis.md.</param>
/// <param name="What">One sentence for people.</param>
/// <param name="Remedy">What to do about it.</param>
/// <param name="Recognize">Looks for its signs; null where there are none.</param>
internal sealed record FailureCause(string Id, string What, string Remedy, Func<FailureEvidence, FailureSign?> Recognize);

/// <summary>What gave a cause away.</summary>
/// <param name="Why">In the words of whoever said it: kubelet, scheduler, controller, the service's own log.</param>
/// <param name="Field">The manifest's field to look at.</param>
internal sealed record FailureSign(string Why, FieldPath Field);
