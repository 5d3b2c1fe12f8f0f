namespace Tiketi.Pipeline.Infrastructure;

/// <summary>Holds a plan that somebody approved against what would be done now.</summary>
internal static class PlanComparison
{
    private const string Remedy = "Make a new plan, have it approved, and apply that one.";

    /// <summary>Refuses to go on when anything is different; a stack that has meanwhile become what was planned is no difference.</summary>
    /// <exception cref="PipelineException">Names each stack and what is different about it.</exception>
    public static void RequireSame(InfrastructurePlan approved, InfrastructurePlan current)
    {
        var differences = new List<string>();
        foreach (var name in approved.Stacks.Select(stack => stack.Name).Union(current.Stacks.Select(stack => stack.Name), StringComparer.Ordinal))
        {
            var (then, now) = (approved.Stacks.FirstOrDefault(stack => stack.Name == name), current.Stacks.FirstOrDefault(stack => stack.Name == name));
            differences.AddRange(then is null ? [$"{name}: is not in the plan"] : now is null ? [$"{name}: is in the plan, but the environment does without it now"] : Differences(then, now));
        }

        if (differences.Count > 0)
        {
            throw new PipelineException($"The plan is out of date, so nothing was changed:{string.Concat(differences.Select(one => $"{Environment.NewLine}  {one}"))}", Remedy);
        }
    }

    /// <summary>Refuses a replacement or deletion that the approved plan could not foresee, because it depended on other stacks.</summary>
    /// <exception cref="PipelineException">Names the resources.</exception>
    public static void RequireForeseen(StackPlan approved, StackPlan current)
    {
        var foreseen = approved.Changes.Where(IsRisk).Select(change => change.LogicalId).ToHashSet(StringComparer.Ordinal);
        var surprises = current.Changes.Where(IsRisk).Where(change => !foreseen.Contains(change.LogicalId)).ToList();
        if (surprises.Count > 0)
        {
            throw new PipelineException(
                $"Stack {current.StackName} was not changed: the plan did not foresee that {string.Join(" and ", surprises.Select(change => $"{change.LogicalId} {(change.Action == "Remove" ? "is deleted" : "is replaced")}"))}.",
                Remedy);
        }
    }

    private static bool IsRisk(PlannedChange change) => change.Action == "Remove" || change.Replacement is "True" or "Conditional";

    private static IEnumerable<string> Differences(StackPlan then, StackPlan now)
    {
        var found = new List<string>();
        if (then.Basis.Template != now.Basis.Template)
        {
            found.Add($"{now.Name}: infra/{now.Name}.yaml has changed since");
        }

        foreach (var name in then.Basis.Parameters.Keys.Union(now.Basis.Parameters.Keys, StringComparer.Ordinal))
        {
            var (before, after) = (then.Basis.Parameters.GetValueOrDefault(name), now.Basis.Parameters.GetValueOrDefault(name));

            // A stack that the plan was to make is there by now, and a step after ApplyInfra may have given it what it keeps.
            var wasMade = then.Basis.StackId is null && after == ParameterValue.Kept;
            if (before != after && before != ParameterValue.NotKnownYet && !wasMade)
            {
                found.Add($"{now.Name}: parameter {name} was {before ?? "not there"} and is {after ?? "not there"}");
            }
        }

        if (found.Count > 0 || now.Action == StackAction.None)
        {
            return found; // nothing left to do is what the plan wanted
        }

        if (State(then) != State(now))
        {
            return [$"{now.Name}: the stack was {State(then)} and is {State(now)}"];
        }

        // What could not be foreseen then cannot be compared; surprises are refused one by one.
        return then.FromTemplate || now.FromTemplate ? [] : Changes(then, now);
    }

    private static string State(StackPlan plan) => plan.Basis.StackId is null ? "not there"
        : $"{plan.Basis.Status}{(plan.Basis.ChangedAt is { } at ? $" of {at.UtcDateTime:yyyy-MM-dd HH:mm:ss}" : "")} ({plan.Basis.StackId[(plan.Basis.StackId.LastIndexOf('/') + 1)..]})";

    private static IEnumerable<string> Changes(StackPlan then, StackPlan now)
    {
        var (before, after) = (then.Changes.ToDictionary(change => change.LogicalId, Text, StringComparer.Ordinal), now.Changes.ToDictionary(change => change.LogicalId, Text, StringComparer.Ordinal));
        return before.Keys.Union(after.Keys, StringComparer.Ordinal)
            .Where(id => before.GetValueOrDefault(id) != after.GetValueOrDefault(id))
            .Select(id => $"{now.Name}: {id}: planned was {before.GetValueOrDefault(id, "nothing")}, now it would be {after.GetValueOrDefault(id, "nothing")}");
    }

    private static string Text(PlannedChange change) =>
        $"{change.Action}{(change.Replacement is "True" or "Conditional" ? " with replacement" : "")}"
        + $"{(change.Properties.Count == 0 ? "" : $" ({string.Join(", ", change.Properties.Select(property => $"{property.Path}: {property.Before ?? "-"} -> {property.After ?? "-"}"))})")}";
}
