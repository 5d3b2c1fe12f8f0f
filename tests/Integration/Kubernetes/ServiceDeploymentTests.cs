using k8s;
using k8s.Models;
using Tiketi.Pipeline;
using Tiketi.Pipeline.Kubernetes;
using Tiketi.Pipeline.Releases;

namespace Tiketi.Integration.Kubernetes;

[Collection(LocalKubernetesCollection.Name)]
public sealed class ServiceDeploymentTests(LocalKubernetes kubernetes)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_first_release_is_created_a_second_run_changes_nothing_and_a_new_image_shows_its_one_field()
    {
        var app = new Application(kubernetes.NewNamespace());

        var first = await DeployAsync(app, "v1");
        var writes = 0;
        kubernetes.Fault = (context, handle) =>
        {
            var dryRun = context.Request.Query.ContainsKey("dryRun");
            Interlocked.Add(ref writes, context.Request.Method == "GET" || dryRun ? 0 : 1);
            return handle();
        };
        var second = await DeployAsync(app, "v1").ContinueWith(it => { kubernetes.Fault = null; return it; }, TaskScheduler.Default).Unwrap();
        var planned = await Application.Deployment(kubernetes.Client).PlanAsync(app.Namespace, (app with { Image = "x/image:2" }).Manifests, cancellationToken: Token);
        var third = await DeployAsync(app with { Image = "x/image:2" }, "v2");

        (first.Release.Number, first.IsNew, first.Objects.Created).Should().Be((1, true, 7));
        (second.Release.Number, second.IsNew, second.Objects.Writes, writes).Should().Be((1, false, 0, 0));
        (third.Release.Number, third.Objects.Configured, third.Objects.Unchanged).Should().Be((2, 2, 5));
        var lines = third.Objects.Changes.Where(change => change.Kind == ObjectChangeKind.Configured).SelectMany(change => change.Lines);
        lines.Should().BeEquivalentTo(
            "Deployment/web configured", "  spec.template.spec.containers[app].image: \"x/image:1\" -> \"x/image:2\"",
            "Deployment/worker configured", "  spec.template.spec.containers[app].image: \"x/image:1\" -> \"x/image:2\"");
        planned.Objects.Changes.SelectMany(change => change.Lines).Should().Contain(lines);
        (await ImagesAsync(app)).Should().AllBe("x/image:2");
    }

    [Fact]
    public async Task A_changed_setting_gets_a_ConfigMap_of_its_own_and_the_old_one_stays_until_no_kept_release_has_it()
    {
        var app = new Application(kubernetes.NewNamespace());
        var names = new List<string>();
        foreach (var setting in new[] { "one", "two", "three" })
        {
            var result = await Application.Deployment(kubernetes.Client).DeployAsync((app with { Setting = setting }).Request(setting) with { Kept = 2 }, Token);
            names.Add(result.Release.ConfigMap!);
        }

        names.Should().OnlyHaveUniqueItems().And.OnlyContain(name => name.StartsWith("tiketi-config-"));
        (await ConfigMapsAsync(app)).Should().BeEquivalentTo(names[1..]);
        var pods = await kubernetes.Client.AppsV1.ReadNamespacedDeploymentAsync("web", app.Namespace, cancellationToken: Token);
        pods.Spec.Template.Spec.Containers[0].EnvFrom[0].ConfigMapRef.Name.Should().Be(names[2]);
    }

    [Fact]
    public async Task A_changed_Secret_replaces_the_pods_and_is_never_shown()
    {
        var app = new Application(kubernetes.NewNamespace());
        await DeployAsync(app, "v1");

        var result = await DeployAsync(app with { Password = "battery staple" }, "v1");

        result.Objects.Changes.Where(change => change.Kind == ObjectChangeKind.Configured).Select(change => change.Key.ToString())
            .Should().BeEquivalentTo("Secret/tiketi-db-secret", "Deployment/web", "Deployment/worker");
        result.Objects.Changes.SelectMany(change => change.Lines).Should().Contain("  data.DB_PASSWORD: (secret) -> (secret)");
        string.Join('\n', result.Objects.Changes.SelectMany(change => change.Lines)).Should().NotContain("YmF0dGVyeS").And.NotContain("battery");
    }

    [Fact]
    public async Task What_a_release_drops_is_pruned_but_nothing_of_others_and_nothing_that_holds_data()
    {
        var space = kubernetes.NewNamespace();
        var app = new Application(space)
        {
            More = $$"""
                ---
                {apiVersion: v1, kind: ConfigMap, metadata: {name: dropped, namespace: {{space}} }, data: {A: b} }
                ---
                {apiVersion: v1, kind: ConfigMap, metadata: {name: replaced, namespace: {{space}} }, data: {A: b} }
                ---
                {apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: data, namespace: {{space}} }, spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi} } } }

                """,
        };
        await DeployAsync(app, "v1");
        // Somebody deletes ours and makes one of the same name: it is theirs.
        await kubernetes.Client.CoreV1.DeleteNamespacedConfigMapAsync("replaced", space, cancellationToken: Token);
        await kubernetes.Client.CoreV1.CreateNamespacedConfigMapAsync(new V1ConfigMap { Metadata = new V1ObjectMeta { Name = "replaced" } }, space, cancellationToken: Token);

        var smaller = app with { Services = ["web"], More = "" };
        var (_, planned) = await Application.Deployment(kubernetes.Client).PlanAsync(space, smaller.Manifests, cancellationToken: Token);
        var result = await DeployAsync(smaller, "v2");

        result.Pruned.Deleted.Select(key => key.ToString()).Should().BeEquivalentTo("Deployment/worker", "Service/worker", "ConfigMap/dropped");
        result.Pruned.Left.Select(key => key.ToString()).Should().Equal("PersistentVolumeClaim/data");
        planned.Should().BeEquivalentTo(result.Pruned);
        (await ConfigMapsAsync(app, "replaced")).Should().Contain("replaced").And.NotContain("dropped");
        (await kubernetes.Client.CoreV1.ReadNamespacedPersistentVolumeClaimAsync("data", space, cancellationToken: Token)).Metadata.DeletionTimestamp.Should().BeNull();
    }

    [Fact]
    public async Task A_release_that_fails_is_undone_with_everything_it_made()
    {
        var app = new Application(kubernetes.NewNamespace());
        await DeployAsync(app, "v1");
        var broken = app with { Image = "x/broken:2", Setting = "two", Services = ["web", "worker", "extra"] };

        var failure = (await FluentActions.Awaiting(() => DeployAsync(broken, "v2")).Should().ThrowAsync<PipelineException>()).Which;

        failure.Message.Should().Contain("cannot pull image x/broken:2: manifest unknown").And.EndWith("Release 2 was undone: release 1 (version v1) runs again.");
        failure.Remedy.Should().Contain("PushEcr");
        (await ImagesAsync(app)).Should().HaveCount(2).And.AllBe("x/image:1");
        (await ConfigMapsAsync(app)).Should().ContainSingle();
        (await HistoryAsync(app)).Should().Equal((2, ReleaseOutcome.RolledBack), (1, ReleaseOutcome.Succeeded));
        (await DeployAsync(app, "v1")).Objects.Writes.Should().Be(0, "the cluster is as before");
    }

    [Fact]
    public async Task The_wreck_is_kept_on_request_and_the_first_release_has_nothing_to_return_to()
    {
        var app = new Application(kubernetes.NewNamespace());
        var broken = app with { Image = "x/broken:1" };

        (await FluentActions.Awaiting(() => DeployAsync(broken, "v1")).Should().ThrowAsync<PipelineException>())
            .WithMessage("*Release 1 failed, and what it left is still there: no earlier release has succeeded.");
        await DeployAsync(app, "v2");
        (await FluentActions.Awaiting(() => Application.Deployment(kubernetes.Client).DeployAsync(broken.Request("v3") with { RollBack = false }, Token))
            .Should().ThrowAsync<PipelineException>()).WithMessage("*Release 3 failed, and what it left is still there: --no-rollback was given.");

        (await ImagesAsync(app)).Should().AllBe("x/broken:1");
        (await HistoryAsync(app)).Select(release => release.Outcome).Should().Equal(ReleaseOutcome.Failed, ReleaseOutcome.Succeeded, ReleaseOutcome.Failed);
    }

    [Fact]
    public async Task A_rollback_is_a_release_that_restores_images_and_configuration()
    {
        var app = new Application(kubernetes.NewNamespace());
        await DeployAsync(app, "v1");
        await DeployAsync(app with { Image = "x/image:2", Setting = "two" }, "v2");
        var history = await new ReleaseStore(kubernetes.Client, app.Namespace).ListAsync(Token);
        var target = Rollback.Target(history, to: null);

        var result = await Application.Deployment(kubernetes.Client).DeployAsync(app.Request(target.Version) with
        {
            Manifests = target.Manifests,
            Release = target with { RollbackTo = target.Number },
        }, Token);

        (result.Release.Number, result.Release.RollbackTo, result.Release.ConfigMap).Should().Be((3, 1, target.ConfigMap));
        (await ImagesAsync(app)).Should().AllBe("x/image:1");
        result.Pruned.Should().BeEquivalentTo(PruneResult.Nothing);
        result.Release.Inventory.Should().Contain(key => key.Kind == "Secret", "a later release must still know that it is ours");
    }

    [Fact]
    public async Task Fields_of_other_managers_are_all_named_before_anything_is_written()
    {
        var app = new Application(kubernetes.NewNamespace());
        await DeployAsync(app, "v1");
        foreach (var name in app.Services)
        {
            await kubernetes.Client.AppsV1.PatchNamespacedDeploymentAsync(
                new V1Patch("""{"spec":{"replicas":7}}""", V1Patch.PatchType.MergePatch), name, app.Namespace, fieldManager: "somebody", cancellationToken: Token);
        }

        var failure = (await FluentActions.Awaiting(() => DeployAsync(app with { Image = "x/image:2" }, "v2")).Should().ThrowAsync<PipelineException>()).Which;

        failure.Message.Should().Contain("Deployment/web: .spec.replicas is owned by somebody").And.Contain("Deployment/worker: .spec.replicas is owned by somebody");
        failure.Remedy.Should().Contain("--force-conflicts");
        (await HistoryAsync(app)).Should().ContainSingle();
    }

    [Fact]
    public async Task Replicas_stay_the_autoscalers_also_when_only_the_cluster_knows_of_it()
    {
        var app = new Application(kubernetes.NewNamespace());
        await DeployAsync(app, "v1"); // replicas are ours: 2
        await kubernetes.Client.AppsV1.PatchNamespacedDeploymentScaleAsync(
            new V1Patch("""{"spec":{"replicas":5}}""", V1Patch.PatchType.MergePatch), "web", app.Namespace, cancellationToken: Token);
        await kubernetes.Client.AutoscalingV2.CreateNamespacedHorizontalPodAutoscalerAsync(Autoscaler("web"), app.Namespace, cancellationToken: Token);
        await kubernetes.Client.AutoscalingV2.CreateNamespacedHorizontalPodAutoscalerAsync(Autoscaler("worker"), app.Namespace, cancellationToken: Token);

        await DeployAsync(app with { Image = "x/image:2" }, "v2");
        var again = await DeployAsync(app with { Image = "x/image:2" }, "v2");

        var live = await kubernetes.Client.AppsV1.ListNamespacedDeploymentAsync(app.Namespace, cancellationToken: Token);
        live.Items.ToDictionary(item => item.Metadata.Name, item => item.Spec.Replicas).Should().BeEquivalentTo(new Dictionary<string, int?> { ["web"] = 5, ["worker"] = 2 });
        again.Objects.Writes.Should().Be(0);
    }

    private static V2HorizontalPodAutoscaler Autoscaler(string name) => new()
    {
        Metadata = new V1ObjectMeta { Name = name },
        Spec = new V2HorizontalPodAutoscalerSpec { MinReplicas = 1, MaxReplicas = 9, ScaleTargetRef = new V2CrossVersionObjectReference { ApiVersion = "apps/v1", Kind = "Deployment", Name = name } },
    };

    private Task<ServiceDeploymentResult> DeployAsync(Application app, string version) => Application.Deployment(kubernetes.Client).DeployAsync(app.Request(version), Token);

    private async Task<IReadOnlyList<string>> ImagesAsync(Application app) =>
        [.. (await kubernetes.Client.AppsV1.ListNamespacedDeploymentAsync(app.Namespace, cancellationToken: Token)).Items
            .Where(item => item.Metadata.DeletionTimestamp is null).Select(item => item.Spec.Template.Spec.Containers[0].Image)];

    /// <summary>Those that stay: a deletion in the foreground ends when the garbage collector has looked at the object.</summary>
    private async Task<IReadOnlyList<string>> ConfigMapsAsync(Application app, string prefix = "tiketi-config-") =>
        [.. (await kubernetes.Client.CoreV1.ListNamespacedConfigMapAsync(app.Namespace, cancellationToken: Token)).Items
            .Where(item => item.Metadata.DeletionTimestamp is null).Select(item => item.Metadata.Name).Where(name => name.StartsWith(prefix, StringComparison.Ordinal))];

    private async Task<IReadOnlyList<(int Number, string Outcome)>> HistoryAsync(Application app) =>
        [.. (await new ReleaseStore(kubernetes.Client, app.Namespace).ListAsync(Token)).Select(release => (release.Number, release.Outcome))];
}
