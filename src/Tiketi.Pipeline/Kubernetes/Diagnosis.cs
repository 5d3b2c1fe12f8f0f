using System.Text;
using System.Text.Json.Nodes;
using Tiketi.Pipeline.Kubernetes.Failures;

namespace Tiketi.Pipeline.Kubernetes;

/// <summary>Turns an object that does not become ready into one exception: what, why, which manifest line, what to do, with the evidence.</summary>
internal sealed class Diagnosis(ClusterApi api, ManifestSources? sources = null)
{
    private const int ShownEvents = 5;

    private readonly EvidenceGatherer _gatherer = new(api);

    /// <param name="key">The workload.</param>
    /// <param name="reason">What is known without looking at pods.</param>
    /// <param name="pods">Its pods, newest version only.</param>
    /// <param name="remedy">Used where nothing names a better one.</param>
    /// <param name="cancellationToken">Ends the look-ups.</param>
    public Task<PipelineException> ExplainAsync(
        ObjectKey key, string reason, IReadOnlyList<JsonObject> pods, string remedy, CancellationToken cancellationToken)
    {
        var failing = pods.Select(pod => (Pod: pod, Failure: PodFailure.Find(pod))).FirstOrDefault(found => found.Failure is { Class: not FailureClass.NotReady });
        // Without a known failure, a pod that is not ready tells most.
        var pod = failing.Pod ?? pods.FirstOrDefault(candidate => Readiness.Of(candidate).State != ReadyState.Ready);
        return ExplainAsync(key, reason, failing.Failure, pod, remedy, cancellationToken);
    }

    /// <summary>As above, for a failure that is known already.</summary>
    public Task<PipelineException> ExplainAsync(ObjectKey key, PodFailure failure, JsonObject pod, CancellationToken cancellationToken) =>
        ExplainAsync(key, failure.Summary, failure, pod, failure.Remedy, cancellationToken);

    private async Task<PipelineException> ExplainAsync(
        ObjectKey key, string reason, PodFailure? failure, JsonObject? pod, string remedy, CancellationToken cancellationToken)
    {
        var container = failure?.Container
            ?? pod.Items("status", "containerStatuses").FirstOrDefault(status => status.Text("ready") != "true").Text("name")
            ?? pod.Items("spec", "containers").FirstOrDefault().Text("name") ?? "";
        var evidence = await _gatherer.GatherAsync(key, pod, container, failure?.Crashed == true, cancellationToken);
        var found = FailureCauses.Find(evidence);
        if (found?.Cause.Id == "wrong-platform")
        {
            failure = PodFailure.WrongPlatform(container); // the log may say so where the state does not
        }

        var message = new StringBuilder($"{key}: ");
        message.Append(failure is null ? reason : $"{(failure.Container is { } culprit ? $"container {culprit} of " : "")}pod {pod.Text("metadata", "name")} {failure.Summary}");
        if (found is var (cause, sign))
        {
            message.Append($"\n  cause: {cause.What} ({cause.Id})\n  why: {sign.Why.ReplaceLineEndings(" ")}");
            message.Append($"\n  set in: {key} {sign.Field}{(sources?.Locate(key, sign.Field) is { } line ? $" ({line})" : "")}");
        }

        AppendLines(message, "events:", [.. evidence.Events.Where(item => item.Text("type") == "Warning").TakeLast(ShownEvents).Select(item => $"{item.Text("reason")}: {item.Text("message")?.Trim()}")]);
        AppendLines(message, $"log of {pod.Text("metadata", "name")}/{container}:", evidence.Log.Split('\n'));
        return new PipelineException(message.ToString(), found?.Cause.Remedy ?? failure?.Remedy ?? remedy);
    }

    private static void AppendLines(StringBuilder message, string title, IReadOnlyList<string> lines)
    {
        if (lines.Any(line => line.Length > 0))
        {
            message.Append($"\n  {title}").Append(string.Concat(lines.Select(line => $"\n    {line}")));
        }
    }
}
