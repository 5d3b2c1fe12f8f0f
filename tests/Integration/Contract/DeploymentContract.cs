using k8s;
using k8s.Models;
using Microsoft.Extensions.Logging.Abstractions;
using Tiketi.Pipeline;
using Tiketi.Pipeline.Database;
using Tiketi.Pipeline.Kubernetes;
using Tiketi.Pipeline.Releases;

namespace Tiketi.Integration.Contract;

/// <summary>Releases: nothing to do, pruned, undone, and returned to, whatever the cluster.</summary>
public abstract class DeploymentContract(IContractCluster cluster)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_release_prunes_what_it_dropped_and_a_failed_one_is_undone()
    {
        cluster.RequireNode();
        var space = cluster.NewNamespace();
        var deployment = new ServiceDeployment(cluster.Client, TimeProvider.System, NullLoggerFactory.Instance);

        var first = await deployment.DeployAsync(Request(space, "one", "first"), Token);
        var again = await deployment.DeployAsync(Request(space, "one", "first"), Token);
        var second = await deployment.DeployAsync(Request(space, "two", "second"), Token);
        var failure = (await deployment.Awaiting(it => it.DeployAsync(Request(space, "three", "third", "envFrom: [{secretRef: {name: absent}}]"), Token))
            .Should().ThrowAsync<PipelineException>()).Which;

        (first.IsNew, again.IsNew, again.Objects.Writes, second.IsNew).Should().Be((true, false, 0, true));
        failure.Message.Should().Contain("(secret-missing)").And.Contain("set in: Deployment/web spec.template.spec.containers[app].envFrom[0]").And.Contain("was undone: release 2 (version two) runs again");
        (await ConfigMapsAsync(space)).Should().Equal("second");
        var web = await cluster.Client.AppsV1.ReadNamespacedDeploymentAsync("web", space, cancellationToken: Token);
        var container = web.Spec.Template.Spec.Containers[0];
        (container.Env[0].Value, container.EnvFrom is { Count: > 0 }, web.Status.AvailableReplicas).Should().Be(("two", false, 1));
        (await new ReleaseStore(cluster.Client, space).ListAsync(Token)).Select(release => release.Outcome)
            .Should().Equal(ReleaseOutcome.RolledBack, ReleaseOutcome.Succeeded, ReleaseOutcome.Succeeded);
        await cluster.Client.CoreV1.DeleteNamespaceAsync(space, cancellationToken: Token);
    }

    [Fact]
    public async Task A_migration_that_fails_leaves_the_old_version_running()
    {
        cluster.RequireNode();
        var space = cluster.NewNamespace();
        var deployment = new ServiceDeployment(cluster.Client, TimeProvider.System, NullLoggerFactory.Instance);
        await deployment.DeployAsync(Request(space, "one", "first"), Token);
        var before = (await cluster.Client.CoreV1.ListNamespacedPodAsync(space, labelSelector: "app=web", cancellationToken: Token)).Items.Single();
        using var database = new TemporaryFolder();
        await File.WriteAllTextAsync(Path.Combine(database.Path, "init.sql"), "BROKEN", Token);
        var migration = new MigrationRequest { Namespace = space, Files = MigrationFiles.Load(database.Path), Image = ContractImage.Name, Database = "db", ConfigMap = "first" };
        await cluster.Client.CoreV1.CreateNamespacedSecretAsync(
            new V1Secret { Metadata = new V1ObjectMeta { Name = migration.Secret }, StringData = new Dictionary<string, string> { ["DB_PASSWORD"] = "x" } }, space, cancellationToken: Token);

        var failure = (await deployment.Awaiting(it => it.DeployAsync(Request(space, "two", "first") with { Migration = migration }, Token)).Should().ThrowAsync<PipelineException>()).Which;

        failure.Message.Should().Contain("init.sql:1: syntax error").And.Contain("was undone: release 1 (version one) runs again");
        var after = (await cluster.Client.CoreV1.ListNamespacedPodAsync(space, labelSelector: "app=web", cancellationToken: Token)).Items.Single();
        (after.Metadata.Uid, after.Status.ContainerStatuses[0].RestartCount).Should().Be((before.Metadata.Uid, 0), "nothing touched it");
        await cluster.Client.CoreV1.DeleteNamespaceAsync(space, cancellationToken: Token);
    }

    [Fact]
    public async Task A_rollback_to_a_certain_release_brings_back_its_services_and_configuration()
    {
        cluster.RequireNode();
        var space = cluster.NewNamespace();
        var deployment = new ServiceDeployment(cluster.Client, TimeProvider.System, NullLoggerFactory.Instance);
        foreach (var (version, configMap) in new[] { ("one", "first"), ("two", "second"), ("three", "third") })
        {
            await deployment.DeployAsync(Request(space, version, configMap), Token);
        }

        var history = await new ReleaseStore(cluster.Client, space).ListAsync(Token);
        var target = Rollback.Target(history, to: 1);
        var result = await deployment.DeployAsync(Request(space, "one", "first") with { Manifests = target.Manifests, Release = target with { RollbackTo = 1 } }, Token);

        Rollback.Target(history, to: null).Number.Should().Be(2, "without --to it is the one before");
        (result.IsNew, result.Release.Number, result.Release.Version, result.Release.RollbackTo).Should().Be((true, 4, "one", 1));
        (await ConfigMapsAsync(space)).Should().Equal("first");
        var web = await cluster.Client.AppsV1.ReadNamespacedDeploymentAsync("web", space, cancellationToken: Token);
        (web.Spec.Template.Spec.Containers[0].Env[0].Value, web.Status.UpdatedReplicas, web.Status.AvailableReplicas).Should().Be(("one", 1, 1));
        await cluster.Client.CoreV1.DeleteNamespaceAsync(space, cancellationToken: Token);
    }

    /// <summary>Those that stay: a deletion in the foreground takes the object away only when the garbage collector has looked at it.</summary>
    private async Task<IEnumerable<string>> ConfigMapsAsync(string space) =>
        (await cluster.Client.CoreV1.ListNamespacedConfigMapAsync(space, cancellationToken: Token)).Items
            .Where(item => item.Metadata.DeletionTimestamp is null).Select(item => item.Metadata.Name)
            .Where(name => name is "first" or "second" or "third");

    private static ServiceDeploymentRequest Request(string space, string version, string configMap, string container = "") => new()
    {
        Namespace = space,
        Release = new Release { At = DateTimeOffset.UtcNow, Version = version, By = "contract" },
        Timeout = TimeSpan.FromMinutes(2),
        Manifests = ManifestSet.Parse($$"""
            {apiVersion: v1, kind: Namespace, metadata: {name: {{space}} } }
            ---
            {apiVersion: v1, kind: ConfigMap, metadata: {name: {{configMap}}, namespace: {{space}} }, data: {A: b} }
            ---
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: web, namespace: {{space}} }
            spec:
              selector: {matchLabels: {app: web} }
              template:
                metadata: {labels: {app: web} }
                spec:
                  terminationGracePeriodSeconds: 1
                  containers:
                    - name: app
                      image: {{ContractImage.Name}}
                      imagePullPolicy: IfNotPresent
                      command: [sh, -c, exec sleep 1000]
                      env: [{name: VERSION, value: {{version}} }]
                      {{container}}
            """, "contract"),
    };
}
