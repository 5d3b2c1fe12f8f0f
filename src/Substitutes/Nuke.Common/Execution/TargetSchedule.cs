namespace Nuke.Common.Execution;

/// <summary>
/// Decides which targets may start when: a state machine without threads or clock. Ask for <see cref="TakeReady"/>, run those,
/// report each with <see cref="Complete"/>, and repeat until <see cref="IsDone"/>.
/// </summary>
internal sealed class TargetSchedule
{
    private readonly IReadOnlyList<ExecutableTarget> _plan;
    private readonly IReadOnlyDictionary<ExecutableTarget, IReadOnlyCollection<ExecutableTarget>> _predecessors;
    private readonly int _parallelism;
    private readonly HashSet<ExecutableTarget> _waiting;
    private readonly HashSet<ExecutableTarget> _running = [];
    private readonly Dictionary<ExecutableTarget, int> _height;

    /// <param name="plan">In an order that respects all dependencies.</param>
    /// <param name="parallelism">How many targets run at the same time; 1 keeps exactly the order of the plan.</param>
    public TargetSchedule(IReadOnlyList<ExecutableTarget> plan, int parallelism)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(parallelism, 1);
        _plan = plan;
        _parallelism = parallelism;
        _predecessors = ExecutionPlanner.GetPredecessors(plan);
        _waiting = [.. plan];
        _height = GetHeights();
    }

    public bool IsDone => _waiting.Count == 0 && _running.Count == 0;

    /// <summary>Targets that run now.</summary>
    public IReadOnlyCollection<ExecutableTarget> Running => _running;

    /// <summary>Whether no two targets of the plan could ever run at the same time.</summary>
    public bool IsChain => _parallelism == 1 || _plan.Where(IsWork).Pairwise().All(x => IsBehind(x.Second, x.First));

    /// <summary>The targets that start now; the longest chain of dependents first when there are more than workers.</summary>
    public IReadOnlyList<ExecutableTarget> TakeReady()
    {
        var ready = _plan.Where(x => _waiting.Contains(x) && _predecessors[x].All(HasEnded));
        if (_parallelism > 1)
            ready = ready.OrderByDescending(x => _height[x]); // a stable sort, so the plan's order decides among equals
        var started = ready.Take(_parallelism - _running.Count).ToList();
        foreach (var target in started)
        {
            _waiting.Remove(target);
            _running.Add(target);
        }

        return started;
    }

    /// <summary>Takes note of how a started target ended, and returns the waiting ones that will therefore never run.</summary>
    public IReadOnlyList<(ExecutableTarget Target, string Reason)> Complete(ExecutableTarget target, bool succeeded)
    {
        if (!_running.Remove(target))
            throw new InvalidOperationException($"Target '{target.Name}' is not running");
        if (succeeded)
            return [];
        if (!target.ProceedAfterFailure)
            return Stop(because: target);

        return Drop(_waiting.Where(x => !x.AssuredAfterFailure && NeedsForExecution(x, target)), _ => $"needs {target.Name}, which failed");
    }

    /// <summary>Lets only assured targets start from now on.</summary>
    public IReadOnlyList<(ExecutableTarget Target, string Reason)> Stop(ExecutableTarget? because)
    {
        return Drop(
            _waiting.Where(x => !x.AssuredAfterFailure),
            x => because == null ? "the run was cancelled"
                : NeedsForExecution(x, because) ? $"needs {because.Name}, which failed"
                : $"{because.Name} failed");
    }

    private List<(ExecutableTarget Target, string Reason)> Drop(IEnumerable<ExecutableTarget> targets, Func<ExecutableTarget, string> getReason)
    {
        var dropped = targets.OrderBy(x => _plan.IndexOf(x)).Select(x => (x, getReason(x))).ToList();
        foreach (var (target, _) in dropped)
            _waiting.Remove(target);
        return dropped;
    }

    private bool HasEnded(ExecutableTarget target) => !_waiting.Contains(target) && !_running.Contains(target);

    private bool IsBehind(ExecutableTarget target, ExecutableTarget other) =>
        Reaches(target, other, x => _predecessors.GetValueOrDefault(x, []));

    private static bool NeedsForExecution(ExecutableTarget target, ExecutableTarget other) =>
        Reaches(target, other, x => x.ExecutionDependencies.Concat(x.TriggerDependencies));

    private static bool Reaches(ExecutableTarget from, ExecutableTarget to, Func<ExecutableTarget, IEnumerable<ExecutableTarget>> next)
    {
        var seen = new HashSet<ExecutableTarget>();
        var pending = new Stack<ExecutableTarget>(next(from));
        while (pending.TryPop(out var target))
        {
            if (target == to)
                return true;
            if (seen.Add(target))
            {
                foreach (var further in next(target))
                    pending.Push(further);
            }
        }

        return false;
    }

    private Dictionary<ExecutableTarget, int> GetHeights()
    {
        var heights = _plan.ToDictionary(x => x, _ => 0);
        foreach (var target in _plan.Reverse())
        {
            foreach (var predecessor in _predecessors[target])
                heights[predecessor] = Math.Max(heights[predecessor], heights[target] + 1);
        }

        return heights;
    }

    private static bool IsWork(ExecutableTarget target) => target.Actions.Count > 0 && target.Status != ExecutionStatus.Skipped;
}

file static class ScheduleExtensions
{
    public static IEnumerable<(T First, T Second)> Pairwise<T>(this IEnumerable<T> source) => source.Zip(source.Skip(1));

    public static int IndexOf<T>(this IReadOnlyList<T> list, T item)
        where T : class
    {
        for (var i = 0; i < list.Count; i++)
        {
            if (ReferenceEquals(list[i], item))
                return i;
        }

        return -1;
    }
}
