namespace Nuke.Common.Execution;

/// <summary>Chooses the targets of a run and puts them in an order that respects all dependencies.</summary>
internal static class ExecutionPlanner
{
    /// <summary>
    /// The invoked targets (the default ones if none is), what they depend on and what they trigger. Among targets without
    /// an order between them, the one declared first comes first.
    /// </summary>
    /// <exception cref="BuildInputException">There is a cycle, whether in the run or not.</exception>
    public static IReadOnlyList<ExecutableTarget> GetPlan(
        IReadOnlyList<ExecutableTarget> targets,
        IReadOnlyCollection<ExecutableTarget> invoked)
    {
        var ordered = Sort(targets);
        var planned = new HashSet<ExecutableTarget>();
        var pending = new Stack<ExecutableTarget>(invoked.Count > 0 ? invoked : targets.Where(x => x.IsDefault));
        while (pending.TryPop(out var target))
        {
            if (!planned.Add(target))
                continue;
            foreach (var needed in target.ExecutionDependencies.Concat(target.Triggers))
                pending.Push(needed);
        }

        return ordered.FindAll(planned.Contains);
    }

    /// <summary>
    /// For each planned target the planned ones that must end before it may start. An order through a target outside the
    /// plan counts too.
    /// </summary>
    public static IReadOnlyDictionary<ExecutableTarget, IReadOnlyCollection<ExecutableTarget>> GetPredecessors(
        IReadOnlyCollection<ExecutableTarget> plan)
    {
        var planned = plan.ToHashSet();
        var result = new Dictionary<ExecutableTarget, IReadOnlyCollection<ExecutableTarget>>();
        foreach (var target in plan)
        {
            var found = new HashSet<ExecutableTarget>();
            var seen = new HashSet<ExecutableTarget>();
            var pending = new Stack<ExecutableTarget>(target.AllDependencies);
            while (pending.TryPop(out var dependency))
            {
                if (!seen.Add(dependency))
                    continue;
                if (planned.Contains(dependency))
                {
                    found.Add(dependency);
                    continue;
                }

                foreach (var further in dependency.AllDependencies)
                    pending.Push(further);
            }

            result.Add(target, found);
        }

        return result;
    }

    private static List<ExecutableTarget> Sort(IReadOnlyList<ExecutableTarget> targets)
    {
        var open = targets.ToDictionary(x => x, x => x.AllDependencies.Count);
        var dependents = targets.ToDictionary(x => x, _ => new List<ExecutableTarget>());
        var index = new Dictionary<ExecutableTarget, int>();
        foreach (var target in targets)
        {
            index.Add(target, index.Count);
            foreach (var dependency in target.AllDependencies)
                dependents[dependency].Add(target);
        }

        var ready = new PriorityQueue<ExecutableTarget, int>();
        foreach (var target in targets.Where(x => open[x] == 0))
            ready.Enqueue(target, index[target]);

        var ordered = new List<ExecutableTarget>(targets.Count);
        while (ready.TryDequeue(out var target, out _))
        {
            ordered.Add(target);
            foreach (var dependent in dependents[target])
            {
                if (--open[dependent] == 0)
                    ready.Enqueue(dependent, index[dependent]);
            }
        }

        if (ordered.Count < targets.Count)
            throw new BuildInputException("Circular dependencies between targets:", FindCycles(targets.Except(ordered).ToList()));
        return ordered;
    }

    private static List<string> FindCycles(List<ExecutableTarget> remaining)
    {
        var cycles = new List<string>();
        var done = new HashSet<ExecutableTarget>();
        foreach (var start in remaining)
        {
            var path = new List<ExecutableTarget>();
            var target = start;
            // Every remaining target has a remaining dependency or is behind one, so following them ends in a cycle.
            while (target != null && !done.Contains(target) && !path.Contains(target))
            {
                path.Add(target);
                target = target.AllDependencies.FirstOrDefault(remaining.Contains);
            }

            if (target != null && path.Contains(target))
            {
                var cycle = path.SkipWhile(x => x != target).Append(target);
                cycles.Add(string.Join(" -> ", cycle.Select(x => x.Name)));
            }

            done.UnionWith(path);
        }

        return cycles;
    }
}
