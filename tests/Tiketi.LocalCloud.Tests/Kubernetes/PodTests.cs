using System.Text.Json.Nodes;
using Tiketi.LocalCloud.Kubernetes;

namespace Tiketi.LocalCloud.Tests.Kubernetes;

/// <summary>Real containers, in health and in each kind of trouble.</summary>
[Collection(ClusterTests.Name)]
public sealed class PodTests(Cluster cluster)
{
    [Fact]
    public async Task Each_trouble_shows_as_the_kubelet_would_show_it()
    {
        var ns = await cluster.NamespaceAsync();
        await cluster.ApplyAsync(string.Join("\n---\n",
            Manifests.Pod(ns, "crash", "echo boom; exit 7"),
            Manifests.Pod(ns, "config", "sleep 100", ", envFrom: [{secretRef: {name: nosuch}}]"),
            Manifests.Pod(ns, "mount", "sleep 100", ", volumeMounts: [{name: v, mountPath: /v}]", ", volumes: [{name: v, configMap: {name: nosuch}}]"),
            Manifests.Pod(ns, "pull", "x").Replace(Cluster.Image, $"127.0.0.1:{cluster.Cloud.Settings.AwsPort}/none/such:1", StringComparison.Ordinal),
            Manifests.Pod(ns, "never", "x", ", imagePullPolicy: Never").Replace(Cluster.Image, "kube-test/absent:1", StringComparison.Ordinal),
            Manifests.Pod(ns, "start", "x").Replace("[sh, -c, \"x\"]", "[/nosuch]", StringComparison.Ordinal),
            Manifests.Pod(ns, "root", "sleep 100", ", securityContext: {runAsNonRoot: true}"),
            Manifests.Pod(ns, "alive", "sleep 100", ", livenessProbe: {exec: {command: [cat, /nosuch]}, periodSeconds: 1, failureThreshold: 1}"),
            Manifests.Pod(ns, "unready", "sleep 100", ", readinessProbe: {tcpSocket: {port: 9}, periodSeconds: 1}"),
            Manifests.Pod(ns, "big", "sleep 100", ", resources: {requests: {cpu: 1000}}"),
            Manifests.Pod(ns, "init", "sleep 100", spec: """, initContainers: [{name: first, image: "<image>", command: ["false"]}]""".With(("image", Cluster.Image)))));

        await ShowsAsync(ns, "crash", "CrashLoopBackOff");
        await ShowsAsync(ns, "config", "CreateContainerConfigError");
        await ShowsAsync(ns, "pull", "ImagePullBackOff");
        await ShowsAsync(ns, "never", "ErrImageNeverPull");
        await ShowsAsync(ns, "start", "CrashLoopBackOff");
        await ShowsAsync(ns, "root", "CreateContainerConfigError");
        await ShowsAsync(ns, "init", "Init:CrashLoopBackOff");
        await ShowsAsync(ns, "big", "Pending");
        await EventAsync(ns, "big", "FailedScheduling", "Insufficient cpu");
        await EventAsync(ns, "mount", "FailedMount", "configmap \"nosuch\" not found");
        await EventAsync(ns, "config", "Failed", "Error: secret \"nosuch\" not found");
        await EventAsync(ns, "pull", "BackOff", "Back-off pulling image");
        await EventAsync(ns, "alive", "Unhealthy", "Liveness probe failed: cat: can't open '/nosuch'");
        await EventAsync(ns, "alive", "Killing", "Container app failed liveness probe, will be restarted");
        await EventAsync(ns, "unready", "Unhealthy", "Readiness probe failed: dial tcp");

        var crash = await cluster.GetAsync("-n", ns, "pod", "crash");
        var status = crash.Items("status", "containerStatuses").Single();
        status.Number("lastState", "terminated", "exitCode").Should().Be(7);
        status.Number("restartCount").Should().BePositive();
        status.Text("state", "waiting", "message").Should().Contain("restarting failed container=app pod=crash_");
        (await cluster.GetAsync("-n", ns, "pod", "start")).Items("status", "containerStatuses").Single().Text("lastState", "terminated", "message").Should().Contain("/nosuch");
        (await cluster.KubectlAsync("-n", ns, "logs", "crash", "--previous")).Ok().Should().Be("boom\n");
        (await cluster.KubectlAsync("-n", ns, "logs", "pull")).Error.Should().Contain("is waiting to start: trying and failing to pull image");
        (await cluster.KubectlAsync("-n", ns, "describe", "pod", "crash")).Ok().Should().Contain("Exit Code:    7").And.Contain("Back-off restarting failed container app");
        (await cluster.KubectlAsync("delete", "namespace", ns, "--timeout", "90s")).Ok();
    }

    [Fact]
    public async Task A_missing_secret_that_is_made_later_lets_the_pod_start()
    {
        var ns = await cluster.NamespaceAsync();
        await cluster.ApplyAsync(Manifests.Pod(ns, "late", "echo got $TOKEN; sleep 100", ", env: [{name: TOKEN, valueFrom: {secretKeyRef: {name: later, key: token}}}]"));
        await ShowsAsync(ns, "late", "CreateContainerConfigError");
        (await cluster.KubectlAsync("-n", ns, "create", "secret", "generic", "later", "--from-literal", "token=t1")).Ok();
        await ShowsAsync(ns, "late", "Running");
        (await cluster.KubectlAsync("-n", ns, "logs", "late")).Ok().Should().Be("got t1\n");
        (await cluster.KubectlAsync("delete", "namespace", ns, "--wait=false")).Ok();
    }

