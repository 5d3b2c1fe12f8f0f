using System.Collections.Concurrent;
using System.Net;
using k8s;
using k8s.Autorest;
using k8s.Models;
using Microsoft.Extensions.Logging.Abstractions;
using Tiketi.Pipeline.Kubernetes;
using Tiketi.Pipeline.LoadTesting;

namespace Tiketi.Integration.Containers;

/// <summary>
/// What docs/zero-downtime.md promises, with real containers behind the local cloud's Ingress under load: with all safeguards no
/// request fails, and without any one of them some do.
/// </summary>
[Collection(LoadedClusterCollection.Name)]
public sealed class ZeroDowntimeTests(ContainerCluster cluster)
{
    private const string Safe = """
        apiVersion: v1
        kind: Namespace
        metadata: {name: SPACE}
        ---
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web, namespace: SPACE}
        spec:
          replicas: 2
          strategy: {type: RollingUpdate, rollingUpdate: {maxUnavailable: 0, maxSurge: 1}}
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}}
            spec:
              terminationGracePeriodSeconds: 15
              containers:
                - name: app
                  image: IMAGE
                  command: [node, /app/server.js]
                  env: [{name: START_MS, value: "0"}, {name: GRACEFUL, value: "yes"}]
                  ports: [{name: http, containerPort: 8000}]
                  readinessProbe: {httpGet: {path: /ready, port: http}, periodSeconds: 1, timeoutSeconds: 5}
                  lifecycle: {preStop: {exec: {command: [sleep, "3"]}}}
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: web, namespace: SPACE}
        spec: {selector: {app: web}, ports: [{name: http, port: 8000, targetPort: http}]}
        ---
        apiVersion: policy/v1
        kind: PodDisruptionBudget
        metadata: {name: web, namespace: SPACE}
        spec: {minAvailable: 1, selector: {matchLabels: {app: web}}}
        ---
        apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata: {name: web, namespace: SPACE}
        spec: {ingressClassName: tiketi-local, rules: [{host: SPACE, http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {name: http}}}}]}}]}
        """;

    /// <summary>Each safeguard; what is written in its stead; and how many requests a second it takes to meet the gap.</summary>
    private static readonly Safeguard[] Safeguards =
    [
        new("preStop", """lifecycle: {preStop: {exec: {command: [sleep, "3"]}}}""", "", RatePerSecond: 200),
        new("maxUnavailable 0", "maxUnavailable: 0, maxSurge: 1", "maxUnavailable: 2, maxSurge: 0"),
        new("readiness probe", "readinessProbe: {httpGet: {path: /ready, port: http}, periodSeconds: 1, timeoutSeconds: 5}", ""),
        new("graceful end", "{name: GRACEFUL, value: \"yes\"}", "{name: GRACEFUL, value: \"no\"}"),
        new("disruption budget", "minAvailable: 1", "minAvailable: 0", IsForDrains: true),
    ];

    private const int Slow = 6; // users at a time whose requests take 8 s
    private static readonly TimeSpan RolloutLimit = TimeSpan.FromMinutes(2);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task No_request_of_fifty_thousand_fails_during_twenty_rolling_updates_and_two_drained_nodes()
    {
        var space = await DeployAsync(Safe);
        await using var load = new Load(cluster.Ingress, space, ratePerSecond: 700);

        for (var rollout = 1; rollout <= 20; rollout++)
        {
            await RollAsync(space, rollout);
        }

        await DrainAsync(space);
        await DrainAsync(space);
        await load.UntilAsync(50_000);
        var (requests, errors) = await load.StopAsync();

        errors.Should().BeEmpty();
        requests.Should().BeGreaterThanOrEqualTo(50_000);
        TestContext.Current.SendDiagnosticMessage($"{requests} requests, {errors.Count} kinds of errors");
    }

