using System.Text.Json.Nodes;
using k8s;
using k8s.Models;
using Tiketi.Pipeline.Kubernetes;
using Tiketi.Pipeline.Releases;

namespace Tiketi.Integration.Contract;

/// <summary>Real failures, made on purpose, and what is said about each; and that kubectl shows the same state.</summary>
public abstract class DiagnosisContract(IContractCluster cluster)
{
    private const string Sleep = "[sh, -c, exec sleep 1000]";
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(4);

    /// <summary>Cause, command, what the container has besides, what the pod has besides, image.</summary>
    private static readonly (string Cause, string Command, string Container, string Pod, string Image)[] Failures =
    [
        ("registry-unreachable", Sleep, "", "", "no-such-registry.invalid/image:1"),
        ("image-never-pulled", Sleep, "", "", "absent:1"),
        ("image-name-invalid", Sleep, "", "", "Not An Image"),
        ("secret-missing", Sleep, "envFrom: [{secretRef: {name: absent}}]", "", ""),
        ("configmap-missing", Sleep, "envFrom: [{configMapRef: {name: absent}}]", "", ""),
        ("config-key-missing", Sleep, "env: [{name: KEY, valueFrom: {configMapKeyRef: {name: present, key: nokey}}}]", "", ""),
        ("runs-as-root", Sleep, "securityContext: {runAsNonRoot: true}", "", ""),
        ("volume-mount", Sleep, "volumeMounts: [{name: v, mountPath: /v}]", "volumes: [{name: v, secret: {secretName: absent}}]", ""),
        ("command-not-found", "[/nosuch]", "", "", ""),
        ("wrong-platform", "[/alien]", "", "", ContractImage.Alien),
        ("crash", "[sh, -c, echo the queue is broken; exit 3]", "", "", ""),
        ("dependency-unreachable", "[sh, -c, 'echo connect ECONNREFUSED 10.0.0.9:5432; exit 1']", "", "", ""),
        ("ends-by-itself", "[sh, -c, 'exit 0']", "", "", ""),
        ("init-crash", Sleep, "", "initContainers: [{name: first, image: IMAGE, imagePullPolicy: IfNotPresent, command: [sh, -c, exit 4]}]", ""),
        ("out-of-memory", "[sh, -c, 'x=aaaaaaaaaaaaaaaa; while true; do x=$x$x; done']", "resources: {limits: {memory: 16Mi}}", "", ""),
        ("liveness-probe", Sleep, "livenessProbe: {exec: {command: ['false']}, periodSeconds: 1, failureThreshold: 1}", "", ""),
        ("probe-refused", Sleep, "readinessProbe: {httpGet: {port: 9, path: /}, periodSeconds: 1}", "", ""),
        ("no-room", Sleep, "resources: {requests: {cpu: '1000'}}", "", ""),
        ("node-selector", Sleep, "", "nodeSelector: {disk: fast}", ""),
        ("claim-missing", Sleep, "", "volumes: [{name: v, persistentVolumeClaim: {claimName: absent}}]", ""),
        ("claim-unbound", Sleep, "", "volumes: [{name: v, persistentVolumeClaim: {claimName: claim-pending}}]", ""),
    ];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_failure_is_named_by_its_cause_with_field_and_remedy()
    {
        cluster.RequireNode();
        var (space, limited) = (cluster.NewNamespace(), cluster.NewNamespace());
        await cluster.Rollout().ApplyAsync(ManifestSet.Parse(Manifests(space) + Quota(limited), "x"), cancellationToken: Token);
        List<string> expected =
        [
            .. Failures.Select(failure => failure.Cause).Append("quota-exceeded").Select(cause => $"Deployment/{cause}: ({cause})"),
            "Service/selector-mismatch: (selector-mismatch)", "PersistentVolumeClaim/claim-pending: (claim-pending)",
        ];
        var lost = cluster.IsOld ? await LoseNodeAsync(space) : null; // all of the local cloud's nodes are this machine
        if (lost is not null)
        {
            expected.Add("Deployment/node-lost: (node-lost)");
        }

        var diagnosis = new NamespaceDiagnosis(cluster.Client, TimeProvider.System);
        var end = DateTime.UtcNow + Limit;

        IReadOnlyList<Finding> findings;
        do
        {
            await Task.Delay(3000, Token);
            findings = [.. await diagnosis.RunAsync(space, Token), .. await diagnosis.RunAsync(limited, Token)];
        }
        while (expected.Exists(cause => !findings.Any(finding => Says(finding, cause))) && DateTime.UtcNow < end);

        expected.Where(cause => !findings.Any(finding => Says(finding, cause)))
            .Should().BeEmpty(string.Join("\n", findings.Select(finding => finding.Message)));
        findings.Should().OnlyContain(finding => finding.Message.Contains("set in: ", StringComparison.Ordinal) && finding.Remedy.Length > 0);
        await cluster.Client.CoreV1.DeleteNamespaceAsync(space, cancellationToken: Token);
        await cluster.Client.CoreV1.DeleteNamespaceAsync(limited, cancellationToken: Token);
        if (lost is not null)
        {
            await cluster.Client.CoreV1.DeleteNodeAsync(lost, cancellationToken: Token);
        }
    }

