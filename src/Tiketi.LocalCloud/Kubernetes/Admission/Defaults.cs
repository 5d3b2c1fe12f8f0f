using System.Text.Json.Nodes;
using Tiketi.LocalCloud.Kubernetes.Resources;

namespace Tiketi.LocalCloud.Kubernetes.Admission;

/// <summary>The values that the API server fills in for the kinds that it runs.</summary>
internal static class Defaults
{
    public static void Apply(ResourceDefinition resource, JsonObject body)
    {
        body["apiVersion"] = resource.ApiVersion;
        body["kind"] = resource.Kind;
        if (resource.IsCustom)
        {
            return;
        }

        switch (resource.Plural)
        {
            case "pods":
                PodDefaults.Apply(body.Ensure("spec"), isPod: true);
                body.Ensure("status").Default("phase", "Pending");
                body.Ensure("status").Default("qosClass", PodDefaults.QosClass(body));
                break;
            case "deployments":
                Deployment(body.Ensure("spec"));
                body.Ensure("status");
                break;
            case "replicasets":
                body.Ensure("spec").Default("replicas", 1);
                Template(body.Ensure("spec"));
                body.Ensure("status").Default("replicas", 0);
                break;
            case "statefulsets":
                StatefulSet(body.Ensure("spec"));
                body.Ensure("status").Default("replicas", 0);
                break;
            case "daemonsets":
                DaemonSet(body.Ensure("spec"));
                break;
            case "jobs":
                JobDefaults.Apply(body);
                break;
            case "cronjobs":
                CronJob(body.Ensure("spec"));
                body.Ensure("status");
                break;
            case "services":
                Service(body);
                break;
            case "secrets":
                Secret(body);
                break;
            case "namespaces":
                if (!body.IsDeleting())
                {
                    body.Ensure("spec").Default("finalizers", new JsonArray("kubernetes"));
                }

                body.Ensure("metadata", "labels")["kubernetes.io/metadata.name"] = body.Name();
                body.Ensure("status").Default("phase", "Active");
                break;
            case "horizontalpodautoscalers":
                body.Ensure("spec").Default("minReplicas", 1);
                body.Ensure("status").Default("desiredReplicas", 0);
                break;
            case "networkpolicies":
                var spec = body.Ensure("spec");
                spec.Default("podSelector", new JsonObject());
                foreach (var port in spec.Items("ingress").Concat(spec.Items("egress")).SelectMany(rule => rule.Items("ports")))
                {
                    port.Default("protocol", "TCP");
                }

                spec.Default("policyTypes", spec["egress"] is null ? new JsonArray("Ingress") : new JsonArray("Ingress", "Egress"));
                break;
            case "persistentvolumeclaims":
                body.Ensure("spec").Default("volumeMode", "Filesystem");
                body.Ensure("status").Default("phase", "Pending");
                break;
            case "storageclasses":
                body.Default("reclaimPolicy", "Delete");
                body.Default("volumeBindingMode", "Immediate");
                break;
            case "limitranges":
                foreach (var limit in body.Items("spec", "limits").Where(limit => limit.Text("type") == "Container"))
                {
                    foreach (var (name, value) in limit.TextMap("default"))
                    {
                        limit.Ensure("defaultRequest").Default(name, value);
                    }
                }

                break;
            case "ingresses":
                body.Ensure("status", "loadBalancer");
                break;
            case "priorityclasses":
                body.Default("preemptionPolicy", "PreemptLowerPriority");
                break;
            case "customresourcedefinitions":
                CustomResource(body);
                break;
        }
    }

    private static void Template(JsonObject spec) => PodDefaults.Apply(spec.Ensure("template", "spec"), isPod: false);

    private static void Deployment(JsonObject spec)
    {
        Template(spec);
        spec.Default("replicas", 1);
        spec.Default("revisionHistoryLimit", 10);
        spec.Default("progressDeadlineSeconds", 600);
        var strategy = spec.Ensure("strategy");
        strategy.Default("type", "RollingUpdate");
        if (strategy.Text("type") == "RollingUpdate")
        {
            strategy.Ensure("rollingUpdate").Default("maxUnavailable", "25%");
            strategy.Ensure("rollingUpdate").Default("maxSurge", "25%");
        }
    }

