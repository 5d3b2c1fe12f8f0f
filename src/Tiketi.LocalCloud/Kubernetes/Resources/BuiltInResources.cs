using Tiketi.LocalCloud.Kubernetes.Schema;

namespace Tiketi.LocalCloud.Kubernetes.Resources;

/// <summary>The built-in kinds, in the order in which discovery lists their groups.</summary>
internal static class BuiltInResources
{
    private static readonly string[] AllCategory = ["all"];

    public static IReadOnlyList<ResourceDefinition> Table { get; } =
    [
        Core("Namespace", "namespaces", namespaced: false, "ns") with { HasStatus = true, Columns = ClusterColumns.Namespace },
        Core("Node", "nodes", namespaced: false, "no") with { HasStatus = true, Columns = ClusterColumns.Node },
        Core("Pod", "pods", true, "po") with { HasStatus = true, Categories = AllCategory, Columns = PodColumns.Pod },
        Core("Service", "services", true, "svc") with { HasStatus = true, Categories = AllCategory, Columns = NetworkColumns.Service },
        Core("Endpoints", "endpoints", true, "ep") with { Columns = NetworkColumns.Endpoints },
        Core("ConfigMap", "configmaps", true, "cm") with { Columns = ClusterColumns.ConfigMap },
        Core("Secret", "secrets", true) with { Columns = ClusterColumns.Secret },
        Core("ServiceAccount", "serviceaccounts", true, "sa") with { Columns = ClusterColumns.ServiceAccount },
        Core("Event", "events", true, "ev") with { Columns = ClusterColumns.Event },
        Core("PersistentVolumeClaim", "persistentvolumeclaims", true, "pvc") with { HasStatus = true, Columns = ClusterColumns.VolumeClaim },
        Core("PersistentVolume", "persistentvolumes", namespaced: false, "pv") with { HasStatus = true },
        Core("ResourceQuota", "resourcequotas", true, "quota") with { HasStatus = true },
        Core("LimitRange", "limitranges", true, "limits"),
        In("apps", "v1", "Deployment", "deployments", true, "deploy") with { HasStatus = true, HasScale = true, Categories = AllCategory, Columns = WorkloadColumns.Deployment },
        In("apps", "v1", "ReplicaSet", "replicasets", true, "rs") with { HasStatus = true, HasScale = true, Categories = AllCategory, Columns = WorkloadColumns.ReplicaSet },
        In("apps", "v1", "StatefulSet", "statefulsets", true, "sts") with { HasStatus = true, HasScale = true, Categories = AllCategory, Columns = WorkloadColumns.StatefulSet },
        In("apps", "v1", "DaemonSet", "daemonsets", true, "ds") with { HasStatus = true, Categories = AllCategory, Columns = WorkloadColumns.DaemonSet },
        In("apps", "v1", "ControllerRevision", "controllerrevisions", true) with { Columns = WorkloadColumns.ControllerRevision },
        In("autoscaling", "v2", "HorizontalPodAutoscaler", "horizontalpodautoscalers", true, "hpa") with { HasStatus = true, Categories = AllCategory, Columns = WorkloadColumns.Autoscaler },
        In("batch", "v1", "Job", "jobs", true) with { HasStatus = true, Categories = AllCategory, Columns = WorkloadColumns.Job },
        In("batch", "v1", "CronJob", "cronjobs", true, "cj") with { HasStatus = true, Categories = AllCategory, Columns = WorkloadColumns.CronJob },
        In("networking.k8s.io", "v1", "Ingress", "ingresses", true, "ing") with { HasStatus = true, Columns = NetworkColumns.Ingress },
        In("networking.k8s.io", "v1", "IngressClass", "ingressclasses", namespaced: false) with { Columns = NetworkColumns.IngressClass },
        In("networking.k8s.io", "v1", "NetworkPolicy", "networkpolicies", true, "netpol") with { Columns = NetworkColumns.NetworkPolicy },
        In("policy", "v1", "PodDisruptionBudget", "poddisruptionbudgets", true, "pdb") with { HasStatus = true, Columns = WorkloadColumns.DisruptionBudget },
        In("rbac.authorization.k8s.io", "v1", "ClusterRole", "clusterroles", namespaced: false) with { Columns = ClusterColumns.CreatedAt },
        In("rbac.authorization.k8s.io", "v1", "ClusterRoleBinding", "clusterrolebindings", namespaced: false) with { Columns = ClusterColumns.Binding },
        In("rbac.authorization.k8s.io", "v1", "Role", "roles", true) with { Columns = ClusterColumns.CreatedAt },
        In("rbac.authorization.k8s.io", "v1", "RoleBinding", "rolebindings", true) with { Columns = ClusterColumns.Binding },
        In("storage.k8s.io", "v1", "StorageClass", "storageclasses", namespaced: false, "sc") with { Columns = ClusterColumns.StorageClass },
        In("scheduling.k8s.io", "v1", "PriorityClass", "priorityclasses", namespaced: false, "pc") with { Columns = ClusterColumns.PriorityClass },
        In("coordination.k8s.io", "v1", "Lease", "leases", true) with { Columns = ClusterColumns.Lease },
        In("discovery.k8s.io", "v1", "EndpointSlice", "endpointslices", true) with { Columns = NetworkColumns.EndpointSlice },
        In("apiextensions.k8s.io", "v1", "CustomResourceDefinition", "customresourcedefinitions", namespaced: false, "crd", "crds") with { HasStatus = true, Columns = ClusterColumns.CreatedAt },
    ];

    private static ResourceDefinition Core(string kind, string plural, bool namespaced, params string[] shortNames) => In(string.Empty, "v1", kind, plural, namespaced, shortNames);

    private static ResourceDefinition In(string group, string version, string kind, string plural, bool namespaced, params string[] shortNames) =>
        new(group, version, kind, plural, namespaced, SchemaCatalog.Of(kind)) { ShortNames = shortNames };
}
