using System.Text.Json.Nodes;
using Tiketi.LocalCloud.Kubernetes;
using Tiketi.LocalCloud.Tests.S3;

namespace Tiketi.LocalCloud.Tests.Kubernetes;

/// <summary>The same manifests to a real API server: what it stores is what we store, but for what came after its release.</summary>
[Collection(ClusterTests.Name)]
public sealed class RealKubernetesTests(Cluster cluster)
{
    /// <summary>Differences that a newer release makes, and those that lie in the cluster and not in the object.</summary>
    private static readonly string[] Expected =
        ["persistentVolumeClaimRetentionPolicy", "maxSurge", "completionMode", "manualSelector", "podReplacementPolicy", "suspend", "controller-uid", "job-name", "batch.kubernetes.io", "internalTrafficPolicy",
         "ipFamilies", "deployment.kubernetes.io/revision", "ipFamilyPolicy", "clusterIP", "nodePort", "pvc-protection", "template.generation", "creationTimestamp", "secrets[0]", "finalizers",
         "f:fieldRef", "f:nodeSelector", "f:spec.f:selector", "f:roleRef", // owned as a whole since 1.24
         "f:value", "f:envFrom", "f:hostNetwork"]; // a zero value that is not stored: the real server lets it be owned, ours does not

    private const string Objects = """
        {apiVersion: apps/v1, kind: StatefulSet, metadata: {name: db}, spec: {serviceName: db, replicas: 0, selector: {matchLabels: {app: db}}, template: {metadata: {labels: {app: db}}, spec: {containers: [{name: a, image: "x:1", env: [{name: A, value: b}, {name: I, valueFrom: {fieldRef: {fieldPath: status.podIP}}}], ports: [{containerPort: 80, protocol: TCP}], resources: {requests: {cpu: "0.5", memory: 1024Mi}, limits: {cpu: 1000m}}}]}}, volumeClaimTemplates: [{metadata: {name: data}, spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}]}}
        ---
        {apiVersion: apps/v1, kind: DaemonSet, metadata: {name: ds}, spec: {selector: {matchLabels: {app: ds}}, template: {metadata: {labels: {app: ds}}, spec: {nodeSelector: {no: where}, containers: [{name: a, image: x, lifecycle: {preStop: {httpGet: {port: 80}}}, startupProbe: {tcpSocket: {port: 80}}, livenessProbe: {exec: {command: [a]}}}], volumes: [{name: e}, {name: h, hostPath: {path: /x}}, {name: d, downwardAPI: {items: [{path: l, fieldRef: {fieldPath: metadata.labels}}]}}, {name: p, projected: {sources: [{configMap: {name: c}}]}}]}}}}
        ---
        {apiVersion: apps/v1, kind: Deployment, metadata: {name: web}, spec: {replicas: 0, selector: {matchLabels: {app: web}}, template: {metadata: {labels: {app: web}}, spec: {initContainers: [{name: i, image: "127.0.0.1:5000/x@sha256:0000000000000000000000000000000000000000000000000000000000000000"}], containers: [{name: a, image: "x:latest", envFrom: [], env: [{name: E, value: ""}], readinessProbe: {httpGet: {port: http}}}], hostNetwork: false}}}}
        ---
        {apiVersion: batch/v1, kind: Job, metadata: {name: job}, spec: {template: {spec: {restartPolicy: Never, nodeSelector: {no: where}, containers: [{name: a, image: x}]}}}}
        ---
        {apiVersion: v1, kind: Service, metadata: {name: np}, spec: {type: NodePort, selector: {a: b}, ports: [{port: 80, protocol: TCP}]}}
        ---
        {apiVersion: v1, kind: Service, metadata: {name: headless}, spec: {clusterIP: None, selector: {a: b}, ports: [{port: 80, protocol: TCP, name: a}, {port: 80, protocol: UDP, name: b}]}}
        ---
        {apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: pvc}, spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1024Mi}}}}
        ---
        {apiVersion: v1, kind: Secret, metadata: {name: s}, stringData: {a: b}}
        ---
        {apiVersion: v1, kind: LimitRange, metadata: {name: l}, spec: {limits: [{type: Container, default: {cpu: "1"}}]}}
        ---
        {apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: np}, spec: {podSelector: {}, ingress: [{from: [{podSelector: {matchLabels: {a: b}}}], ports: [{port: 80}]}]}}
        ---
        {apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: ing}, spec: {rules: [{http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: np, port: {number: 80}}}}]}}]}}
        ---
        {apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: {name: rb}, roleRef: {kind: Role, name: r, apiGroup: rbac.authorization.k8s.io}, subjects: [{kind: User, name: u}]}
        """;

