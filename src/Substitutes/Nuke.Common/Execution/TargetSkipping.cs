using Nuke.Common.Parameters;

namespace Nuke.Common.Execution;

/// <summary>Leaves targets out before anything runs: by parameter, by static condition, and what only they need.</summary>
internal static class TargetSkipping
{
    /// <param name="plan">The plan, all of it scheduled.</param>
    /// <param name="skip">The names to skip; empty for everything not invoked; null for nothing.</param>
    public static void Apply(IReadOnlyCollection<ExecutableTarget> plan, IReadOnlyCollection<string>? skip)
    {
        if (skip != null)
        {
            foreach (var target in plan.Where(x => !x.Invoked && (skip.Count == 0 || skip.Any(name => TargetSelection.Find([x], name) != null))))
                Skip(plan, target, "skip parameter");
        }

        foreach (var target in plan.Where(x => x.Status == ExecutionStatus.Scheduled).ToList())
        {
            foreach (var (text, condition) in target.StaticConditions)
            {
                if (target.Status != ExecutionStatus.Scheduled || condition())
                    continue;
                target.OnlyWhen = text;
                Skip(plan, target, text);
            }
        }
    }

    private static void Skip(IReadOnlyCollection<ExecutableTarget> plan, ExecutableTarget target, string reason)
    {
        if (target.Status == ExecutionStatus.Skipped)
            return;
        target.Status = ExecutionStatus.Skipped;
        target.Skipped = reason;
        target.Reason = reason;
        if (target.DependencyBehavior == DependencyBehavior.Execute)
            return;
        foreach (var needed in target.ExecutionDependencies.Concat(target.Triggers).Where(x => !x.Invoked && x.Status == ExecutionStatus.Scheduled))
        {
            var others = plan.Where(x => x != target && x.Status == ExecutionStatus.Scheduled
                && (x.ExecutionDependencies.Contains(needed) || x.Triggers.Contains(needed)));
            if (!others.Any())
                Skip(plan, needed, $"because of {target.Name}");
        }
    }
}
