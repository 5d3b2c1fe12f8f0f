using Nuke.Common.Execution;
using Nuke.Common.Tests.Planning;
using Tiketi.Benchmarks.Measuring;

namespace Tiketi.Benchmarks.Figures;

/// <summary>
/// How long a run takes that is scheduled by the engine, against what no scheduler can beat: the critical path. Durations are
/// counted, not waited for; of 1,000 seeded graphs the one counts where ours is furthest behind.
/// </summary>
internal sealed class ParallelMakespan() : Figure("parallel-makespan")
{
    private const int Graphs = 1000;

    public override Task<Measurement> MeasureAsync(CancellationToken cancellationToken)
    {
        var worst = Enumerable.Range(0, Graphs)
            .Select(seed => RandomGraph.Create(seed))
            .Select(graph => (Ours: Makespan(graph), Peer: graph.CriticalPath))
            .MaxBy(pair => pair.Ours / pair.Peer);
        return Task.FromResult(new Measurement(worst.Ours, worst.Peer, "", Goal.AtMostTimesPeer(1.05)));
    }

    private static double Makespan(RandomGraph graph)
    {
        var schedule = new TargetSchedule(graph.Targets, parallelism: graph.Targets.Count);
        var running = new PriorityQueue<ExecutableTarget, double>();
        var now = 0d;
        while (true)
        {
            foreach (var target in schedule.TakeReady())
            {
                running.Enqueue(target, now + graph.Durations[target]);
            }

            if (schedule.IsDone)
            {
                return now;
            }

            if (!running.TryDequeue(out var ended, out now))
            {
                throw new InvalidOperationException("The schedule is not done, but nothing runs.");
            }

            schedule.Complete(ended, succeeded: true);
        }
    }
}