    [Fact]
    public async Task Without_any_one_safeguard_requests_fail_and_beside_it_with_all_of_them_none_does()
    {
        using var done = new CancellationTokenSource();
        var control = ControlAsync(done.Token);
        var unsafely = Safeguards.Select(async safeguard => (safeguard.Name, Failed: await FailsAsync(safeguard)));

        var outcomes = await Task.WhenAll(unsafely);
        await done.CancelAsync();

        outcomes.Where(outcome => !outcome.Failed).Select(outcome => outcome.Name).Should().BeEmpty("without each of them requests fail");
        (await control).Should().BeEmpty("the machine was not too busy to serve: what failed, failed for want of a safeguard");
    }

    /// <summary>Whether requests fail while the service is rolled, or its node drained, without the safeguard.</summary>
    private async Task<bool> FailsAsync(Safeguard safeguard)
    {
        Safe.Should().Contain(safeguard.With);
        var space = await DeployAsync(Slowly(Safe.Replace(safeguard.With, safeguard.Without, StringComparison.Ordinal)));
        await using var load = new Load(cluster.Ingress, space, safeguard.RatePerSecond);
        for (var change = 1; change <= 6 && load.Errors.IsEmpty; change++)
        {
            await (safeguard.IsForDrains ? DrainAsync(space) : RollAsync(space, change));
            await EndAsync(space);
        }

        return (await load.StopAsync()).Errors.Count > 0;
    }

    /// <summary>The same service with all safeguards, rolled and drained on the same machine at the same time.</summary>
    /// <returns>The errors.</returns>
    private async Task<IReadOnlyDictionary<string, long>> ControlAsync(CancellationToken done)
    {
        var space = await DeployAsync(Slowly(Safe));
        await using var load = new Load(cluster.Ingress, space, ratePerSecond: 100);
        for (var rollout = 1; rollout == 1 || !done.IsCancellationRequested; rollout++)
        {
            await RollAsync(space, rollout);
            await DrainAsync(space);
        }

        return (await load.StopAsync()).Errors;
    }

    /// <summary>A service that takes 1.5 s to start, as real ones do.</summary>
    private static string Slowly(string manifests) => manifests.Replace("\"0\"", "\"1500\"", StringComparison.Ordinal);

    /// <summary>Until the old pods have ended.</summary>
    private async Task EndAsync(string space)
    {
        while ((await cluster.Client.CoreV1.ListNamespacedPodAsync(space, cancellationToken: Token)).Items.Any(pod => pod.Metadata.DeletionTimestamp is not null))
        {
            await Task.Delay(200, Token);
        }
    }

    private async Task<string> DeployAsync(string manifests)
    {
        var space = cluster.NewPodNamespace();
        var set = ManifestSet.Parse(manifests.Replace("SPACE", space, StringComparison.Ordinal).Replace("IMAGE", cluster.Image, StringComparison.Ordinal), "service");
        var rollout = new Rollout(cluster.Client, TimeProvider.System, NullLogger<Rollout>.Instance);
        await rollout.ApplyAsync(set, cancellationToken: Token);
        await rollout.WaitAsync(set.Manifests.Select(manifest => manifest.Key), RolloutLimit, Token);
        return space;
    }

    /// <summary>A new version: the pod template changes, and every pod is replaced.</summary>
    private async Task RollAsync(string space, int version)
    {
        await cluster.Client.AppsV1.PatchNamespacedDeploymentAsync(
            new V1Patch("""{"spec":{"template":{"metadata":{"annotations":{"version":"VERSION"}}}}}""".Replace("VERSION", $"{version}", StringComparison.Ordinal), V1Patch.PatchType.MergePatch), "web", space, cancellationToken: Token);
        await new Rollout(cluster.Client, TimeProvider.System, NullLogger<Rollout>.Instance)
            .WaitAsync([new ObjectKey("apps/v1", "Deployment", space, "web")], RolloutLimit, Token);
    }

