using System.Text.Json.Nodes;

namespace Tiketi.Pipeline.Kubernetes.Lint;

/// <summary>Requests find pods, and only the right ones.</summary>
internal static class RoutingRules
{
    private const string GateLabel = "elbv2.k8s.aws/pod-readiness-gate-inject";

    public static readonly LintRule Selector = new(
        "service-selects-pods",
        "the Service has no endpoints, and everything behind it answers 503.",
        "Let spec.selector repeat labels of the pod template, and targetPort a containerPort or its name.",
        subject => from service in subject.Services
                   where service.Body.Text("spec", "type") != "ExternalName" && service.Body.At("spec", "selector") is not null
                   let pods = subject.Workloads.Where(workload => LintSubject.Selects(service, workload)).ToList()
                   from hit in pods.Count == 0
                       ? [new LintHit(service.Key, FieldPath.Of("spec", "selector"), $"selects no pod: {service.Body.At("spec", "selector")!.ToJsonString()}")]
                       : pods.SelectMany(workload => Closed(service, workload))
                   select hit);

    public static readonly LintRule Backend = new(
        "ingress-backend",
        "requests of that path are answered with 503 (an AWS load balancer refuses the whole Ingress).",
        "Name a Service of the overlay and one of its ports.",
        subject => from ingress in subject.Of("Ingress")
                   from backend in LintSubject.Backends(ingress)
                   let service = subject.Services.FirstOrDefault(service => service.Key.Name == backend.Text("name") && service.Key.Namespace == ingress.Key.Namespace)
                   where service is null || !service.Body.Items("spec", "ports").Any(port =>
                       backend.At("port", "name") is null ? port.Number("port") == backend.Number("port", "number") : port.Text("name") == backend.Text("port", "name"))
                   select new LintHit(ingress.Key, FieldPath.Of("spec", "rules"), $"there is no Service {backend.Text("name")} with port {backend.Text("port", "name") ?? backend.Text("port", "number")}"));

    public static readonly LintRule Distinct = new(
        "distinct-selectors",
        "a Service mixes the pods of two workloads, and half of its requests reach the wrong one; two Deployments with the same labels delete each other's pods.",
        "Give the pods of each workload a label of their own and select by it.",
        subject => from service in subject.Services
                   let selected = subject.Workloads.Where(workload => LintSubject.Selects(service, workload)).Select(workload => workload.Key.ToString()).ToList()
                   where selected.Count > 1
                   select new LintHit(service.Key, FieldPath.Of("spec", "selector"), $"selects the pods of {string.Join(" and ", selected)}"));

    public static readonly LintRule ReadinessGate = new(
        "alb-readiness-gate",
        "a new pod counts as ready before the load balancer has registered it, the old one is ended meanwhile, and users get 502 or 503.",
        $"Label the Namespace {GateLabel}: enabled; the AWS Load Balancer Controller then lets a pod be ready only once its target is healthy.",
        subject => from balancer in subject.LoadBalancers
                   where balancer.Ingress.Body.At("metadata", "annotations").Text("alb.ingress.kubernetes.io/target-type") == "ip"
                   from space in subject.Of("Namespace")
                   where space.Key.Name == balancer.Ingress.Key.Namespace && space.Body.At("metadata", "labels").Text(GateLabel) != "enabled"
                   select new LintHit(space.Key, FieldPath.Of("metadata", "labels", GateLabel), "no readiness gate for the load balancer's targets"));

    private static IEnumerable<LintHit> Closed(Manifest service, LintWorkload workload)
    {
        var open = workload.Containers.SelectMany(container => container.Items("ports")).ToList();
        return from port in service.Body.Items("spec", "ports")
               let target = port.Text("targetPort") ?? port.Text("port")
               where !open.Any(candidate => candidate.Text("name") == target || candidate.Text("containerPort") == target)
               select new LintHit(service.Key, FieldPath.Of("spec", "ports", $"[{port.Text("name") ?? "0"}]", "targetPort"), $"{workload.Key} opens no port {target}");
    }
}
