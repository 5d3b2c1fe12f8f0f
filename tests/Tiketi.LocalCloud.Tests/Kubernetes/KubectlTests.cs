using Tiketi.LocalCloud.Kubernetes;

namespace Tiketi.LocalCloud.Tests.Kubernetes;

/// <summary>kubectl as an outside client: what it prints and how it ends.</summary>
[Collection(ClusterTests.Name)]
public sealed class KubectlTests(Cluster cluster)
{
    [Fact]
    public async Task The_AWS_CLIs_token_opens_the_cluster_and_no_other_does()
    {
        (await cluster.KubectlThroughAwsAsync("get", "nodes", "-o", "wide")).Ok().Should().Contain("tiketi-nodes-local").And.Contain("Ready").And.Contain("docker://");
        (await cluster.KubectlAsync("version")).Ok().Should().Contain("v1.33.0+tiketi-local");

        var refused = await cluster.KubectlAsync("--token", "k8s-aws-v1.bm9uc2Vuc2U", "get", "nodes");
        refused.ExitCode.Should().NotBe(0);
        refused.Error.Should().Contain("Unauthorized");

        (await cluster.KubectlAsync("--token", await cluster.TokenAsync("another"), "get", "nodes")).Error.Should().Contain("Unauthorized", "that token is for another cluster");
    }

    [Fact]
    public async Task Objects_are_created_changed_shown_and_deleted()
    {
        var ns = await cluster.NamespaceAsync();
        (await cluster.KubectlAsync("-n", ns, "create", "configmap", "c", "--from-literal", "a=b")).Ok().Should().Contain("configmap/c created");
        (await cluster.KubectlAsync("-n", ns, "create", "secret", "generic", "s", "--from-literal", "p=q")).Ok();
        (await cluster.KubectlAsync("-n", ns, "create", "configmap", "c")).Error.Should().Contain("configmaps \"c\" already exists");
        (await cluster.KubectlAsync("-n", ns, "label", "cm", "c", "tier=x")).Ok();
        (await cluster.KubectlAsync("-n", ns, "annotate", "cm", "c", "note=y")).Ok();
        (await cluster.KubectlAsync("-n", ns, "patch", "cm", "c", "--type", "json", "-p", """[{"op":"add","path":"/data/e","value":"f"}]""")).Ok();
        var map = await cluster.GetAsync("-n", ns, "cm", "-l", "tier=x");
        map.Items("items").Single().TextMap("data").Should().Equal(new Dictionary<string, string>(StringComparer.Ordinal) { ["a"] = "b", ["e"] = "f" });
        (await cluster.KubectlAsync("-n", ns, "get", "cm", "-l", "tier=nope")).Error.Should().Contain("No resources found");
        (await cluster.KubectlAsync("-n", ns, "get", "cm", "--field-selector", "metadata.name=c")).Ok().Should().Contain("c ").And.NotContain("kube-root");
        (await cluster.KubectlAsync("-n", ns, "describe", "cm", "c")).Ok().Should().Contain("tier=x");
        (await cluster.KubectlAsync("-n", ns, "delete", "cm", "c")).Ok().Should().Contain("deleted");
        (await cluster.KubectlAsync("-n", ns, "get", "cm", "c")).Error.Should().Contain("(NotFound): configmaps \"c\" not found");
        (await cluster.KubectlAsync("explain", "deployment.spec.strategy.rollingUpdate")).Ok().Should().Contain("maxSurge");
        (await cluster.KubectlAsync("api-resources")).Ok().Should().Contain("horizontalpodautoscalers").And.Contain("autoscaling/v2");
        (await cluster.KubectlAsync("auth", "can-i", "delete", "pods")).Ok().Should().Contain("yes");
        (await cluster.KubectlAsync("delete", "namespace", ns, "--timeout", "60s")).Ok();
        (await cluster.KubectlAsync("get", "namespace", ns)).Error.Should().Contain("NotFound");
    }

