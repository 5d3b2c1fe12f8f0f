using System.Text.Json.Nodes;

namespace Tiketi.Pipeline.Kubernetes.Lint;

/// <summary>The manifests as rules see them: what belongs together has been found.</summary>
public sealed class LintSubject
{
    private readonly ManifestSet _manifests;

    internal LintSubject(ManifestSet manifests)
    {
        _manifests = manifests;
        Services = Of("Service");
        Budgets = Of("PodDisruptionBudget");
        Autoscalers = Of("HorizontalPodAutoscaler");
        Workloads = [.. manifests.Manifests.Where(manifest => manifest.Key.Kind is "Deployment" or "StatefulSet").Select(manifest => new LintWorkload(manifest, this))];
    }

    internal IReadOnlyList<LintWorkload> Workloads { get; }

    /// <summary>Those that a Service sends requests to; rules on losing no request are theirs.</summary>
    internal IEnumerable<LintWorkload> Serving => Workloads.Where(workload => Services.Any(service => Selects(service, workload)));

    internal IReadOnlyList<Manifest> Services { get; }

    internal IReadOnlyList<Manifest> Budgets { get; }

    internal IReadOnlyList<Manifest> Autoscalers { get; }

    internal IReadOnlyList<Manifest> Of(string kind) => [.. _manifests.Manifests.Where(manifest => manifest.Key.Kind == kind)];

    /// <summary>The Ingresses that the AWS Load Balancer Controller serves, each with the Services behind it.</summary>
    internal IEnumerable<(Manifest Ingress, IReadOnlyList<Manifest> Services)> LoadBalancers => Of("Ingress")
        .Where(ingress => ingress.Body.Text("spec", "ingressClassName") == "alb")
        .Select(ingress => (ingress, (IReadOnlyList<Manifest>)[.. Services.Where(service => Backends(ingress).Any(backend => backend.Text("name") == service.Key.Name))]));

    /// <summary>Each <c>backend.service</c> of an Ingress.</summary>
    internal static IEnumerable<JsonNode> Backends(Manifest ingress) => ingress.Body.Items("spec", "rules")
        .SelectMany(rule => rule.Items("http", "paths")).Select(path => path.At("backend", "service"))
        .Append(ingress.Body.At("spec", "defaultBackend", "service")).OfType<JsonNode>();

    /// <summary>A Service's flat selector, or the matchLabels of anything else; selecting nothing selects no pod.</summary>
    internal static bool Selects(Manifest selecting, LintWorkload workload)
    {
        var selector = selecting.Key.Kind == "Service" ? selecting.Body.At("spec", "selector") : selecting.Body.At("spec", "selector", "matchLabels");
        return selecting.Key.Namespace == workload.Key.Namespace && Matches(selector, workload.Labels);
    }

    internal static bool Matches(JsonNode? selector, JsonNode? labels) =>
        selector is JsonObject { Count: > 0 } wanted && wanted.All(pair => pair.Value?.ToString() == labels.Text(pair.Key));
}

/// <summary>A Deployment or StatefulSet.</summary>
internal sealed class LintWorkload(Manifest manifest, LintSubject subject)
{
    public ObjectKey Key => manifest.Key;

    public JsonObject Body => manifest.Body;

    public JsonNode? Labels => Body.At("spec", "template", "metadata", "labels");

    public JsonNode? Pod => Body.At("spec", "template", "spec");

    /// <summary>Without init containers: those serve nobody.</summary>
    public IReadOnlyList<JsonNode> Containers => [.. Pod.Items("containers")];

    public Manifest? Autoscaler => subject.Autoscalers.FirstOrDefault(scaler =>
        (scaler.Body.Text("spec", "scaleTargetRef", "kind"), scaler.Body.Text("spec", "scaleTargetRef", "name")) == (Key.Kind, Key.Name));

    /// <summary>How many pods there are at least.</summary>
    public long Replicas => Autoscaler is { } scaler
        ? scaler.Body.At("spec", "minReplicas") is null ? 1 : scaler.Body.Number("spec", "minReplicas")
        : Body.At("spec", "replicas") is null ? 1 : Body.Number("spec", "replicas");

    /// <summary>Kubernetes' default: 30 s.</summary>
    public long Grace => Pod.At("terminationGracePeriodSeconds") is null ? 30 : Pod.Number("terminationGracePeriodSeconds");

    /// <summary>The longest pause, in seconds, that a container's preStop hook makes; null where it has none, or one that does something else.</summary>
    public static long? PreStop(JsonNode container)
    {
        var hook = container.At("lifecycle", "preStop");
        if (hook.At("sleep") is not null)
        {
            return hook.Number("sleep", "seconds");
        }

        var words = hook.Items("exec", "command").SelectMany(word => word.ToString().Split([' ', ';', '&'], StringSplitOptions.RemoveEmptyEntries)).ToList();
        var sleep = words.FindIndex(word => word is "sleep" or "/bin/sleep");
        return sleep >= 0 && long.TryParse(words.ElementAtOrDefault(sleep + 1)?.TrimEnd('s'), out var seconds) ? seconds : null;
    }

    public FieldPath Field(JsonNode container, params IReadOnlyList<string> steps) => FieldPath.OfContainer(container.Text("name") ?? "0", steps);

    public LintHit Hit(FieldPath field, string message) => new(Key, field, message);
}