    [Fact]
    public async Task Applied_objects_are_stored_as_a_real_API_server_stores_them()
    {
        Assert.SkipUnless(KubernetesControlPlane.IsHere, "no real Kubernetes here: shared/kubernetes/up was not found above the repository");
        using var folder = new TemporaryFolder();
        await using var plane = await KubernetesControlPlane.StartAsync(folder.Path, withNode: false);
        var config = plane.Config;
        var ns = "kube-real";
        (await RealAsync(config, null, "create", "namespace", ns)).Ok();
        (await cluster.KubectlAsync("create", "namespace", ns)).Ok();
        var manifest = Objects.Replace("{apiVersion", "# YAML: kubectl takes what starts with a brace for JSON\n{apiVersion", StringComparison.Ordinal);
        (await RealAsync(config, manifest, "-n", ns, "apply", "--server-side", "-f", "-")).Ok();
        (await cluster.KubectlAsync(manifest, ["-n", ns, "apply", "--server-side", "-f", "-"])).Ok();

        var differences = new List<string>();
        foreach (var kind in new[] { "sts", "ds", "deploy", "job", "svc", "pvc", "secret", "limits", "netpol", "ing", "rolebinding" })
        {
            var real = Flatten(JsonNode.Parse((await RealAsync(config, null, "-n", ns, "get", kind, "-o", "json", "--show-managed-fields")).Ok())!);
            var ours = Flatten(await cluster.GetAsync("-n", ns, kind, "--show-managed-fields"));
            real.Should().NotBeEmpty();
            differences.AddRange(real.Keys.Union(ours.Keys, StringComparer.Ordinal).Where(path => real.GetValueOrDefault(path) != ours.GetValueOrDefault(path) && !Expected.Any(part => path.Contains(part, StringComparison.Ordinal)))
                .Select(path => $"{kind} {path}: real {real.GetValueOrDefault(path) ?? "-"}, ours {ours.GetValueOrDefault(path) ?? "-"}"));
        }

        string.Join('\n', differences).Should().BeEmpty();
        (await cluster.KubectlAsync("delete", "namespace", ns, "--wait=false")).Ok();
    }

    private static Task<Outcome> RealAsync(string config, string? input, params string[] arguments) => Command.RunAsync("kubectl", ["--kubeconfig", config, .. arguments], environment: null, input);

    /// <summary>Every value by its path, objects by name; without status, what the server numbers, and Update managers (controllers differ).</summary>
    private static Dictionary<string, string> Flatten(JsonNode list)
    {
        var flat = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var item in list.Items("items").Where(item => item.Text("type") != "kubernetes.io/service-account-token"))
        {
            var copy = item.Copy();
            copy.Remove("status");
            var owned = copy.Items("metadata", "managedFields").FirstOrDefault(entry => entry.Text("operation") == "Apply").At("fieldsV1")?.DeepClone();
            foreach (var name in new[] { "uid", "resourceVersion", "creationTimestamp", "selfLink", "generation", "managedFields" })
            {
                copy.Ensure("metadata").Remove(name);
            }

            Flatten(copy, item.Name(), flat);
            Flatten(owned, item.Name() + " owns ", flat);
        }

        return flat;
    }

    private static void Flatten(JsonNode? node, string path, Dictionary<string, string> flat)
    {
        switch (node)
        {
            case JsonObject { Count: > 0 } map:
                foreach (var (name, value) in map)
                {
                    Flatten(value, $"{path}.{name}", flat);
                }

                break;
            case JsonArray { Count: > 0 } items:
                for (var i = 0; i < items.Count; i++)
                {
                    Flatten(items[i], $"{path}[{i}]", flat);
                }

                break;
            default:
                flat[path] = node.Compact();
                break;
        }
    }
}
