using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Tiketi.Pipeline.Kubernetes.Failures;

/// <summary>What is known of an object that does not become ready, gathered before anything is rolled back.</summary>
internal sealed record FailureEvidence
{
    private static readonly TimeSpan MatchLimit = TimeSpan.FromSeconds(1);

    public required ObjectKey Key { get; init; }

    /// <summary>The object itself, live.</summary>
    public required JsonObject Workload { get; init; }

    /// <summary>The pod that tells most; null where there is none.</summary>
    public JsonObject? Pod { get; init; }

    /// <summary>Of the pod, of the object, and of the pod's volume claims; oldest first.</summary>
    public IReadOnlyList<JsonObject> Events { get; init; } = [];

    /// <summary>Where the pod runs.</summary>
    public JsonObject? Node { get; init; }

    /// <summary>The last lines of the failing container: of its previous run where it crashed.</summary>
    public string Log { get; init; } = "";

    /// <summary>Container statuses, init containers first.</summary>
    private IEnumerable<JsonNode> Statuses => Pod.Items("status", "initContainerStatuses").Concat(Pod.Items("status", "containerStatuses"));

    /// <summary>A container that waits for one of these reasons, with words that match.</summary>
    public FailureSign? Waiting(string reasons, string pattern, params IReadOnlyList<string> field)
    {
        foreach (var status in Statuses.Where(status => Matches(status.Text("state", "waiting", "reason"), $"^({reasons})$")))
        {
            var message = status.Text("state", "waiting", "message") ?? "";
            // While a kubelet backs off it may only say that it does: the reason is in an event.
            var words = message.StartsWith("Back-off", StringComparison.Ordinal) ? $"{message} {EventText("Failed", "^Failed to pull image")}" : message;
            if (Matches(words, pattern))
            {
                return new(words.Trim(), Container(status.Text("name")!, field));
            }
        }

        return null;
    }

    /// <summary>A container that ended, and whose end looks like this.</summary>
    public FailureSign? Ended(Func<JsonNode, bool> looks, params IReadOnlyList<string> field) => Crash() is var (name, end) && looks(end)
        ? new($"container {name} ended with exit code {end.Number("exitCode")} ({end.Text("reason")}){Last(end)}", Container(name, field))
        : null;

    /// <summary>A container that ended, after it had written a line like this.</summary>
    public FailureSign? Logged(string pattern, params IReadOnlyList<string> field)
    {
        var line = Crash() is var (_, end) ? $"{Log}\n{end.Text("message")}".Split('\n').LastOrDefault(line => Matches(line, pattern)) : null;
        return line is null ? null : new(line.Trim(), Container(Crash()!.Value.Container, field));
    }

    /// <summary>As <see cref="Logged"/>; also a container that goes on running while its readiness probe fails, whatever the probe is answered with.</summary>
    public FailureSign? Complained(string pattern, params IReadOnlyList<string> field) => Logged(pattern, field)
        ?? (Crash() is null && Probed("Unhealthy", "^Readiness probe", field) is { } probe && Log.Split('\n').LastOrDefault(line => Matches(line, pattern)) is { } line
            ? probe with { Why = line.Trim() }
            : null);

    /// <summary>An event of this reason, with words that match.</summary>
    public FailureSign? Said(string reason, string pattern, params IReadOnlyList<string> field) =>
        EventText(reason, pattern) is { Length: > 0 } text ? new(text, PodField(field)) : null;

    /// <summary>As <see cref="Said"/>, about a field of the container that is not ready.</summary>
    public FailureSign? Probed(string reason, string pattern, params IReadOnlyList<string> field) =>
        Statuses.FirstOrDefault(status => status.Text("ready") != "true") is { } status && EventText(reason, pattern) is { Length: > 0 } text
            ? new(text, Container(status.Text("name")!, field))
            : null;

