using Nuke.Common.Execution;

namespace Nuke.Common.Tests.Planning;

/// <summary>A random acyclic graph with durations.</summary>
internal sealed record RandomGraph(IReadOnlyList<ExecutableTarget> Targets, IReadOnlyDictionary<ExecutableTarget, double> Durations)
{
    public double TotalWork => Durations.Values.Sum();

    public double CriticalPath
    {
        get
        {
            var ends = new Dictionary<ExecutableTarget, double>();
            foreach (var target in Targets)
                ends[target] = target.AllDependencies.Select(x => ends[x]).DefaultIfEmpty().Max() + Durations[target];
            return ends.Values.Max();
        }
    }

    public static RandomGraph Create(int seed)
    {
        var random = new Random(seed);
        var targets = Enumerable.Range(0, random.Next(2, 25)).Select(x => new ExecutableTarget { Name = $"T{x}", Actions = [() => { }] }).ToList();
        var density = random.NextDouble() * 0.4;
        for (var i = 0; i < targets.Count; i++)
        {
            for (var j = 0; j < i; j++)
            {
                if (random.NextDouble() < density)
                    (random.Next(3) == 0 ? targets[i].OrderDependencies : targets[i].ExecutionDependencies).Add(targets[j]);
            }
        }

        return new RandomGraph(targets, targets.ToDictionary(x => x, _ => 0.1 + (random.NextDouble() * 10)));
    }

    public bool Needs(ExecutableTarget target, ExecutableTarget other) =>
        target.ExecutionDependencies.Any(x => x == other || Needs(x, other));
}
