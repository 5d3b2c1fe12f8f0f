using System.Diagnostics;
using k8s;
using k8s.Models;
using Microsoft.Extensions.Logging.Abstractions;
using Tiketi.Pipeline;
using Tiketi.Pipeline.Kubernetes;
using Tiketi.Testing;

namespace Tiketi.Integration.Contract;

/// <summary>How a rollout behaves, whatever the cluster.</summary>
public abstract class RolloutContract(IContractCluster kubernetes)
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(90);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_overlay_is_created_once_then_unchanged_and_a_change_is_one_write()
    {
        var rollout = kubernetes.Rollout();
        var manifests = await OverlayAsync(kubernetes.NewNamespace());

        var first = await rollout.ApplyAsync(manifests, cancellationToken: Token);
        (first.Created, first.Configured, first.Unchanged).Should().Be((manifests.Manifests.Count, 0, 0));

        await Task.Delay(2000, Token); // controllers write status and annotations meanwhile; that is no change of ours
        var planned = await rollout.PlanAsync(manifests, cancellationToken: Token);
        var second = await rollout.ApplyAsync(manifests, cancellationToken: Token);
        planned.Writes.Should().Be(0);
        second.Writes.Should().Be(0, string.Join(", ", second.Changes.Where(change => change.Kind != ObjectChangeKind.Unchanged)));

        var changed = manifests.WithImages(new Dictionary<string, string>(StringComparer.Ordinal) { ["tiketi/backend"] = "example/backend@sha256:" + new string('0', 64) });
        var third = await rollout.ApplyAsync(changed, cancellationToken: Token);
        third.Changes.Where(change => change.Kind != ObjectChangeKind.Unchanged).Should().ContainSingle()
            .Which.Should().Match<ObjectChange>(change => change.Key.ToString() == "Deployment/backend" && change.Kind == ObjectChangeKind.Configured);
    }

    [Fact]
    public async Task Drift_made_by_others_is_seen_and_mended_and_foreign_fields_are_left_alone()
    {
        var (rollout, space) = (kubernetes.Rollout(), kubernetes.NewNamespace());
        var manifests = Config(space, "wanted");
        await rollout.ApplyAsync(manifests, cancellationToken: Token);
        await kubernetes.Client.CoreV1.PatchNamespacedConfigMapAsync(
            new V1Patch("""{"data":{"KEY":"drifted","FOREIGN":"kept"}}""", V1Patch.PatchType.MergePatch), "settings", space, fieldManager: "somebody", cancellationToken: Token);

        // Whoever wrote the field owns it now: without force that is a conflict which names the field, and nothing is written.
        await rollout.Invoking(it => it.ApplyAsync(manifests, cancellationToken: Token))
            .Should().ThrowAsync<PipelineException>().WithMessage("*conflict*.data.KEY is owned by somebody*");
        var mended = await rollout.ApplyAsync(manifests, force: true, Token);

        mended.Configured.Should().Be(1);
        var live = await kubernetes.Client.CoreV1.ReadNamespacedConfigMapAsync("settings", space, cancellationToken: Token);
        live.Data.Should().BeEquivalentTo(new Dictionary<string, string>(StringComparer.Ordinal) { ["KEY"] = "wanted", ["FOREIGN"] = "kept" });
    }

    [Fact]
    public async Task A_kind_that_the_cluster_does_not_serve_stops_the_run_before_anything_is_applied()
    {
        var space = kubernetes.NewNamespace();
        var manifests = new ManifestSet(Config(space, "x").Manifests.Concat(ManifestSet.Parse(
            $"{{apiVersion: example.org/v9, kind: Gadget, metadata: {{name: x, namespace: {space}}}}}", "x").Manifests));

        await kubernetes.Rollout().Invoking(it => it.ApplyAsync(manifests, cancellationToken: Token))
            .Should().ThrowAsync<PipelineException>().WithMessage("*does not serve Gadget in example.org/v9*");

        var namespaces = await kubernetes.Client.CoreV1.ListNamespaceAsync(cancellationToken: Token);
        namespaces.Items.Select(item => item.Metadata.Name).Should().NotContain(space);
    }

    [Fact]
    public async Task What_a_person_leaves_out_or_writes_shorter_is_no_change_the_second_time()
    {
        var (rollout, space) = (kubernetes.Rollout(), kubernetes.NewNamespace());
        var manifests = ManifestSet.Parse($$"""
            {apiVersion: v1, kind: Namespace, metadata: {name: {{space}} } }
            ---
            {apiVersion: v1, kind: Service, metadata: {name: web, namespace: {{space}} }, spec: {selector: {app: web}, ports: [{name: a, port: 80}, {name: b, port: 81}] } }
            ---
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: web, namespace: {{space}} }
            spec:
              replicas: 0
              selector: {matchLabels: {app: web} }
              template:
                metadata: {labels: {app: web} }
                spec: {containers: [{name: app, image: x, ports: [{containerPort: 80}, {containerPort: 81}], resources: {requests: {cpu: 1, memory: 1024M}, limits: {cpu: 1.5} } }] }
            """, "x");

        await rollout.ApplyAsync(manifests, cancellationToken: Token);
        var again = await rollout.ApplyAsync(manifests, cancellationToken: Token);

        again.Changes.SelectMany(change => change.Lines).Should().Equal($"Namespace/{space} unchanged", "Service/web unchanged", "Deployment/web unchanged");
        await kubernetes.Client.CoreV1.DeleteNamespaceAsync(space, cancellationToken: Token);
    }

    [Fact]
    public async Task A_definition_and_an_object_of_the_kind_that_it_defines_are_applied_in_one_go()
    {
        var (rollout, space) = (kubernetes.Rollout(), kubernetes.NewNamespace());
        var group = $"{space}.example.org"; // definitions belong to no namespace
        var manifests = ManifestSet.Parse($$"""
            {apiVersion: {{group}}/v1, kind: Gadget, metadata: {name: lamp, namespace: {{space}} }, spec: {colour: red} }
            ---
            {apiVersion: v1, kind: Namespace, metadata: {name: {{space}} } }
            ---
            apiVersion: apiextensions.k8s.io/v1
            kind: CustomResourceDefinition
            metadata: {name: gadgets.{{group}} }
            spec:
              group: {{group}}
              scope: Namespaced
              names: {kind: Gadget, listKind: GadgetList, plural: gadgets, singular: gadget}
              versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true} } }]
            """, "x");

        var planned = await rollout.PlanAsync(manifests, cancellationToken: Token);
        var first = await rollout.ApplyAsync(manifests, cancellationToken: Token);
        await rollout.WaitAsync(manifests.Manifests.Select(manifest => manifest.Key), Long, Token);
        var again = await kubernetes.Rollout().ApplyAsync(manifests, cancellationToken: Token);

        (planned.Created, first.Created, again.Writes).Should().Be((3, 3, 0));
        (await kubernetes.KubectlAsync("get", $"gadgets.{group}", "lamp", "-n", space, "-o", "jsonpath={.spec.colour}")).Should().Be("red");
        await kubernetes.KubectlAsync("delete", "crd", $"gadgets.{group}");
        await kubernetes.Client.CoreV1.DeleteNamespaceAsync(space, cancellationToken: Token);
    }

    [Fact]
    public async Task What_version_1_20_does_not_serve_is_reported_before_anything_is_applied()
    {
        Assert.SkipUnless(kubernetes.IsOld, "this cluster serves policy/v1");
        var space = kubernetes.NewNamespace();
        var manifests = new ManifestSet(Config(space, "x").Manifests.Concat(ManifestSet.Parse(
            $"{{apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: {{name: x, namespace: {space}}}}}", "x").Manifests));

        await kubernetes.Rollout().Invoking(it => it.ApplyAsync(manifests, cancellationToken: Token))
            .Should().ThrowAsync<PipelineException>().WithMessage("*does not serve PodDisruptionBudget in policy/v1*");

        (await kubernetes.Client.CoreV1.ListNamespaceAsync(cancellationToken: Token)).Items.Select(item => item.Metadata.Name).Should().NotContain(space);
    }

    [Fact]
    public async Task An_invalid_manifest_stops_the_run_with_the_servers_words()
    {
        var (rollout, space) = (kubernetes.Rollout(), kubernetes.NewNamespace());
        await rollout.ApplyAsync(Deployment(space, "exec sleep 1000"), cancellationToken: Token);

        var broken = ManifestSet.Parse(Yaml(space, "exec sleep 1000").Replace("app: web", "app: other", StringComparison.Ordinal), "x");
        await rollout.Invoking(it => it.ApplyAsync(broken, cancellationToken: Token))
            .Should().ThrowAsync<PipelineException>().WithMessage("Deployment/web: *immutable*");
    }

    [Fact]
    public async Task An_API_server_that_does_not_answer_is_named()
    {
        using var nowhere = new k8s.Kubernetes(new KubernetesClientConfiguration { Host = "http://127.0.0.1:9" });
        var rollout = new Rollout(nowhere, TimeProvider.System, NullLogger<Rollout>.Instance);

        await rollout.Invoking(it => it.ApplyAsync(Config("x", "y"), cancellationToken: Token))
            .Should().ThrowAsync<PipelineException>().WithMessage("*http://127.0.0.1:9*does not answer*");
    }

    [Fact]
    public async Task Pods_that_come_up_are_waited_for()
    {
        kubernetes.RequireNode();
        var (rollout, manifests) = (kubernetes.Rollout(), Deployment(kubernetes.NewNamespace(), "exec sleep 1000"));

        await rollout.ApplyAsync(manifests, cancellationToken: Token);
        await rollout.WaitAsync(manifests.Manifests.Select(manifest => manifest.Key), Long, Token);

        var live = await kubernetes.Client.AppsV1.ReadNamespacedDeploymentAsync("web", manifests.Manifests[1].Key.Namespace, cancellationToken: Token);
        live.Status.AvailableReplicas.Should().Be(1);
    }

    [Theory]
    [InlineData("exec sleep 1000", "no-such-registry.invalid/image:1", "", "*container app of pod web-* cannot pull image no-such-registry.invalid/image:1*")]
    [InlineData("exec sleep 1000", ContractImage.Name, "envFrom: [{secretRef: {name: absent}}]", "*lacks its configuration: secret \"absent\" not found*")]
    // Without a probe a container is ready from its start until it exits, and a rollout that looks just then is complete.
    [InlineData("echo the database is missing; exit 3", ContractImage.Name, "readinessProbe: {exec: {command: [cat, /ready]}}", "*crashes: exit code 3*log of web-*the database is missing*")]
    public async Task A_doomed_pod_ends_the_wait_long_before_its_time_with_the_evidence(string script, string image, string extra, string message)
    {
        kubernetes.RequireNode();
        var (rollout, manifests) = (kubernetes.Rollout(), Deployment(kubernetes.NewNamespace(), script, image, extra));
        await rollout.ApplyAsync(manifests, cancellationToken: Token);
        var clock = Stopwatch.StartNew();

        var failure = await rollout.Invoking(it => it.WaitAsync(manifests.Manifests.Select(manifest => manifest.Key), TimeSpan.FromMinutes(10), Token))
            .Should().ThrowAsync<PipelineException>().WithMessage(message);

        failure.Which.Remedy.Should().NotBeEmpty();
        clock.Elapsed.Should().BeLessThan(Long);
    }

    [Fact]
    public async Task The_troubles_of_the_version_before_do_not_count()
    {
        kubernetes.RequireNode();
        var (rollout, space) = (kubernetes.Rollout(), kubernetes.NewNamespace());
        var broken = Deployment(space, "exec sleep 1000", extra: "envFrom: [{secretRef: {name: absent}}]");
        await rollout.ApplyAsync(broken, cancellationToken: Token);
        await rollout.Invoking(it => it.WaitAsync(broken.Manifests.Select(manifest => manifest.Key), Long, Token)).Should().ThrowAsync<PipelineException>();

        var mended = Deployment(space, "exec sleep 1000");
        await rollout.ApplyAsync(mended, cancellationToken: Token);
        await rollout.WaitAsync(mended.Manifests.Select(manifest => manifest.Key), Long, Token);
    }

    /// <summary>The local overlay without what 1.20 does not serve.</summary>
    private static async Task<ManifestSet> OverlayAsync(string space)
    {
        var rendered = await new Kustomize(NullLogger<Kustomize>.Instance).RenderAsync(Path.Combine(Repository.Root, "k8s/overlays/local"), Token);
        return new ManifestSet(rendered.Manifests.Where(manifest => manifest.Key.Kind != "PodDisruptionBudget")).WithNamespace(space).WithConfiguration(
            space, "tiketi-config", new Dictionary<string, string>(StringComparer.Ordinal) { ["DB_HOST"] = "db" },
            new Dictionary<string, IReadOnlyDictionary<string, string>>(StringComparer.Ordinal)
            {
                ["tiketi-db-secret"] = new Dictionary<string, string>(StringComparer.Ordinal) { ["DB_PASSWORD"] = "only for a test" },
            });
    }

    private static ManifestSet Config(string space, string value) => ManifestSet.Parse($$"""
        {apiVersion: v1, kind: Namespace, metadata: {name: {{space}} } }
        ---
        {apiVersion: v1, kind: ConfigMap, metadata: {name: settings, namespace: {{space}} }, data: {KEY: {{value}} } }
        """, "x");

    private static ManifestSet Deployment(string space, string script, string image = ContractImage.Name, string extra = "") =>
        ManifestSet.Parse(Yaml(space, script, image, extra), "x");

    private static string Yaml(string space, string script, string image = ContractImage.Name, string extra = "") => $$"""
        {apiVersion: v1, kind: Namespace, metadata: {name: {{space}} } }
        ---
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web, namespace: {{space}} }
        spec:
          selector: {matchLabels: { app: web } }
          template:
            metadata: {labels: { app: web } }
            spec:
              terminationGracePeriodSeconds: 1
              containers:
                - name: app
                  image: {{image}}
                  imagePullPolicy: IfNotPresent
                  terminationMessagePolicy: FallbackToLogsOnError
                  command: [sh, -c, "{{script}}"]
                  {{extra}}
        """;
}
