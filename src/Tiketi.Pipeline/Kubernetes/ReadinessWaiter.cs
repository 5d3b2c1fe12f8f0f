using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;

namespace Tiketi.Pipeline.Kubernetes;

/// <summary>Follows objects until they are ready or doomed. Polls: a list a second is cheap, and needs no recovery from lost watches.</summary>
internal sealed class ReadinessWaiter(ClusterApi api, TimeProvider time, ILogger log, ManifestSources? sources = null)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);
    private readonly Diagnosis _diagnosis = new(api, sources);
    private readonly WorkloadPods _pods = new(api);

    public async Task WaitAsync(IReadOnlyList<ObjectKey> keys, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var judge = new PodJudge(time);
        var pending = keys;
        string? reported = null;
        while (true)
        {
            var states = await Task.WhenAll(pending.Select(key => ExamineAsync(key, cancellationToken)));
            var waiting = states.Where(state => state.Readiness.State != ReadyState.Ready).ToList();
            if (waiting.Count == 0)
            {
                return;
            }

            await ThrowIfDoomedAsync(waiting, judge, cancellationToken);
            var progress = string.Join(", ", waiting.Select(state => $"{state.Key} ({state.Readiness.Reason})"));
            if (progress != reported)
            {
                log.LogInformation("Waiting for {Progress}", reported = progress);
            }

            if (time.GetElapsedTime(started) > timeout)
            {
                throw await ExplainTimeoutAsync(waiting, timeout, cancellationToken);
            }

            pending = [.. waiting.Select(state => state.Key)];
            await Task.Delay(Interval, time, cancellationToken);
        }
    }

    private async Task ThrowIfDoomedAsync(IReadOnlyList<State> waiting, PodJudge judge, CancellationToken cancellationToken)
    {
        var pods = await Task.WhenAll(waiting.Select(state => PodsAsync(state, cancellationToken)));
        foreach (var (state, own) in waiting.Zip(pods).Where(pair => pair.First.Readiness.State == ReadyState.Failed))
        {
            throw await _diagnosis.ExplainAsync(state.Key, state.Readiness.Reason, own, "Mend what its log and events name, then deploy again.", cancellationToken);
        }

        if (judge.Judge(pods.SelectMany(own => own)) is var (pod, failure))
        {
            var owner = waiting.Zip(pods).First(pair => pair.Second.Contains(pod)).First;
            throw await _diagnosis.ExplainAsync(owner.Key, failure, pod, cancellationToken);
        }
    }

    private async Task<PipelineException> ExplainTimeoutAsync(IReadOnlyList<State> waiting, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var first = waiting[0];
        var others = waiting.Count > 1 ? $" Nor are: {string.Join(", ", waiting.Skip(1).Select(state => state.Key))}." : "";
        return await _diagnosis.ExplainAsync(
            first.Key, $"not ready after {timeout.TotalSeconds:0} s: {first.Readiness.Reason}.{others}",
            await PodsAsync(first, cancellationToken), "Look at its events and readiness probe, or wait longer with --rollout-timeout MINUTES.", cancellationToken);
    }

    private async Task<State> ExamineAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        var live = await api.GetAsync(key, cancellationToken);
        return new State(key, live, live is null ? new Readiness(ReadyState.Progressing, "does not exist") : Readiness.Of(live));
    }

    private async Task<IReadOnlyList<JsonObject>> PodsAsync(State state, CancellationToken cancellationToken) =>
        state.Live is null ? [] : await _pods.OfAsync(state.Key, state.Live, cancellationToken);

    private sealed record State(ObjectKey Key, JsonObject? Live, Readiness Readiness);
}