    [Fact]
    public async Task Apply_diff_and_conflicts_go_as_with_any_cluster()
    {
        var ns = await cluster.NamespaceAsync();
        var manifest = Manifests.Web(ns, "web", replicas: 0);
        (await cluster.KubectlAsync(manifest, ["apply", "--server-side", "--field-manager", "us", "-f", "-"])).Ok();
        var before = (await cluster.GetAsync("-n", ns, "deploy", "web")).Text("metadata", "resourceVersion");
        await Task.Delay(1200, TestContext.Current.CancellationToken); // managedFields have whole seconds
        (await cluster.KubectlAsync(manifest, ["apply", "--server-side", "--field-manager", "us", "-f", "-"])).Ok();
        (await cluster.GetAsync("-n", ns, "deploy", "web")).Text("metadata", "resourceVersion").Should().Be(before);
        (await cluster.KubectlAsync(manifest, ["diff", "--server-side", "--field-manager", "us", "-f", "-"])).ExitCode.Should().Be(0);
        var changed = await cluster.KubectlAsync(manifest.Replace("cpu: 500m", "cpu: 600m", StringComparison.Ordinal), ["diff", "--server-side", "--field-manager", "us", "-f", "-"]);
        changed.ExitCode.Should().Be(1);
        changed.Output.Should().Contain("-            cpu: 500m").And.Contain("+            cpu: 600m");

        (await cluster.KubectlAsync("-n", ns, "patch", "deploy", "web", "-p", """{"spec":{"revisionHistoryLimit":4}}""", "--field-manager", "somebody")).Ok();
        var refused = await cluster.KubectlAsync(manifest.Replace("replicas: 0", "replicas: 0\n  revisionHistoryLimit: 3", StringComparison.Ordinal), ["apply", "--server-side", "--field-manager", "us", "-f", "-"]);
        refused.Error.Should().Contain("conflict with \"somebody\" using apps/v1: .spec.revisionHistoryLimit");
        (await cluster.KubectlAsync(manifest.Replace("      - name: app", "      - name: app\n        imag: x", StringComparison.Ordinal), ["apply", "-f", "-"])).Error
            .Should().Contain("unknown field \"spec.template.spec.containers[0].imag\"");
    }

    [Fact]
    public async Task A_rollout_is_watched_paused_in_history_undone_and_scaled()
    {
        var ns = await cluster.NamespaceAsync();
        await cluster.ApplyAsync(Manifests.Web(ns, "web", replicas: 2));
        (await cluster.KubectlAsync("-n", ns, "rollout", "status", "deploy/web", "--timeout", "90s")).Ok().Should().Contain("successfully rolled out");
        (await cluster.KubectlAsync("-n", ns, "set", "env", "deploy/web", "VERSION=two")).Ok();
        (await cluster.KubectlAsync("-n", ns, "rollout", "status", "deploy/web", "--timeout", "90s")).Ok();
        (await cluster.KubectlAsync("-n", ns, "rollout", "history", "deploy/web")).Ok().Should().Contain("1 ").And.Contain("2 ");
        (await cluster.KubectlAsync("-n", ns, "rollout", "undo", "deploy/web")).Ok();
        (await cluster.KubectlAsync("-n", ns, "rollout", "status", "deploy/web", "--timeout", "90s")).Ok();
        (await cluster.GetAsync("-n", ns, "deploy", "web")).Text("metadata", "annotations", "deployment.kubernetes.io/revision").Should().Be("3");
        (await cluster.KubectlAsync("-n", ns, "scale", "deploy/web", "--replicas", "1")).Ok();
        (await cluster.KubectlAsync("-n", ns, "wait", "deploy/web", "--for", "jsonpath={.status.replicas}=1", "--timeout", "60s")).Ok();
        (await cluster.KubectlAsync("-n", ns, "get", "deploy")).Ok().Should().MatchRegex(@"web\s+1/1\s+1\s+1");
        (await cluster.KubectlAsync("-n", ns, "get", "all", "-o", "wide")).Ok().Should().Contain("replicaset.apps/web-").And.Contain(Cluster.Image);

        var run = await cluster.KubectlAsync("-n", ns, "exec", "deploy/web", "--", "sh", "-c", "cat /proc/1/cmdline >/dev/null; id -u; cat /secrets/PASSWORD; exit 3");
        run.ExitCode.Should().Be(3);
        run.Output.Should().Be("10001\nfrom-a-secret");
        (await cluster.KubectlAsync("typed", ["-n", ns, "exec", "-i", "deploy/web", "--", "cat"])).Ok().Should().Be("typed");
        (await cluster.KubectlAsync("-n", ns, "logs", "deploy/web", "--tail", "1")).Ok().Should().StartWith("started with hello at 1");

        async Task<List<string>> LiveAsync() => [.. (await cluster.GetAsync("-n", ns, "pods")).Items("items").Where(pod => !pod.IsDeleting()).Select(pod => pod.Name())];
        var before = await LiveAsync();
        (await cluster.KubectlAsync("drain", "tiketi-nodes-local", "--dry-run=server", "--force", "--delete-emptydir-data", "--pod-selector", "app=web")).Ok().Should().Contain("evicting pod");
        (await LiveAsync()).Should().Equal(before, "that was a dry run");
        (await cluster.KubectlAsync("-n", ns, "delete", "deploy", "web", "--cascade=foreground", "--timeout", "60s")).Ok();
        (await cluster.GetAsync("-n", ns, "pods,rs")).Items("items").Should().BeEmpty();
        (await cluster.KubectlAsync("delete", "namespace", ns, "--wait=false")).Ok();
    }

