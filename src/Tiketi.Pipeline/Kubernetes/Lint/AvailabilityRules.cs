using System.Text.Json.Nodes;

namespace Tiketi.Pipeline.Kubernetes.Lint;

/// <summary>Enough pods at every moment: while rolling, while a node is drained, when a zone is lost.</summary>
internal static class AvailabilityRules
{
    public static readonly LintRule MaxUnavailable = new(
        "max-unavailable-zero",
        "a rollout ends old pods before new ones are ready, and what is left is overrun (with one replica: nothing is left).",
        "Set strategy.rollingUpdate to {maxUnavailable: 0, maxSurge: 1}.",
        subject => from workload in subject.Serving
                   where workload.Key.Kind == "Deployment"
                   let strategy = workload.Body.At("spec", "strategy")
                   let allowed = strategy.Text("type") == "Recreate" ? "all (Recreate)" : strategy.Text("rollingUpdate", "maxUnavailable") ?? "25% (the default)"
                   where allowed.TrimEnd('%') != "0"
                   select workload.Hit(FieldPath.Of("spec", "strategy", "rollingUpdate", "maxUnavailable"), $"{allowed} of the pods may be missing during a rollout"));

    public static readonly LintRule Replicas = new(
        "two-replicas",
        "one crash, one drained node or one slow start is an outage: there is no second pod.",
        "Set replicas (or the autoscaler's minReplicas) to 2 or more.",
        subject => from workload in subject.Serving
                   where workload.Replicas < 2
                   select workload.Autoscaler is { } scaler
                       ? new LintHit(scaler.Key, FieldPath.Of("spec", "minReplicas"), $"{workload.Key} may go down to {workload.Replicas} pod")
                       : workload.Hit(FieldPath.Of("spec", "replicas"), $"{workload.Replicas} pod"))
    {
        IsLenientLocally = true,
    };

    public static readonly LintRule Budget = new(
        "disruption-budget",
        "draining nodes for an upgrade evicts all pods of a service at the same time.",
        "Add a PodDisruptionBudget with minAvailable: 1 that selects the pods; exactly one, as the eviction API refuses pods with two.",
        subject => from workload in subject.Serving
                   let budgets = subject.Budgets.Count(budget => LintSubject.Selects(budget, workload))
                   where budgets != 1
                   select workload.Hit(FieldPath.Of("spec", "template", "metadata", "labels"), $"{budgets} PodDisruptionBudgets select its pods"))
    {
        IsLenientLocally = true,
    };

    public static readonly LintRule BudgetAllows = new(
        "budget-lets-go",
        "no node can be drained any more: upgrades of the node group hang until somebody deletes the budget in a hurry.",
        "Let the budget give at least one pod up: minAvailable below the replicas, or maxUnavailable: 1.",
        subject => from budget in subject.Budgets
                   from workload in subject.Workloads.Where(workload => LintSubject.Selects(budget, workload))
                   let kept = Kept(budget.Body.At("spec"), workload.Replicas)
                   where kept >= workload.Replicas
                   select new LintHit(budget.Key, FieldPath.Of("spec", budget.Body.At("spec", "minAvailable") is null ? "maxUnavailable" : "minAvailable"), $"keeps {kept} of the {workload.Replicas} pods of {workload.Key}"))
    {
        IsLenientLocally = true,
    };

    public static readonly LintRule Spread = new(
        "topology-spread",
        "all pods of a service land in one zone or on one node, and go down with it.",
        "Add a topologySpreadConstraint over topology.kubernetes.io/zone whose labelSelector matches the pods.",
        subject => from workload in subject.Serving
                   where workload.Replicas > 1 && workload.Pod.At("affinity", "podAntiAffinity") is null
                       && !workload.Pod.Items("topologySpreadConstraints").Any(constraint => LintSubject.Matches(constraint.At("labelSelector", "matchLabels"), workload.Labels))
                   select workload.Hit(FieldPath.OfPod("topologySpreadConstraints"), "nothing spreads its pods over zones"))
    {
        IsLenientLocally = true,
    };

    public static readonly LintRule Autoscaler = new(
        "autoscaler-target",
        "the autoscaler knows no utilisation, never scales, and the first rush of buyers meets the smallest number of pods.",
        "Name an existing workload in scaleTargetRef, and give its containers resources.requests of what is measured.",
        subject => from scaler in subject.Autoscalers
                   let target = subject.Workloads.FirstOrDefault(workload => workload.Autoscaler == scaler)
                   let measured = scaler.Body.Items("spec", "metrics").Select(metric => metric.Text("resource", "name")).OfType<string>()
                   let lacking = measured.FirstOrDefault(name => target is not null && target.Containers.Any(container => container.At("resources", "requests", name) is null))
                   where target is null || lacking is not null
                   select target is null
                       ? new LintHit(scaler.Key, FieldPath.Of("spec", "scaleTargetRef", "name"), $"there is no {scaler.Body.Text("spec", "scaleTargetRef", "kind")}/{scaler.Body.Text("spec", "scaleTargetRef", "name")}")
                       : target.Hit(FieldPath.OfPod("containers"), $"{scaler.Key} measures {lacking}, and a container requests none"));

    /// <summary>How many pods an eviction must leave, percentages rounded up as the controller does.</summary>
    private static long Kept(JsonNode? spec, long replicas) => spec.At("minAvailable") is not null
        ? Count(spec.Text("minAvailable")!, replicas)
        : replicas - Count(spec.Text("maxUnavailable") ?? "0", replicas);

    private static long Count(string text, long replicas) => text.EndsWith('%')
        ? (long)Math.Ceiling(replicas * double.Parse(text[..^1]) / 100)
        : long.Parse(text);
}
