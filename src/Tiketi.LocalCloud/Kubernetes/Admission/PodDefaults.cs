using System.Text.Json.Nodes;

namespace Tiketi.LocalCloud.Kubernetes.Admission;

/// <summary>Defaults of a pod, and of the pod template inside a workload.</summary>
internal static class PodDefaults
{
    private const int FileMode = 420; // 0644

    public static void Apply(JsonObject spec, bool isPod)
    {
        spec.Default("restartPolicy", "Always");
        spec.Default("dnsPolicy", "ClusterFirst");
        spec.Default("schedulerName", "default-scheduler");
        spec.Default("terminationGracePeriodSeconds", 30);
        spec.Default("securityContext", new JsonObject());
        Alias(spec, "serviceAccountName", "serviceAccount");
        if (isPod)
        {
            spec.Default("enableServiceLinks", true);
            spec.Default("serviceAccountName", "default");
            spec.Default("serviceAccount", spec.Text("serviceAccountName"));
            spec.Default("priority", 0);
            spec.Default("preemptionPolicy", "PreemptLowerPriority");
        }

        foreach (var container in spec.Items("initContainers").Concat(spec.Items("containers")))
        {
            Container(container);
        }

        foreach (var volume in spec.Items("volumes"))
        {
            Volume(volume);
        }
    }

    /// <summary>Guaranteed, Burstable or BestEffort, by the containers' requests and limits.</summary>
    public static string QosClass(JsonObject pod)
    {
        var resources = pod.Items("spec", "initContainers").Concat(pod.Items("spec", "containers")).Select(container => container.Object("resources")).ToList();
        if (resources.TrueForAll(item => item.Object("requests") is not { Count: > 0 } && item.Object("limits") is not { Count: > 0 }))
        {
            return "BestEffort";
        }

        return resources.TrueForAll(item => new[] { "cpu", "memory" }.All(name =>
            item.Text("limits", name) is { } limit && limit == (item.Text("requests", name) ?? limit))) ? "Guaranteed" : "Burstable";
    }

    private static void Alias(JsonObject spec, string name, string deprecated)
    {
        if (spec.Text(name) is { } account)
        {
            spec[deprecated] = account;
        }
        else if (spec.Text(deprecated) is { } old)
        {
            spec[name] = old;
        }
    }

    private static void Container(JsonObject container)
    {
        container.Default("terminationMessagePath", "/dev/termination-log");
        container.Default("terminationMessagePolicy", "File");
        container.Default("imagePullPolicy", IsLatest(container.Text("image") ?? string.Empty) ? "Always" : "IfNotPresent");
        foreach (var (name, limit) in container.Ensure("resources").TextMap("limits"))
        {
            container.Ensure("resources", "requests").Default(name, limit);
        }

        foreach (var port in container.Items("ports"))
        {
            port.Default("protocol", "TCP");
        }

        foreach (var variable in container.Items("env"))
        {
            variable.Object("valueFrom", "fieldRef")?.Default("apiVersion", "v1");
        }

        foreach (var name in new[] { "livenessProbe", "readinessProbe", "startupProbe" })
        {
            if (container.Object(name) is { } probe)
            {
                Probe(probe);
            }
        }

        foreach (var hook in new[] { "postStart", "preStop" })
        {
            if (container.Object("lifecycle", hook, "httpGet") is { } get)
            {
                HttpGet(get);
            }
        }
    }

    private static void Probe(JsonObject probe)
    {
        foreach (var (name, value) in new[] { ("timeoutSeconds", 1), ("periodSeconds", 10), ("successThreshold", 1), ("failureThreshold", 3) })
        {
            if (probe.Number(name) is null or 0)
            {
                probe[name] = value;
            }
        }

        if (probe.Object("httpGet") is { } get)
        {
            HttpGet(get);
        }
    }

    private static void HttpGet(JsonObject get)
    {
        get.Default("path", "/");
        get.Default("scheme", "HTTP");
    }

    private static void Volume(JsonObject volume)
    {
        if (volume.Count == 1)
        {
            volume["emptyDir"] = new JsonObject();
        }

        foreach (var kind in new[] { "secret", "configMap", "projected", "downwardAPI" })
        {
            volume.Object(kind)?.Default("defaultMode", FileMode);
        }

        volume.Object("hostPath")?.Default("type", string.Empty);
        foreach (var token in volume.Items("projected", "sources").Select(source => source.Object("serviceAccountToken")).OfType<JsonObject>())
        {
            token.Default("expirationSeconds", 3600);
        }

        foreach (var file in volume.Items("downwardAPI", "items").Concat(volume.Items("projected", "sources").SelectMany(source => source.Items("downwardAPI", "items"))))
        {
            file.Object("fieldRef")?.Default("apiVersion", "v1");
        }
    }

    private static bool IsLatest(string image)
    {
        if (image.Contains('@'))
        {
            return false;
        }

        var tag = image[(image.LastIndexOf('/') + 1)..].Split(':', 2);
        return tag.Length == 1 || tag[1] == "latest";
    }
}