    [Fact]
    public async Task An_evicted_pod_does_not_count_as_healthy_before_its_deletion_shows()
    {
        var ns = await cluster.NamespaceAsync();
        string[] budget = ["-n", ns, "pdb", "web"];
        (await cluster.KubectlAsync("""
            {apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: {name: web}, spec: {minAvailable: 1, selector: {matchLabels: {app: web}}}}
            ---
            {apiVersion: v1, kind: Pod, metadata: {name: a, labels: {app: web}}, spec: {schedulerName: nobody, containers: [{name: a, image: x}]}}
            ---
            {apiVersion: v1, kind: Pod, metadata: {name: b, labels: {app: web}}, spec: {schedulerName: nobody, containers: [{name: a, image: x}]}}
            """.Replace("{apiVersion", "# YAML\n{apiVersion", StringComparison.Ordinal), ["-n", ns, "apply", "-f", "-"])).Ok();
        foreach (var pod in new[] { "a", "b" })
        {
            (await cluster.KubectlAsync("-n", ns, "patch", "pod", pod, "--subresource=status", "--type=merge", "-p", """{"status":{"conditions":[{"type":"Ready","status":"True"}]}}""")).Ok();
        }

        await cluster.UntilAsync(() => cluster.GetAsync(budget), found => found.Number("status", "disruptionsAllowed") == 1);

        // What the API does when an eviction is allowed, before the pod is deleted; then the controller is made to count again.
        (await cluster.KubectlAsync("-n", ns, "patch", "pdb", "web", "--subresource=status", "--type=merge", "-p",
            """{"status":{"disruptionsAllowed":0,"disruptedPods":{"a":"NOW"}}}""".Replace("NOW", TimeProvider.System.Timestamp(), StringComparison.Ordinal))).Ok();
        (await cluster.KubectlAsync("-n", ns, "patch", "pdb", "web", "--type=merge", "-p", """{"spec":{"minAvailable":"50%"}}""")).Ok();
        var counted = await cluster.UntilAsync(() => cluster.GetAsync(budget), found => found.Number("status", "observedGeneration") == 2);
        (counted.Number("status", "currentHealthy"), counted.Number("status", "disruptionsAllowed")).Should().Be((1, 0));

        (await cluster.KubectlAsync("-n", ns, "delete", "pod", "a", "--force", "--grace-period=0")).Ok();
        var gone = await cluster.UntilAsync(() => cluster.GetAsync(budget), found => found.At("status", "disruptedPods") is null);
        (gone.Number("status", "currentHealthy"), gone.Number("status", "disruptionsAllowed")).Should().Be((1, 0));
        (await cluster.KubectlAsync("delete", "namespace", ns, "--wait=false")).Ok();
    }
}
