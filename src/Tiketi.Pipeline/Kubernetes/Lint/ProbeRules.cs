using System.Text.Json.Nodes;

namespace Tiketi.Pipeline.Kubernetes.Lint;

/// <summary>A pod that comes, or is ill: asked when it can answer, and restarted only when that helps.</summary>
internal static class ProbeRules
{
    private static readonly string[] Handlers = ["httpGet", "tcpSocket", "exec", "grpc"];

    public static readonly LintRule Readiness = new(
        "readiness-probe",
        "a new pod is sent requests the moment its process exists, before it listens: each rollout answers some of them with 502, and a broken version counts as rolled out.",
        "Give the container a readinessProbe that asks what it needs to serve.",
        subject => from pair in Probed(subject)
                   where pair.Container.At("readinessProbe") is null
                   select pair.Workload.Hit(pair.Workload.Field(pair.Container, "readinessProbe"), "no readinessProbe"));

    public static readonly LintRule Distinct = new(
        "probes-distinct",
        "when a dependency is away, liveness fails with readiness and restarts every pod of every service: a short outage becomes a long one.",
        "Let liveness ask only whether the process answers, readiness also for what it depends on: two paths.",
        subject => from pair in Probed(subject)
                   where Handler(pair.Container.At("livenessProbe")) is { } alive && alive == Handler(pair.Container.At("readinessProbe"))
                   select pair.Workload.Hit(pair.Workload.Field(pair.Container, "livenessProbe"), "liveness and readiness ask the same"));

    public static readonly LintRule Patience = new(
        "liveness-patience",
        "a pause that readiness would have bridged (a long collection, a full CPU) restarts the pod, and its load tips the next one over.",
        "Let liveness take longer to fail (periodSeconds x failureThreshold) than readiness does.",
        subject => from pair in Probed(subject)
                   let alive = pair.Container.At("livenessProbe")
                   let ready = pair.Container.At("readinessProbe")
                   where alive is not null && ready is not null && Window(alive) < Window(ready)
                   select pair.Workload.Hit(pair.Workload.Field(pair.Container, "livenessProbe"), $"liveness gives up after {Window(alive)} s, readiness only after {Window(ready)} s"));

    private static IEnumerable<(LintWorkload Workload, JsonNode Container)> Probed(LintSubject subject) =>
        from workload in subject.Serving
        from container in workload.Containers
        where container.Items("ports").Any()
        select (workload, container);

    private static string? Handler(JsonNode? probe) => Handlers.Select(name => probe.At(name)?.ToJsonString()).FirstOrDefault(text => text is not null);

    /// <summary>How long a failing probe goes on before it acts, in seconds. Kubernetes' defaults: every 10 s, 3 times.</summary>
    private static long Window(JsonNode probe) => Or(probe, "periodSeconds", 10) * Or(probe, "failureThreshold", 3);

    private static long Or(JsonNode probe, string name, long otherwise) => probe.Number(name) is > 0 and var value ? value : otherwise;
}
