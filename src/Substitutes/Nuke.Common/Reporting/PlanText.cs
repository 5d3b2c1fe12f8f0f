using System.Text;
using Nuke.Common.Execution;

namespace Nuke.Common.Reporting;

/// <summary>What --plan prints: the tree of what needs what, and the steps.</summary>
internal static class PlanText
{
    public static string Create(IReadOnlyCollection<ExecutableTarget> plan)
    {
        var text = new StringBuilder();
        var needed = plan.SelectMany(x => x.ExecutionDependencies).ToHashSet();
        var shown = new HashSet<ExecutableTarget>();
        text.AppendLine("Plan:").AppendLine();
        foreach (var root in plan.Where(x => !needed.Contains(x)))
            AppendTree(text, root, "  ", "  ", plan, shown);

        text.AppendLine().AppendLine("Steps (the targets of a step can run at the same time):").AppendLine();
        var levels = GetLevels(plan);
        for (var level = 0; level <= levels.Values.DefaultIfEmpty(-1).Max(); level++)
            text.AppendLine($"  {level + 1}. {string.Join(", ", plan.Where(x => levels[x] == level).Select(GetTitle))}");
        return text.ToString();
    }

    /// <summary>For each target the length of the longest chain before it.</summary>
    public static IReadOnlyDictionary<ExecutableTarget, int> GetLevels(IReadOnlyCollection<ExecutableTarget> plan)
    {
        var predecessors = ExecutionPlanner.GetPredecessors(plan);
        var levels = new Dictionary<ExecutableTarget, int>();
        foreach (var target in plan)
            levels[target] = predecessors[target].Select(x => levels[x] + 1).DefaultIfEmpty().Max();
        return levels;
    }

    private static void AppendTree(
        StringBuilder text, ExecutableTarget target, string prefix, string childPrefix, IReadOnlyCollection<ExecutableTarget> plan, HashSet<ExecutableTarget> shown)
    {
        var first = shown.Add(target);
        var orders = target.OrderDependencies.Where(plan.Contains).Select(x => x.Name).ToList();
        var triggers = target.TriggerDependencies.Where(plan.Contains).Select(x => x.Name).ToList();
        text.Append(prefix).Append(GetTitle(target));
        if (!first && target.ExecutionDependencies.Count > 0)
            text.Append(" (see above)");
        if (first && orders.Count > 0)
            text.Append($"   after {string.Join(", ", orders)}");
        if (first && triggers.Count > 0)
            text.Append($"   triggered by {string.Join(", ", triggers)}");
        text.AppendLine();
        if (!first)
            return;
        var children = target.ExecutionDependencies.ToList();
        for (var i = 0; i < children.Count; i++)
        {
            var last = i == children.Count - 1;
            AppendTree(text, children[i], childPrefix + (last ? "└─ " : "├─ "), childPrefix + (last ? "   " : "│  "), plan, shown);
        }
    }

    private static string GetTitle(ExecutableTarget target) =>
        target.Status == ExecutionStatus.Skipped ? $"{target.Name} (skipped: {target.Reason})" : target.Name;
}