    /// <summary>The scheduler finds no node, for a reason that matches.</summary>
    public FailureSign? Unscheduled(string pattern, params IReadOnlyList<string> field)
    {
        var scheduled = Pod?.Condition("PodScheduled");
        return scheduled.Text("status") == "False" && scheduled.Text("message") is { } message && Matches(message, pattern)
            ? new(message, field is ["resources", ..] ? Container(Pod.Items("spec", "containers").FirstOrDefault().Text("name") ?? "0", field) : PodField(field))
            : null;
    }

    /// <summary>The object has this condition, or an event of this reason, with words that match: no pod could be made.</summary>
    public FailureSign? Refused(string pattern, FieldPath field)
    {
        var condition = Workload.Condition("ReplicaFailure");
        var words = condition.Text("status") == "True" ? condition.Text("message") : EventText("FailedCreate", ".");
        return words is { Length: > 0 } && Matches(words, pattern) ? new(words, field) : null;
    }

    /// <summary>A condition of the object itself.</summary>
    public FailureSign? Has(string type, string reason, FieldPath field) =>
        Workload.Condition(type) is { } condition && condition.Text("reason") == reason
            ? new(condition.Text("message") ?? reason, field)
            : null;

    /// <summary>The container that ended badly, and how it did; null where none has.</summary>
    public (string Container, JsonNode End)? Crash() => Statuses
        .Select(status => (Name: status.Text("name")!, End: status.At("state", "terminated") ?? status.At("lastState", "terminated"), Status: status))
        .Where(found => found.End is not null && found.Status.Text("ready") != "true" && (found.End.Number("exitCode") != 0 || found.Status.Text("state", "waiting", "reason") == "CrashLoopBackOff"))
        .Select(found => ((string, JsonNode)?)(found.Name, found.End!))
        .FirstOrDefault();

    public bool IsInit(string container) => Pod.Items("spec", "initContainers").Any(candidate => candidate.Text("name") == container);

    /// <summary>A field of the object's pods.</summary>
    public FieldPath PodField(params IReadOnlyList<string> steps) => FieldPath.Of([.. Key.Kind == "Pod" ? ["spec"] : (string[])["spec", "template", "spec"], .. steps]);

    /// <summary>A field of one container. "#name" as the only step finds where the container refers to the object of that name.</summary>
    public FieldPath Container(string name, IReadOnlyList<string> steps) =>
        PodField([IsInit(name) ? "initContainers" : "containers", $"[{name}]", .. steps]);

    /// <summary>Where a container reads a ConfigMap or Secret: <c>envFrom[1]</c> or <c>env[NAME]</c>.</summary>
    public FieldPath Reference(FieldPath container, string referred)
    {
        var name = container.Steps.Last(step => step.StartsWith('['))[1..^1];
        var spec = Pod.Items("spec", "initContainers").Concat(Pod.Items("spec", "containers")).FirstOrDefault(candidate => candidate.Text("name") == name);
        var from = spec.Items("envFrom").ToList().FindIndex(item => Mentions(item, referred));
        var variable = spec.Items("env").FirstOrDefault(item => Mentions(item, referred)).Text("name");
        return from >= 0 ? Container(name, ["envFrom", $"[{from}]"]) : variable is not null ? Container(name, ["env", $"[{variable}]"]) : container;
    }

    public string EventText(string reason, string pattern) => Events
        .Where(item => item.Text("reason") == reason && Matches(item.Text("message"), pattern))
        .Select(item => item.Text("message")!.Trim()).LastOrDefault() ?? "";

    public static bool Matches(string? text, string pattern) =>
        text is not null && Regex.IsMatch(text, pattern, RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture | RegexOptions.Singleline, MatchLimit);

    private static bool Mentions(JsonNode? node, string name) => node switch
    {
        JsonObject item => item.Text("name") == name && item.Count < 4 && item.Parent is not JsonArray || item.Any(pair => Mentions(pair.Value, name)),
        JsonArray items => items.Any(item => Mentions(item, name)),
        _ => false,
    };

    private static string Last(JsonNode end) => end.Text("message")?.TrimEnd().Split('\n')[^1] is { Length: > 0 } line ? $": {line}" : "";
}
