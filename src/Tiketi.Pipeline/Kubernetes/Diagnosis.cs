using System.Text;
using System.Text.Json.Nodes;

namespace Tiketi.Pipeline.Kubernetes;

/// <summary>Turns an object that does not become ready into one exception that holds the evidence.</summary>
internal sealed class Diagnosis(ClusterApi api)
{
    private const int LogLines = 20;
    private const int Events = 5;

    /// <param name="key">The workload.</param>
    /// <param name="reason">What is known without looking at pods.</param>
    /// <param name="pods">Its pods, newest version only.</param>
    /// <param name="remedy">Used where no pod names a better one.</param>
    /// <param name="cancellationToken">Ends the look-ups.</param>
    public async Task<PipelineException> ExplainAsync(
        ObjectKey key, string reason, IReadOnlyList<JsonObject> pods, string remedy, CancellationToken cancellationToken)
    {
        var failing = pods.Select(pod => (Pod: pod, Failure: PodFailure.Find(pod))).FirstOrDefault(found => found.Failure is { Class: not FailureClass.NotReady });
        // Without a known failure, a pod that is not ready tells most.
        var pod = failing.Pod ?? pods.FirstOrDefault(candidate => Readiness.Of(candidate).State != ReadyState.Ready);
        return pod is null
            ? new PipelineException($"{key}: {reason}", remedy)
            : await ExplainAsync(key, reason, failing.Failure, pod, remedy, cancellationToken);
    }

    /// <summary>As above, for a failure that is known already.</summary>
    public Task<PipelineException> ExplainAsync(ObjectKey key, PodFailure failure, JsonObject pod, CancellationToken cancellationToken) =>
        ExplainAsync(key, failure.Summary, failure, pod, failure.Remedy, cancellationToken);

    private async Task<PipelineException> ExplainAsync(
        ObjectKey key, string reason, PodFailure? failure, JsonObject pod, string remedy, CancellationToken cancellationToken)
    {
        var message = new StringBuilder($"{key}: {reason}");
        var name = pod.Text("metadata", "name")!;
        var container = failure?.Container ?? pod.Items("spec", "containers").FirstOrDefault().Text("name") ?? "";
        var log = await LogAsync(pod, container, failure?.Crashed == true, cancellationToken);
        failure = log?.Contains("exec format error", StringComparison.Ordinal) == true ? PodFailure.WrongPlatform(container) : failure;
        if (failure is not null)
        {
            message.Clear().Append($"{key}: {(failure.Container is { } culprit ? $"container {culprit} of " : "")}pod {name} {failure.Summary}");
        }

        await AppendEventsAsync(message, pod, cancellationToken);
        AppendLines(message, $"log of {name}/{container}:", log?.Split('\n') ?? []);
        return new PipelineException(message.ToString(), failure?.Remedy ?? remedy);
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

    private async Task AppendEventsAsync(StringBuilder message, JsonObject pod, CancellationToken cancellationToken)
    {
        var selector = Uri.EscapeDataString($"involvedObject.uid={pod.Text("metadata", "uid")}");
        var events = await api.ListAsync("v1", "Event", pod.Text("metadata", "namespace")!, $"fieldSelector={selector}", cancellationToken);
        var warnings = events.Where(item => item.Text("type") == "Warning")
            .OrderBy(item => item.Text("lastTimestamp") ?? item.Text("eventTime") ?? item.Text("metadata", "creationTimestamp"), StringComparer.Ordinal)
            .TakeLast(Events)
            .Select(item => $"{item.Text("reason")}: {item.Text("message")?.Trim()}");
        AppendLines(message, "events:", [.. warnings]);
    }

    private static void AppendLines(StringBuilder message, string title, IReadOnlyList<string> lines)
    {
        if (lines.Any(line => line.Length > 0))
        {
            message.Append($"\n  {title}").Append(string.Concat(lines.Select(line => $"\n    {line}")));
        }
    }
}