    [Fact]
    public async Task Containers_of_a_pod_share_its_network_and_init_containers_go_first()
    {
        var ns = await cluster.NamespaceAsync();
        await cluster.ApplyAsync("""
            apiVersion: v1
            kind: Pod
            metadata: {name: multi, namespace: <ns>}
            spec:
              terminationGracePeriodSeconds: 1
              initContainers: [{name: first, image: "<image>", command: [sh, -c, "echo prepared > /w/x"], volumeMounts: [{name: w, mountPath: /w}]}]
              containers:
              - {name: a, image: "<image>", command: [httpd, -f, -p, "8000", -h, /w], volumeMounts: [{name: w, mountPath: /w}]}
              - {name: b, image: "<image>", command: [sleep, "100"]}
              volumes: [{name: w, emptyDir: {}}]
            """.With(("ns", ns), ("image", Cluster.Image)));
        (await cluster.KubectlAsync("-n", ns, "wait", "pod/multi", "--for", "condition=Ready", "--timeout", "60s")).Ok();
        await cluster.UntilAsync(() => cluster.KubectlAsync("-n", ns, "exec", "multi", "-c", "b", "--", "wget", "-qO-", "http://127.0.0.1:8000/x"), outcome => outcome.Output == "prepared\n");
        (await cluster.KubectlAsync("delete", "namespace", ns, "--wait=false")).Ok();
    }

    [Fact]
    public async Task Jobs_complete_fail_after_their_limit_and_are_tidied_up()
    {
        var ns = await cluster.NamespaceAsync();
        (await cluster.KubectlAsync("-n", ns, "create", "job", "good", "--image", Cluster.Image, "--", "sh", "-c", "echo migrated")).Ok();
        await cluster.ApplyAsync("""
            apiVersion: batch/v1
            kind: Job
            metadata: {name: bad, namespace: <ns>}
            spec: {backoffLimit: 0, ttlSecondsAfterFinished: 1, template: {spec: {restartPolicy: Never, containers: [{name: a, image: "<image>", command: ["false"]}]}}}
            """.With(("ns", ns), ("image", Cluster.Image)));
        (await cluster.KubectlAsync("-n", ns, "wait", "job/good", "--for", "condition=Complete", "--timeout", "60s")).Ok();
        (await cluster.KubectlAsync("-n", ns, "logs", "job/good")).Ok().Should().Be("migrated\n");
        await EventAsync(ns, "bad", "BackoffLimitExceeded", "Job has reached the specified backoff limit");
        await cluster.UntilAsync(() => cluster.KubectlAsync("-n", ns, "get", "job", "bad"), outcome => outcome.Error.Contains("NotFound", StringComparison.Ordinal));
        (await cluster.KubectlAsync("delete", "namespace", ns, "--wait=false")).Ok();
    }

    [Fact]
    public async Task A_stateful_set_starts_in_order_and_keeps_its_storage()
    {
        var ns = await cluster.NamespaceAsync();
        await cluster.ApplyAsync("""
            apiVersion: apps/v1
            kind: StatefulSet
            metadata: {name: db, namespace: <ns>}
            spec:
              serviceName: db
              replicas: 2
              selector: {matchLabels: {app: db}}
              template:
                metadata: {labels: {app: db}}
                spec: {terminationGracePeriodSeconds: 1, containers: [{name: a, image: "<image>", command: [sh, -c, "echo run >> /d/runs; sleep 1000"], volumeMounts: [{name: data, mountPath: /d}]}]}
              volumeClaimTemplates: [{metadata: {name: data}, spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}]
            """.With(("ns", ns), ("image", Cluster.Image)));
        (await cluster.KubectlAsync("-n", ns, "rollout", "status", "sts/db", "--timeout", "90s")).Ok();
        (await cluster.KubectlAsync("-n", ns, "get", "pvc")).Ok().Should().Contain("data-db-0").And.Contain("data-db-1").And.Contain("Bound");
        (await cluster.KubectlAsync("-n", ns, "delete", "pod", "db-0", "--timeout", "60s")).Ok();
        (await cluster.KubectlAsync("-n", ns, "rollout", "status", "sts/db", "--timeout", "90s")).Ok();
        await cluster.UntilAsync(() => cluster.KubectlAsync("-n", ns, "exec", "db-0", "--", "cat", "/d/runs"), outcome => outcome.Output == "run\nrun\n");
        (await cluster.KubectlAsync("delete", "namespace", ns, "--wait=false")).Ok();
    }

    private Task ShowsAsync(string ns, string pod, string status) =>
        cluster.UntilAsync(async () => (await cluster.KubectlAsync("-n", ns, "get", "pod", pod, "--no-headers")).Output, line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries).ElementAtOrDefault(2) == status);

    private async Task EventAsync(string ns, string about, string reason, string message) => await cluster.UntilAsync(
        async () => (await cluster.GetAsync("-n", ns, "events", "--field-selector", $"involvedObject.name={about},reason={reason}")).Compact(),
        events => JsonNode.Parse(events).Items("items").Any(item => item.Text("message")!.Contains(message, StringComparison.Ordinal)));
}
