namespace Tiketi.Pipeline.Kubernetes.Failures;

/// <summary>There is no pod, or no node for it.</summary>
internal static class PlacementCauses
{
    private static readonly FieldPath Replicas = FieldPath.Of("spec", "replicas");

    public static readonly FailureCause[] All =
    [
        new("claim-missing", "The volume claim that the pod names does not exist.", "Add the PersistentVolumeClaim, or correct claimName.",
            it => it.Unscheduled("persistentvolumeclaim \".*\" not found", "volumes")),
        new("claim-unbound", "The pod's volume claim has no volume.", "Look at the claim: its storage class must exist, and a CSI driver (on EKS the EBS add-on) must serve it.",
            it => it.Unscheduled("unbound immediate PersistentVolumeClaims|volume node affinity conflict|available persistent volumes", "volumes")),
        new("node-selector", "No node has the labels that the pod asks for.", "Correct nodeSelector or affinity, or label the node group.",
            it => it.Unscheduled("didn't match (Pod's )?node (affinity|selector)", "nodeSelector")),
        new("node-taint", "All nodes have taints that the pod does not tolerate.", "Add a toleration, or wait: a new node is tainted until it is ready.",
            it => it.Unscheduled("untolerated taint|had taint|didn't tolerate", "tolerations")),
        new("pod-affinity", "Its rules on other pods (affinity, spread) leave no node.", "Loosen podAffinity or set whenUnsatisfiable: ScheduleAnyway, or add nodes.",
            it => it.Unscheduled("pod (anti-)?affinity|topology spread", "affinity")),
        new("too-many-pods", "The nodes run as many pods as they may.", "Add nodes, or larger ones: on EKS the limit comes from the addresses of the instance type.",
            it => it.Unscheduled("Too many pods")),
        new("no-room", "No node has the CPU or memory that the pod requests.", "Add nodes (MaxSize of the node group) or lower resources.requests.",
            it => it.Unscheduled("Insufficient (cpu|memory|ephemeral-storage)", "resources", "requests")),
        new("no-node", "The cluster has no node that takes pods.", "Look at the node group (ApplyInfra, aws eks describe-nodegroup); kubectl get nodes shows cordoned ones.",
            it => it.Unscheduled("no nodes available|were unschedulable|0/0 nodes")),
        new("unschedulable", "The scheduler finds no node.", "See its words above.", it => it.Unscheduled("")),
        new("quota-exceeded", "The namespace's quota allows no further pod.", "Raise the ResourceQuota, or ask for less; a rollout needs room for one pod more.",
            it => it.Refused("exceeded quota|must specify (limits|requests)", Replicas)),
        new("pod-security", "The namespace's security standard forbids such a pod.", "Set the securityContext that the message asks for.",
            it => it.Refused("violates PodSecurity|PodSecurityPolicy|unable to validate against any", it.PodField("securityContext"))),
        new("webhook", "An admission webhook denies the pod, or does not answer.", "Mend the webhook's service (kubectl get validatingwebhookconfigurations,mutatingwebhookconfigurations).",
            it => it.Refused("webhook", it.PodField())),
        new("service-account-missing", "The pod's ServiceAccount does not exist.", "Add it, or correct serviceAccountName.",
            it => it.Refused("service ?account .*not found|serviceaccount \".*\" not found", it.PodField("serviceAccountName"))),
        new("pod-refused", "The API server refuses the pod.", "Correct the pod template.", it => it.Refused(".", it.PodField())),
        new("evicted", "The node threw the pod out because it ran short of memory or disk.", "Raise requests to what it really uses, or add nodes.",
            it => it.Pod.Text("status", "reason") == "Evicted" ? new(it.Pod.Text("status", "message") ?? "evicted", it.PodField("containers")) : null),
        new("node-lost", "The pod's node is not ready.", "Look at the node (kubectl describe node); a node group replaces it in some minutes.",
            it => it.Node?.Condition("Ready") is { } ready && ready.Text("status") != "True" ? new($"node {it.Node.Text("metadata", "name")}: {ready.Text("message") ?? ready.Text("reason")}", it.PodField()) : null),
    ];
}
