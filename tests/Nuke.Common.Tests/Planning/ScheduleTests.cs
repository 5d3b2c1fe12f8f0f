using Nuke.Common.Execution;
using Assert = Xunit.Assert;

namespace Nuke.Common.Tests.Planning;

/// <summary>The parallel schedule on 1,000 random graphs, with a clock that the test moves.</summary>
public sealed class ScheduleTests
{
    private const int Graphs = 1000;

    [Fact]
    public void RandomGraphs_WithUnlimitedWorkers_TakeAsLongAsTheirCriticalPath()
    {
        for (var seed = 0; seed < Graphs; seed++)
        {
            var graph = RandomGraph.Create(seed);
            var makespan = Simulate(graph, parallelism: graph.Targets.Count);
            makespan.Should().BeLessThanOrEqualTo(graph.CriticalPath * 1.05, "seed {0}", seed);
        }
    }

    [Fact]
    public void RandomGraphs_WithFewWorkers_StayWithinTheBoundOfListScheduling()
    {
        for (var seed = 0; seed < Graphs; seed++)
        {
            var graph = RandomGraph.Create(seed);
            var workers = 1 + (seed % 6);
            // Graham: no worker idles while something is ready.
            var bound = (graph.TotalWork / workers) + ((1 - (1d / workers)) * graph.CriticalPath);
            Simulate(graph, workers).Should().BeLessThanOrEqualTo(bound + 1e-9, "seed {0}", seed);
        }
    }

    [Fact]
    public void OneWorker_KeepsTheOrderOfThePlan()
    {
        for (var seed = 0; seed < 100; seed++)
        {
            var graph = RandomGraph.Create(seed);
            var order = new List<ExecutableTarget>();
            Simulate(graph, parallelism: 1, order.Add);
            order.Should().Equal(graph.Targets);
        }
    }

    [Fact]
    public void AfterAFailure_NothingStarts_ThatIsNotAssured()
    {
        for (var seed = 0; seed < Graphs; seed++)
        {
            var graph = RandomGraph.Create(seed);
            var failing = graph.Targets[seed % graph.Targets.Count];
            foreach (var assured in graph.Targets.Where((_, i) => i % 7 == 3))
                assured.AssuredAfterFailure = true;
            var failed = false;
            var dropped = new List<ExecutableTarget>();
            var started = new List<ExecutableTarget>();
            Simulate(
                graph,
                parallelism: 3,
                target =>
                {
                    started.Add(target);
                    if (failed)
                        target.AssuredAfterFailure.Should().BeTrue("seed {0}", seed);
                },
                target => !(failed |= target == failing),
                dropped);
            started.Concat(dropped).ToHashSet().SetEquals(graph.Targets).Should().BeTrue("seed {0}", seed);
        }
    }

    [Fact]
    public void AFailureThatProceeds_DropsExactlyItsDependents()
    {
        for (var seed = 0; seed < Graphs; seed++)
        {
            var graph = RandomGraph.Create(seed);
            var failing = graph.Targets[seed % graph.Targets.Count];
            failing.ProceedAfterFailure = true;
            var dropped = new List<ExecutableTarget>();
            Simulate(graph, parallelism: 4, _ => { }, target => target != failing, dropped);
            dropped.ToHashSet().SetEquals(graph.Targets.Where(x => graph.Needs(x, failing))).Should().BeTrue("seed {0}", seed);
        }
    }

    private static double Simulate(
        RandomGraph graph,
        int parallelism,
        Action<ExecutableTarget>? onStart = null,
        Func<ExecutableTarget, bool>? succeeds = null,
        List<ExecutableTarget>? dropped = null)
    {
        var schedule = new TargetSchedule(graph.Targets, parallelism);
        var now = 0d;
        var running = new PriorityQueue<ExecutableTarget, double>();
        var ended = new HashSet<ExecutableTarget>();
        while (true)
        {
            foreach (var target in schedule.TakeReady())
            {
                // Everything before it must have ended or been dropped.
                Assert.True(target.AllDependencies.All(ended.Contains), $"{target} started before something that it depends on");
                onStart?.Invoke(target);
                running.Enqueue(target, now + graph.Durations[target]);
            }

            Assert.True(schedule.Running.Count <= parallelism, "more running than there are workers");
            if (schedule.IsDone)
                return now;
            Assert.True(running.TryDequeue(out var next, out now), "a schedule that is not done must have something running");
            ended.Add(next!);
            foreach (var (target, _) in schedule.Complete(next!, succeeds?.Invoke(next!) ?? true))
            {
                ended.Add(target);
                dropped?.Add(target);
            }
        }
    }
}
