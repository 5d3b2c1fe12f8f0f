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
[Collection(ContainerClusterCollection.Name)]
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

    private const int Slow = 6; // users at a time whose requests take 3.5 s
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

    [Theory]
    [InlineData("preStop", """lifecycle: {preStop: {exec: {command: [sleep, "3"]}}}""", "")]
    [InlineData("maxUnavailable 0", "maxUnavailable: 0, maxSurge: 1", "maxUnavailable: 2, maxSurge: 0")]
    [InlineData("readiness probe", "readinessProbe: {httpGet: {path: /ready, port: http}, periodSeconds: 1, timeoutSeconds: 5}", "")]
    [InlineData("graceful end", "{name: GRACEFUL, value: \"yes\"}", "{name: GRACEFUL, value: \"no\"}")]
    public async Task Without_one_safeguard_rolling_updates_drop_requests(string safeguard, string with, string without)
    {
        Safe.Should().Contain(with);
        var space = await DeployAsync(Safe.Replace(with, without, StringComparison.Ordinal).Replace("\"0\"", "\"1500\"", StringComparison.Ordinal)); // a service that takes 1.5 s to start
        await using var load = new Load(cluster.Ingress, space, ratePerSecond: 200);

        for (var rollout = 1; rollout <= 6 && load.Errors.IsEmpty; rollout++)
        {
            await RollAsync(space, rollout);
            await Task.Delay(4000, Token); // until the old pods have ended
        }

        var (_, errors) = await load.StopAsync();
        errors.Should().NotBeEmpty("there was no {0}", safeguard);
    }

    [Fact]
    public async Task Without_a_disruption_budget_draining_a_node_drops_requests()
    {
        var space = await DeployAsync(Safe.Replace("minAvailable: 1", "minAvailable: 0", StringComparison.Ordinal).Replace("\"0\"", "\"1500\"", StringComparison.Ordinal));
        await using var load = new Load(cluster.Ingress, space, ratePerSecond: 200);

        await DrainAsync(space);

        var (_, errors) = await load.StopAsync();
        errors.Should().NotBeEmpty();
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
                RepeatAsync(Request(ingress, host, "/slow", new LoadModel.Closed(Slow * 2, Slow)) with { WarmUpRequests = 0 }));
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
