namespace Tiketi.Pipeline.Kubernetes.Failures;

/// <summary>It runs and is not ready, or the object is no pod's owner at all.</summary>
internal static class ReadinessCauses
{
    public static readonly FailureCause[] All =
    [
        new("load-balancer-target", "The load balancer does not find the pod healthy.", "Let the Ingress's healthcheck-path answer 200, and the load balancer's security group reach the pods.",
            it => it.Pod.Items("status", "conditions").FirstOrDefault(condition => condition.Text("type")?.StartsWith("target-health.", StringComparison.Ordinal) == true && condition.Text("status") != "True") is { } gate
                ? new(gate.Text("message") ?? gate.Text("reason") ?? "the target is not healthy", it.PodField("readinessGates"))
                : null),
        new("probe-refused", "Nothing listens on the port that its readiness probe asks.", "Correct the probe's port, or let the service listen on it, on all addresses and not only on localhost.",
            it => Last(it, "connection refused|no route to host")),
        new("probe-status", "Its readiness probe is answered with an error: it runs, and says that it is not ready.", "Open the probe's path: it tells which dependency is missing; a 404 means that the path is wrong.",
            it => Last(it, "statuscode: [345]")),
        new("probe-timeout", "Its readiness probe is not answered in time.", "Raise timeoutSeconds, or see what keeps it busy (its CPU limit?).",
            it => Last(it, "deadline exceeded|timed out|timeout")),
        new("probe-failed", "Its readiness probe fails.", "Look at its log and at what the probe asks for.",
            it => Last(it, ".")),
        new("job-failed", "The Job failed as often as it may.", "Read its pod's log, mend the cause, and deploy again.",
            it => it.Has("Failed", "BackoffLimitExceeded", FieldPath.Of("spec", "backoffLimit"))),
        new("job-deadline", "The Job took longer than it may.", "Raise activeDeadlineSeconds, or see in its log what it waits for.",
            it => it.Has("Failed", "DeadlineExceeded", FieldPath.Of("spec", "activeDeadlineSeconds"))),
        new("claim-pending", "The volume claim gets no volume.", "Name a storage class that exists (kubectl get storageclass), and install its driver (on EKS the EBS CSI add-on).",
            it => it.Key.Kind == "PersistentVolumeClaim" && (Any(it, "ProvisioningFailed") ?? Any(it, "FailedBinding")) is { } why ? new(why, FieldPath.Of("spec", "storageClassName")) : null),
        new("selector-mismatch", "The Service selects no pod, so that requests to it fail.", "Let spec.selector repeat the labels of the pod template.",
            it => it.Key.Kind == "Service" && it.Workload.Text("spec", "type") != "LoadBalancer" ? new($"no pod has {it.Workload.At("spec", "selector")?.ToJsonString()}", FieldPath.Of("spec", "selector")) : null),
        new("load-balancer-failed", "The load balancer's controller cannot make what the Ingress or Service asks for.", "Correct what the event names: certificate, subnets (tags kubernetes.io/role/elb), security groups, the controller's role.",
            it => it.Key.Kind is "Ingress" or "Service" && (Any(it, "FailedBuildModel") ?? Any(it, "FailedDeployModel") ?? Any(it, "SyncLoadBalancerFailed")) is { } why ? new(why, FieldPath.Of("metadata", "annotations")) : null),
        new("load-balancer-absent", "Nobody serves the Ingress or Service: it gets no address.", "Install the AWS Load Balancer Controller, or correct ingressClassName (kubectl get ingressclass).",
            it => it.Key.Kind is "Ingress" or "Service" ? new("no address, and no controller has said a word", FieldPath.Of("spec", it.Key.Kind == "Ingress" ? "ingressClassName" : "type")) : null),
        new("no-progress", "The Deployment made no progress within its deadline.", "See its pods' log and events; raise progressDeadlineSeconds for services that start slowly.",
            it => it.Has("Progressing", "ProgressDeadlineExceeded", FieldPath.Of("spec", "progressDeadlineSeconds"))),
    ];

    /// <summary>The readiness probe's last failure, if its words match: that a probe was refused while the service started says nothing later on.</summary>
    private static FailureSign? Last(FailureEvidence it, string pattern) =>
        it.Probed("Unhealthy", "^Readiness probe", "readinessProbe") is { } sign && FailureEvidence.Matches(sign.Why, pattern) ? sign : null;

    private static string? Any(FailureEvidence it, string reason) => it.EventText(reason, ".") is { Length: > 0 } text ? text : null;
}
