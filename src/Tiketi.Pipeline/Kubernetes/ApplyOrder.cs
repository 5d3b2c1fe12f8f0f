namespace Tiketi.Pipeline.Kubernetes;

/// <summary>What must exist before what. Objects of one level do not need each other and are applied at the same time.</summary>
internal static class ApplyOrder
{
    public const int Workloads = 4;

    public static int Level(string kind) => kind switch
    {
        "Namespace" or "CustomResourceDefinition" or "StorageClass" or "PriorityClass" or "IngressClass" => 0,
        "ServiceAccount" or "ClusterRole" or "Role" or "ResourceQuota" or "LimitRange" or "NetworkPolicy" or "PersistentVolume" => 1,
        "ConfigMap" or "Secret" or "ClusterRoleBinding" or "RoleBinding" or "PersistentVolumeClaim" => 2,
        "Service" or "PodDisruptionBudget" => 3,
        "Deployment" or "StatefulSet" or "DaemonSet" or "Job" or "CronJob" or "Pod" or "ReplicaSet" => Workloads,
        _ => 5, // Ingress, HorizontalPodAutoscaler and whatever a custom resource needs
    };
}