    /// <summary>What kubectl drain does with the node's pods: evict each, and try again while a budget forbids it.</summary>
    private async Task DrainAsync(string space)
    {
        var pods = (await cluster.Client.CoreV1.ListNamespacedPodAsync(space, cancellationToken: Token)).Items.Where(pod => pod.Metadata.DeletionTimestamp is null);
        await Task.WhenAll(pods.Select(pod => EvictAsync(space, pod.Metadata.Name)));
        await new Rollout(cluster.Client, TimeProvider.System, NullLogger<Rollout>.Instance)
            .WaitAsync([new ObjectKey("apps/v1", "Deployment", space, "web")], RolloutLimit, Token);
    }

    private async Task EvictAsync(string space, string pod)
    {
        while (true)
        {
            try
            {
                await cluster.Client.CoreV1.CreateNamespacedPodEvictionAsync(new V1Eviction { Metadata = new V1ObjectMeta { Name = pod, NamespaceProperty = space } }, pod, space, cancellationToken: Token);
                return;
            }
            catch (HttpOperationException refused) when (refused.Response.StatusCode == HttpStatusCode.TooManyRequests)
            {
                await Task.Delay(500, Token);
            }
        }
    }

    private sealed record Safeguard(string Name, string With, string Without, double RatePerSecond = 60, bool IsForDrains = false);

    /// <summary>Visitors at a fixed rate, and a few whose requests take long, until it is stopped.</summary>
    private sealed class Load : IAsyncDisposable
    {
        private static readonly TimeSpan Slice = TimeSpan.FromSeconds(5);
        private readonly CancellationTokenSource _stop = new();
        private readonly Task _run;
        private long _requests;

        public Load(Uri ingress, string host, double ratePerSecond)
        {
            _run = Task.WhenAll(
                RepeatAsync(Request(ingress, host, "/", new LoadModel.Open(ratePerSecond, Slice, MaxConcurrency: 64))),
                RepeatAsync(Request(ingress, host, "/slow", new LoadModel.Closed(Slow, Slow)) with { WarmUpRequests = 0 }));
        }

        public ConcurrentDictionary<string, long> Errors { get; } = new(StringComparer.Ordinal);

        public async Task UntilAsync(long requests)
        {
            while (Interlocked.Read(ref _requests) < requests && !_run.IsCompleted)
            {
                await Task.Delay(200, Token);
            }
        }

        /// <summary>Lets the current slices end: what is under way counts.</summary>
        public async Task<(long Requests, IReadOnlyDictionary<string, long> Errors)> StopAsync()
        {
            await _stop.CancelAsync();
            await _run;
            return (_requests, Errors);
        }

        public async ValueTask DisposeAsync()
        {
            await StopAsync();
            _stop.Dispose();
        }

        private async Task RepeatAsync(LoadTestRequest request)
        {
            var test = new LoadTest(TimeProvider.System, NullLogger<LoadTest>.Instance);
            while (!_stop.IsCancellationRequested)
            {
                var result = await test.RunAsync(request, Token);
                Interlocked.Add(ref _requests, result.Requests);
                foreach (var (kind, count) in result.ErrorsByKind)
                {
                    Errors.AddOrUpdate($"{request.Url.AbsolutePath} {kind}", count, (_, before) => before + count);
                }
            }
        }

        private static LoadTestRequest Request(Uri ingress, string host, string path, LoadModel model) => new()
        {
            Url = new Uri(ingress, path),
            Model = model,
            Headers = new Dictionary<string, string>(StringComparer.Ordinal) { ["Host"] = host },
            Timeout = TimeSpan.FromSeconds(60),
        };
    }
}

/// <summary>A cluster of its own, so that the contract's tests run beside these.</summary>
[CollectionDefinition(Name)]
public sealed class LoadedClusterCollection : ICollectionFixture<ContainerCluster>
{
    public const string Name = "a cluster under load";
}
