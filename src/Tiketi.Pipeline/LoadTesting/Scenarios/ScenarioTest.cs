using Microsoft.Extensions.Logging;
using Tiketi.Pipeline.LoadTesting.Queues;

namespace Tiketi.Pipeline.LoadTesting.Scenarios;

/// <summary>What a scenario measured.</summary>
/// <param name="Scenario">As it was read.</param>
/// <param name="All">All requests together, with the thresholds, the queue's included.</param>
/// <param name="Steps">Each step of each flow, by "FLOW: METHOD PATH".</param>
/// <param name="NotCleanedUp">Clean-up requests that failed: what they should have removed is still there.</param>
/// <param name="Queue">What became of those who waited; null in a scenario of flows.</param>
public sealed record ScenarioResult(
    Scenario Scenario, LoadTestResult All, IReadOnlyList<(string Name, LoadTestResult Result)> Steps, long NotCleanedUp, QueueResult? Queue = null);

/// <summary>Sends visitors through a scenario.</summary>
public sealed class ScenarioTest(TimeProvider time, ILogger<ScenarioTest> logger)
{
    /// <param name="scenario">What to do.</param>
    /// <param name="api">The API's address.</param>
    /// <param name="timeout">Of one request.</param>
    /// <param name="progress">Told every second how far the test is.</param>
    /// <param name="cancellationToken">Ends the test; what its visitors have made is still cleaned up.</param>
    /// <returns>Of a test that is cancelled, what was measured until then.</returns>
    /// <exception cref="OperationCanceledException">Cancelled before there was anything to measure.</exception>
    /// <exception cref="PipelineException">Nothing answers at the address.</exception>
    public async Task<ScenarioResult> RunAsync(
        Scenario scenario, Uri api, TimeSpan timeout, IProgress<LoadProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        var request = new LoadTestRequest { Url = api, Model = scenario.Model, Timeout = timeout, Thresholds = scenario.Thresholds, Progress = progress };
        using (var probe = new LoadClient(request, 1))
        using (var deadline = new RequestDeadline(timeout, cancellationToken))
        {
            await probe.ProbeAsync(deadline);
        }

        logger.LogInformation("{Scenario}: {Model}", scenario.Name, scenario.Model);
        var timeline = new LoadTimeline(time);
        using var client = new ScenarioClient(scenario, api, timeout, timeline, time);
        return scenario.Queue is { } queue
            ? await RunQueueAsync(new QueueRun(queue, client, api, timeout, time))
            : await RunFlowsAsync(Turns(scenario.Flows));

        async Task<ScenarioResult> RunQueueAsync(QueueRun run)
        {
            await using var telling = LoadProgress.Tell(timeline, request, time, () => run.Activity);
            var outcome = await run.RunAsync(request, cancellationToken);
            var result = Result();
            return result with
            {
                All = result.All.IsAborted ? result.All : result.All with { Thresholds = [.. result.All.Thresholds, .. outcome.Thresholds] },
                Steps = [.. result.Steps, ("queue: until admitted", outcome.Waiting)],
                Queue = outcome,
            };
        }

        async Task<ScenarioResult> RunFlowsAsync(ScenarioFlow[] turns)
        {
            await using var telling = LoadProgress.Tell(timeline, request, time);
            await new LoadDriver(timeout, time).RunUntilCancelledAsync(scenario.Model, (planned, deadline) => VisitAsync(turns, planned, deadline), cancellationToken);
            return Result();
        }

        ScenarioResult Result() => client.Result(request, isAborted: cancellationToken.IsCancellationRequested);

        async Task VisitAsync(ScenarioFlow[] turns, long planned, RequestDeadline deadline)
        {
            var (number, values) = client.NewVisitor();
            var flow = turns[number % turns.Length];
            client.Began(planned);
            try
            {
                foreach (var step in flow.Steps)
                {
                    if (await client.StepAsync(step, planned, values, deadline) is not null)
                    {
                        break;
                    }

                    planned = time.GetTimestamp();
                }
            }
            finally
            {
                await client.CleanUpAsync(flow.CleanUp, flow.Steps, values);
            }
        }
    }

    /// <summary>Flows in the order of visitors: each as often as its weight says, spread as evenly as can be, the same in every run.</summary>
    private static ScenarioFlow[] Turns(IReadOnlyList<ScenarioFlow> flows)
    {
        var total = flows.Sum(flow => flow.Weight);
        var credit = flows.ToDictionary(flow => flow, _ => 0L);
        return [.. Enumerable.Range(0, total).Select(_ =>
        {
            foreach (var flow in flows)
            {
                credit[flow] += flow.Weight;
            }

            var next = flows.MaxBy(flow => credit[flow])!;
            credit[next] -= total;
            return next;
        })];
    }
}