    private static void StatefulSet(JsonObject spec)
    {
        Template(spec);
        spec.Default("replicas", 1);
        spec.Default("revisionHistoryLimit", 10);
        spec.Default("podManagementPolicy", "OrderedReady");
        spec.Ensure("updateStrategy").Default("type", "RollingUpdate");
        if (spec.Text("updateStrategy", "type") == "RollingUpdate")
        {
            spec.Ensure("updateStrategy", "rollingUpdate").Default("partition", 0);
        }

        spec.Ensure("persistentVolumeClaimRetentionPolicy").Default("whenDeleted", "Retain");
        spec.Ensure("persistentVolumeClaimRetentionPolicy").Default("whenScaled", "Retain");
        foreach (var claim in spec.Items("volumeClaimTemplates"))
        {
            claim.Default("apiVersion", "v1");
            claim.Default("kind", "PersistentVolumeClaim");
            claim.Ensure("spec").Default("volumeMode", "Filesystem");
            claim.Ensure("status").Default("phase", "Pending");
        }
    }

    private static void DaemonSet(JsonObject spec)
    {
        Template(spec);
        spec.Default("revisionHistoryLimit", 10);
        spec.Ensure("updateStrategy").Default("type", "RollingUpdate");
        if (spec.Text("updateStrategy", "type") == "RollingUpdate")
        {
            spec.Ensure("updateStrategy", "rollingUpdate").Default("maxUnavailable", 1);
            spec.Ensure("updateStrategy", "rollingUpdate").Default("maxSurge", 0);
        }
    }

    private static void CronJob(JsonObject spec)
    {
        spec.Default("concurrencyPolicy", "Allow");
        spec.Default("suspend", false);
        spec.Default("successfulJobsHistoryLimit", 3);
        spec.Default("failedJobsHistoryLimit", 1);
        Template(spec.Ensure("jobTemplate", "spec"));
    }

    private static void Service(JsonObject body)
    {
        var spec = body.Ensure("spec");
        spec.Default("type", "ClusterIP");
        spec.Default("sessionAffinity", "None");
        foreach (var port in spec.Items("ports"))
        {
            port.Default("protocol", "TCP");
            port.Default("targetPort", port["port"]?.DeepClone());
        }

        if (spec.Text("type") != "ExternalName")
        {
            spec.Default("internalTrafficPolicy", "Cluster");
            spec.Default("ipFamilies", new JsonArray("IPv4"));
            spec.Default("ipFamilyPolicy", "SingleStack");
        }

        if (spec.Text("type") is "NodePort" or "LoadBalancer")
        {
            spec.Default("externalTrafficPolicy", "Cluster");
        }

        if (spec.Text("type") == "LoadBalancer")
        {
            spec.Default("allocateLoadBalancerNodePorts", true);
        }

        body.Ensure("status", "loadBalancer");
    }

    private static void Secret(JsonObject body)
    {
        body.Default("type", "Opaque");
        foreach (var (key, value) in body.TextMap("stringData"))
        {
            body.Ensure("data")[key] = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(value));
        }

        body.Remove("stringData");
    }

    private static void CustomResource(JsonObject body)
    {
        var names = body.Ensure("spec", "names");
        names.Default("singular", names.Text("kind")?.ToLowerInvariant());
        names.Default("listKind", names.Text("kind") + "List");
        body.Ensure("spec", "conversion").Default("strategy", "None");
        var since = body.Text("metadata", "creationTimestamp");
        body.Ensure("status").Default("conditions", new JsonArray(
            new JsonObject { ["type"] = "NamesAccepted", ["status"] = "True", ["reason"] = "NoConflicts", ["message"] = "no conflicts found", ["lastTransitionTime"] = since },
            new JsonObject { ["type"] = "Established", ["status"] = "True", ["reason"] = "InitialNamesAccepted", ["message"] = "the initial names have been accepted", ["lastTransitionTime"] = since }));
        body.Ensure("status").Default("acceptedNames", names.DeepClone());
    }
}
