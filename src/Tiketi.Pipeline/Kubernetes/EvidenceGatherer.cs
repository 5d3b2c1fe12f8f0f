using System.Text.Json.Nodes;
using Tiketi.Pipeline.Kubernetes.Failures;

namespace Tiketi.Pipeline.Kubernetes;

/// <summary>Reads what tells why an object is not ready, before a rollback removes it.</summary>
internal sealed class EvidenceGatherer(ClusterApi api)
{
    private const int LogLines = 20;

    /// <param name="key">The object.</param>
    /// <param name="pod">Its pod that tells most; null where there is none.</param>
    /// <param name="container">The pod's container to read the log of.</param>
    /// <param name="crashed">It ran and ended, so that the log of its previous run says why.</param>
    /// <param name="cancellationToken">Ends the look-ups.</param>
    public async Task<FailureEvidence> GatherAsync(ObjectKey key, JsonObject? pod, string container, bool crashed, CancellationToken cancellationToken)
    {
        var live = await api.GetAsync(key, cancellationToken) ?? [];
        var space = key.Namespace ?? "default";
        var claims = await ClaimsAsync(pod, space, cancellationToken);
        var events = new List<JsonObject>();
        foreach (var uid in claims.Append(live).Append(pod).Select(item => item.Text("metadata", "uid")).OfType<string>().Distinct(StringComparer.Ordinal))
        {
            events.AddRange(await api.ListAsync("v1", "Event", space, $"fieldSelector={Uri.EscapeDataString($"involvedObject.uid={uid}")}", cancellationToken));
        }

        return new FailureEvidence
        {
            Key = key,
            Workload = live,
            Pod = pod,
            Node = pod.Text("spec", "nodeName") is { Length: > 0 } node ? await api.GetAsync(new ObjectKey("v1", "Node", null, node), cancellationToken) : null,
            Events = [.. events.OrderBy(Time, StringComparer.Ordinal)],
            Log = pod is null ? "" : await LogAsync(pod, container, crashed, cancellationToken) ?? "",
        };
    }

    private static string? Time(JsonObject item) => item.Text("lastTimestamp") ?? item.Text("eventTime") ?? item.Text("metadata", "creationTimestamp");

    private async Task<IReadOnlyList<JsonObject>> ClaimsAsync(JsonObject? pod, string space, CancellationToken cancellationToken)
    {
        var names = pod.Items("spec", "volumes").Select(volume => volume.Text("persistentVolumeClaim", "claimName")).OfType<string>();
        var claims = await Task.WhenAll(names.Select(name => api.GetAsync(new ObjectKey("v1", "PersistentVolumeClaim", space, name), cancellationToken)));
        return [.. claims.OfType<JsonObject>()];
    }

    private async Task<string?> LogAsync(JsonObject pod, string container, bool crashed, CancellationToken cancellationToken)
    {
        var (space, name) = (pod.Text("metadata", "namespace")!, pod.Text("metadata", "name")!);
        // The current container of a crash loop may have been started this moment; what ended before it said why.
        var previous = crashed ? await api.LogAsync(space, name, container, previous: true, LogLines, cancellationToken) : null;
        if (!string.IsNullOrEmpty(previous))
        {
            return previous;
        }

        var current = await api.LogAsync(space, name, container, previous: false, LogLines, cancellationToken);
        return string.IsNullOrEmpty(current) ? LastWords(pod, container) : current;
    }

    /// <summary>What the kubelet keeps of a container's end in the pod's status; there even when the node's logs cannot be read.</summary>
    private static string? LastWords(JsonObject pod, string container)
    {
        var status = pod.Items("status", "initContainerStatuses").Concat(pod.Items("status", "containerStatuses"))
            .FirstOrDefault(candidate => candidate.Text("name") == container);
        var message = status.Text("lastState", "terminated", "message") ?? status.Text("state", "terminated", "message");
        return message is null ? null : string.Join('\n', message.TrimEnd().Split('\n').TakeLast(LogLines));
    }
}