    /// <summary>A node whose kubelet said once that it is ready, and then stopped: the node controller has to notice. A pod is bound to it.</summary>
    private async Task<string> LoseNodeAsync(string space)
    {
        var name = $"{space}-lost";
        var node = new V1Node { Metadata = new V1ObjectMeta { Name = name }, Spec = new V1NodeSpec { Unschedulable = true } };
        await cluster.Client.CoreV1.CreateNodeAsync(node, cancellationToken: Token);
        await cluster.Client.CoreV1.PatchNodeStatusAsync(
            new V1Patch("""{"status":{"conditions":[{"type":"Ready","status":"True","reason":"KubeletReady"}]}}""", V1Patch.PatchType.MergePatch), name, cancellationToken: Token);
        await cluster.Rollout().ApplyAsync(ManifestSet.Parse(Deployment(space, ("node-lost", Sleep, "", $"nodeName: {name}", "")), "x"), cancellationToken: Token);
        return name;
    }

    [Fact]
    public async Task Status_and_kubectl_tell_the_same()
    {
        cluster.RequireNode();
        var space = cluster.NewNamespace();
        var manifests = ManifestSet.Parse($"{{apiVersion: v1, kind: Namespace, metadata: {{name: {space}}}}}\n---\n" + Deployment(space, ("web", Sleep, "", "", "")), "x");
        await cluster.Rollout().ApplyAsync(manifests, cancellationToken: Token);
        await cluster.Rollout().WaitAsync(manifests.Manifests.Select(manifest => manifest.Key), Limit, Token);

        var ours = (await NamespaceStatus.ReadAsync(cluster.Client, space, TimeProvider.System, Token)).Workloads.Single();
        var theirs = JsonNode.Parse(await cluster.KubectlAsync("get", "deployment", "web", "-n", space, "-o", "json"))!["status"]!;
        var pods = JsonNode.Parse(await cluster.KubectlAsync("get", "pods", "-n", space, "-o", "json"))!["items"]!.AsArray();

        ($"{ours.Ready}", $"{ours.Wanted}", ours.Restarts).Should().Be((theirs["readyReplicas"]!.ToString(), theirs["replicas"]!.ToString(), 0));
        pods.Should().ContainSingle().Which!["status"]!["phase"]!.ToString().Should().Be("Running");
        (await cluster.KubectlAsync("rollout", "status", "deployment/web", "-n", space, "--timeout", "5s")).Should().Contain("successfully rolled out");
        await cluster.Client.CoreV1.DeleteNamespaceAsync(space, cancellationToken: Token);
    }

    private static bool Says(Finding finding, string expected) =>
        expected.Split(": ") is [var key, var cause] && finding.Key.ToString() == key && finding.Message.Contains(cause, StringComparison.Ordinal);

    private static string Quota(string space) => $$"""

        ---
        {apiVersion: v1, kind: Namespace, metadata: {name: {{space}} } }
        ---
        {apiVersion: v1, kind: ResourceQuota, metadata: {name: none, namespace: {{space}} }, spec: {hard: {pods: "0"} } }
        ---

        """ + Deployment(space, ("quota-exceeded", Sleep, "", "", ""));

    private static string Manifests(string space) => $$"""
        {apiVersion: v1, kind: Namespace, metadata: {name: {{space}} } }
        ---
        {apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: claim-pending, namespace: {{space}} }, spec: {storageClassName: absent, accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi} } } }
        ---
        {apiVersion: v1, kind: ConfigMap, metadata: {name: present, namespace: {{space}} }, data: {A: b} }
        ---
        {apiVersion: v1, kind: Service, metadata: {name: selector-mismatch, namespace: {{space}} }, spec: {selector: {app: nobody}, ports: [{port: 80, protocol: TCP}] } }
        """ + string.Concat(Failures.Select(failure => "\n---\n" + Deployment(space, failure)));

    private static string Deployment(string space, (string Name, string Command, string Container, string Pod, string Image) it) => $$"""
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: {{it.Name}}, namespace: {{space}} }
        spec:
          selector: {matchLabels: {app: {{it.Name}} } }
          template:
            metadata: {labels: {app: {{it.Name}} } }
            spec:
              terminationGracePeriodSeconds: 1
              {{it.Pod}}
              containers:
                - name: app
                  image: {{(it.Image.Length > 0 ? it.Image : "IMAGE")}}
                  imagePullPolicy: {{(it.Name == "image-never-pulled" ? "Never" : "IfNotPresent")}}
                  terminationMessagePolicy: FallbackToLogsOnError
                  command: {{it.Command}}
                  {{it.Container}}
        """.Replace("IMAGE", ContractImage.Name, StringComparison.Ordinal);
}
