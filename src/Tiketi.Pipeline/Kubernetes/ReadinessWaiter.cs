using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;

namespace Tiketi.Pipeline.Kubernetes;

/// <summary>Follows objects until they are ready or doomed. Polls: a list a second is cheap, and needs no recovery from lost watches.</summary>
internal sealed class ReadinessWaiter(ClusterApi api, TimeProvider time, ILogger log)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);
    private readonly Diagnosis _diagnosis = new(api);

    public async Task WaitAsync(IReadOnlyList<ObjectKey> keys, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var failingSince = new Dictionary<string, long>(StringComparer.Ordinal);
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

            await ThrowIfDoomedAsync(waiting, failingSince, cancellationToken);
            var progress = string.Join(", ", waiting.Select(state => $"{state.Key} ({state.Readiness.Reason})"));
            if (progress != reported)
            {
                log.LogInformation("Waiting for {Progress}", reported = progress);
            }

            if (time.GetElapsedTime(started) > timeout)
            {
                var first = waiting[0];
                var others = waiting.Count > 1 ? $" Nor are: {string.Join(", ", waiting.Skip(1).Select(state => state.Key))}." : "";
                throw await _diagnosis.ExplainAsync(
                    first.Key, $"not ready after {timeout.TotalSeconds:0} s: {first.Readiness.Reason}.{others}",
                    await PodsAsync(first, cancellationToken), "Look at its events and readiness probe, or wait longer with --rollout-timeout MINUTES.", cancellationToken);
            }

            pending = [.. waiting.Select(state => state.Key)];
            await Task.Delay(Interval, time, cancellationToken);
        }
    }

    private async Task ThrowIfDoomedAsync(IReadOnlyList<State> waiting, Dictionary<string, long> failingSince, CancellationToken cancellationToken)
    {
        var failingNow = new HashSet<string>(StringComparer.Ordinal);
        foreach (var state in waiting.Where(state => state.Live is not null))
        {
            var pods = await PodsAsync(state, cancellationToken);
            if (state.Readiness.State == ReadyState.Failed)
            {
                throw await _diagnosis.ExplainAsync(state.Key, state.Readiness.Reason, pods, "Mend what its log and events name, then deploy again.", cancellationToken);
            }

            foreach (var pod in pods)
            {
                if (PodFailure.Find(pod) is not { } failure)
                {
                    continue;
                }

                var id = $"{pod.Text("metadata", "uid")}/{failure.Container}";
                failingNow.Add(id);
                failingSince.TryAdd(id, time.GetTimestamp());
                if (time.GetElapsedTime(failingSince[id]) >= failure.Grace)
                {
                    throw await _diagnosis.ExplainAsync(state.Key, failure.Summary, [pod], failure.Remedy, cancellationToken);
                }
            }
        }

        foreach (var recovered in failingSince.Keys.Where(id => !failingNow.Contains(id)).ToList())
        {
            failingSince.Remove(recovered);
        }
    }

    private async Task<State> ExamineAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        var live = await api.GetAsync(key, cancellationToken);
        return new State(key, live, live is null ? new Readiness(ReadyState.Progressing, "does not exist") : Readiness.Of(live));
    }

    /// <summary>The workload's pods; of a Deployment only those of its newest version: the old one's troubles do not count.</summary>
    private async Task<IReadOnlyList<JsonObject>> PodsAsync(State state, CancellationToken cancellationToken)
    {
        var (live, space) = (state.Live, state.Key.Namespace ?? "default");
        switch (state.Key.Kind)
        {
            case "Pod" when live is not null:
                return [live];
            case "Deployment" when live is not null:
                var revision = live.At("metadata", "annotations").Text("deployment.kubernetes.io/revision");
                var sets = await api.ListAsync("apps/v1", "ReplicaSet", space, "", cancellationToken);
                var newest = sets.FirstOrDefault(set =>
                    IsOwnedBy(set, live) && set.At("metadata", "annotations").Text("deployment.kubernetes.io/revision") == revision);
                return newest is null ? [] : await OwnedPodsAsync(newest, space, cancellationToken);
            case "StatefulSet" or "DaemonSet" or "ReplicaSet" or "Job" when live is not null:
                return await OwnedPodsAsync(live, space, cancellationToken);
            default:
                return [];
        }
    }

    private async Task<IReadOnlyList<JsonObject>> OwnedPodsAsync(JsonObject owner, string space, CancellationToken cancellationToken) =>
        [.. (await api.ListAsync("v1", "Pod", space, "", cancellationToken)).Where(pod => IsOwnedBy(pod, owner))];

    private static bool IsOwnedBy(JsonObject item, JsonObject owner) =>
        item.Items("metadata", "ownerReferences").Any(reference => reference.Text("uid") == owner.Text("metadata", "uid"));

    private sealed record State(ObjectKey Key, JsonObject? Live, Readiness Readiness);
}
