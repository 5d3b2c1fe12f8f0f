using System.Collections.Concurrent;
using k8s;
using k8s.Models;
using Microsoft.Extensions.Logging;
using Tiketi.Pipeline;
using Tiketi.Pipeline.Kubernetes;
using Tiketi.Pipeline.Releases;

namespace Tiketi.Integration.Contract;

/// <summary>Two pipelines that deploy different versions at the same time, whatever the cluster.</summary>
public abstract class LeaseContract(IContractCluster cluster)
{
    private const string LeaseName = "tiketi-release";
    private const string RunAddress = "https://github.com/tiketi/app/actions/runs/7";

    private static readonly TimeSpan Long = TimeSpan.FromMinutes(2);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_second_pipeline_is_refused_or_waits_and_then_deploys_on_top()
    {
        var space = cluster.NewNamespace();
        using var log = new Lines();
        var first = DeployAsync(Request(space, "one", withPod: true), log);
        await LeaseAsync(space, lease => lease.Spec.HolderIdentity is not null);

        var refused = (await FluentActions.Awaiting(() => DeployAsync(Request(space, "two") with { LockTimeout = TimeSpan.Zero }, log)).Should().ThrowAsync<PipelineException>()).Which;
        var second = DeployAsync(Request(space, "two"), log);
        await log.UntilAsync("Waiting for ann (version one, since ");
        await AppearAsync(space);
        var results = await Task.WhenAll(first, second);

        refused.Message.Should().MatchRegex($@"^ann \(version one, since 20[-0-9]+ [:0-9]+Z, {RunAddress}\) is changing the namespace {space}\.$");
        refused.Remedy.Should().Contain("--lock-timeout");
        results.Select(result => (result.Release.Number, result.Release.Version)).Should().Equal((1, "one"), (2, "two"));
        (await new ReleaseStore(cluster.Client, space).ListAsync(Token)).Should().OnlyContain(release => release.Outcome == ReleaseOutcome.Succeeded && release.Run == RunAddress);
        (await cluster.Client.CoreV1.ReadNamespacedConfigMapAsync("settings", space, cancellationToken: Token)).Data["VERSION"].Should().Be("two");
        (await LeaseAsync(space, lease => lease.Spec.HolderIdentity is null)).Metadata.Annotations.Should().BeNullOrEmpty("it was given back");
        await cluster.Client.CoreV1.DeleteNamespaceAsync(space, cancellationToken: Token);
    }

    [Fact]
    public async Task What_a_killed_pipeline_held_is_taken_over_once_it_has_expired()
    {
        var space = cluster.NewNamespace();
        using var log = new Lines();
        await cluster.Client.CoreV1.CreateNamespaceAsync(new V1Namespace { Metadata = new V1ObjectMeta { Name = space } }, cancellationToken: Token);
        await cluster.Client.CoordinationV1.CreateNamespacedLeaseAsync(
            new V1Lease
            {
                Metadata = new V1ObjectMeta { Name = LeaseName },
                Spec = new V1LeaseSpec { HolderIdentity = "killed", LeaseDurationSeconds = 1, LeaseTransitions = 4, AcquireTime = DateTime.UtcNow, RenewTime = DateTime.UtcNow },
            },
            space,
            cancellationToken: Token);

        var result = await DeployAsync(Request(space, "one"), log);

        result.IsNew.Should().BeTrue();
        log.Text.Should().Contain("Waiting for killed (since ").And.Contain("Took over from killed");
        (await LeaseAsync(space, lease => lease.Spec.HolderIdentity is null)).Spec.LeaseTransitions.Should().Be(5);
        await cluster.Client.CoreV1.DeleteNamespaceAsync(space, cancellationToken: Token);
    }

