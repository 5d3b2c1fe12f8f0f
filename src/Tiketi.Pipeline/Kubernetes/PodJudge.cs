using System.Text.Json.Nodes;

namespace Tiketi.Pipeline.Kubernetes;

/// <summary>
/// Tells a doomed pod from a hiccup: a trouble counts once it has lasted, round after round, as long as its kind may take to
/// pass by itself. One judge for one wait; ask it about all pods in every round.
/// </summary>
internal sealed class PodJudge(TimeProvider time)
{
    private readonly Dictionary<string, string> _pullErrors = new(StringComparer.Ordinal);
    private Dictionary<string, long> _since = new(StringComparer.Ordinal);

    /// <summary>The first pod that will not come up by itself, or null.</summary>
    public (JsonObject Pod, PodFailure Failure)? Judge(IEnumerable<JsonObject> pods)
    {
        var now = time.GetTimestamp();
        var since = new Dictionary<string, long>(StringComparer.Ordinal);
        (JsonObject Pod, PodFailure Failure)? verdict = null;
        foreach (var pod in pods)
        {
            if (PodFailure.Find(Remember(pod)) is not { } failure)
            {
                continue;
            }

            var id = $"{pod.Text("metadata", "uid")}/{failure.Container}/{failure.Class}";
            since[id] = _since.GetValueOrDefault(id, now);
            if (time.GetElapsedTime(since[id], now) >= failure.Grace)
            {
                verdict ??= (pod, failure);
            }
        }

        _since = since; // whatever is not failing any more starts afresh
        return verdict;
    }

    /// <summary>
    /// While a kubelet backs off it only says that it does (before 1.31): why the pull failed is what it said before.
    /// </summary>
    private JsonObject Remember(JsonObject pod)
    {
        var uid = pod.Text("metadata", "uid");
        JsonObject? completed = null;
        foreach (var (list, index, status) in Statuses(pod))
        {
            var id = $"{uid}/{status.Text("name")}";
            switch (status.Text("state", "waiting", "reason"))
            {
                case "ErrImagePull":
                    _pullErrors[id] = status.Text("state", "waiting", "message") ?? "";
                    break;
                case "ImagePullBackOff" when _pullErrors.TryGetValue(id, out var error):
                    completed ??= (JsonObject)pod.DeepClone();
                    completed["status"]![list]![index]!["state"]!["waiting"]!["message"] = error;
                    break;
            }
        }

        return completed ?? pod;
    }

    private static IEnumerable<(string List, int Index, JsonNode Status)> Statuses(JsonObject pod) =>
        new[] { "initContainerStatuses", "containerStatuses" }.SelectMany(list => pod.Items("status", list).Select((status, index) => (list, index, status)));
}