    [Fact]
    public async Task A_paused_pipeline_whose_lease_was_taken_over_stops_and_undoes_nothing()
    {
        var space = cluster.NewNamespace();
        using var log = new Lines();
        var paused = DeployAsync(Request(space, "one", withPod: true) with { LeaseDuration = TimeSpan.FromSeconds(3) }, log);
        await LeaseAsync(space, lease => lease.Spec.HolderIdentity is not null);

        await cluster.Client.CoordinationV1.PatchNamespacedLeaseAsync(
            new V1Patch("""{"metadata":{"annotations":{"tiketi.io/by":"bob","tiketi.io/version":"two"}},"spec":{"holderIdentity":"bob_1"}}""", V1Patch.PatchType.MergePatch), LeaseName, space, cancellationToken: Token);
        var failure = (await FluentActions.Awaiting(() => paused.WaitAsync(Long, Token)).Should().ThrowAsync<PipelineException>()).Which;

        failure.Message.Should().StartWith("bob (version two, since ").And.Contain("has taken the namespace over");
        (await LeaseAsync(space, _ => true)).Spec.HolderIdentity.Should().Be("bob_1", "it is the other's to give back");
        (await new ReleaseStore(cluster.Client, space).ListAsync(Token)).Should().OnlyContain(release => release.Outcome == ReleaseOutcome.Deploying, "the other one sees to it");
        await cluster.Client.CoreV1.DeleteNamespaceAsync(space, cancellationToken: Token);
    }

    private Task<ServiceDeploymentResult> DeployAsync(ServiceDeploymentRequest request, Lines log)
    {
        var client = cluster.Client;
        return Task.Run(async () =>
        {
            using var logs = LoggerFactory.Create(logging => logging.AddProvider(log));
            return await new ServiceDeployment(client, TimeProvider.System, logs).DeployAsync(request, Token);
        });
    }

    private async Task<V1Lease> LeaseAsync(string space, Func<V1Lease, bool> wanted)
    {
        using var limit = new CancellationTokenSource(Long);
        while (true)
        {
            var leases = await cluster.Client.CoordinationV1.ListNamespacedLeaseAsync(space, cancellationToken: limit.Token);
            if (leases.Items.SingleOrDefault(lease => lease.Metadata.Name == LeaseName) is { } lease && wanted(lease))
            {
                return lease;
            }

            await Task.Delay(100, limit.Token);
        }
    }

    /// <summary>The pod that no scheduler places is said to be ready.</summary>
    private async Task AppearAsync(string space)
    {
        using var limit = new CancellationTokenSource(Long);
        while ((await cluster.Client.CoreV1.ListNamespacedPodAsync(space, cancellationToken: limit.Token)).Items.Count == 0)
        {
            await Task.Delay(100, limit.Token);
        }

        await cluster.Client.CoreV1.PatchNamespacedPodStatusAsync(
            new V1Patch("""{"status":{"phase":"Running","conditions":[{"type":"Ready","status":"True"}]}}""", V1Patch.PatchType.MergePatch), "slow", space, cancellationToken: Token);
    }

    private static ServiceDeploymentRequest Request(string space, string version, bool withPod = false) => new()
    {
        Namespace = space,
        Release = new Release { At = DateTimeOffset.UtcNow, Version = version, By = "ann", Run = RunAddress },
        Timeout = Long,
        Manifests = ManifestSet.Parse($$"""
            {apiVersion: v1, kind: Namespace, metadata: {name: {{space}} } }
            ---
            {apiVersion: v1, kind: ConfigMap, metadata: {name: settings, namespace: {{space}} }, data: {VERSION: {{version}} } }
            {{(withPod ? $$"""
            ---
            {apiVersion: v1, kind: Pod, metadata: {name: slow, namespace: {{space}} }, spec: {schedulerName: nobody, terminationGracePeriodSeconds: 0, containers: [{name: app, image: {{ContractImage.Name}} }] } }
            """ : "")}}
            """, "contract"),
    };

    /// <summary>What is logged.</summary>
    private sealed class Lines : ILoggerProvider, ILogger
    {
        private readonly ConcurrentQueue<string> _lines = new();

        public string Text => string.Join('\n', _lines);

        public async Task UntilAsync(string text)
        {
            using var limit = new CancellationTokenSource(Long);
            while (!Text.Contains(text, StringComparison.Ordinal))
            {
                await Task.Delay(50, limit.Token);
            }
        }

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => _lines.Enqueue(formatter(state, exception));

        public void Dispose()
        {
            // nothing to let go
        }
    }
}
