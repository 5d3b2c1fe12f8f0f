using System.Text.Json.Nodes;
using k8s;
using Tiketi.Pipeline.Kubernetes;

namespace Tiketi.Pipeline.Verification.Checks;

/// <summary>What the cluster says about the services, and what their pods can reach.</summary>
internal static class ClusterChecks
{
    public static IEnumerable<ICheck> For(SmokeTestTarget target, TimeProvider time, HttpClient http)
    {
        var names = target.Services.Select(service => service.Name).ToList();
        yield return Of("nodes", "the cluster has nodes that take work", NodesAsync);
        yield return Of("deployments", "every service has all its replicas", (api, token) => DeploymentsAsync(api, target.Namespace, names, token));
        yield return Of("pods", "no pod of the services is failing", (api, token) => PodsAsync(api, target.Namespace, names, token));
        yield return Of("services", "every service has pods behind its name in the cluster", (api, token) => ServicesAsync(api, target, token));
        yield return Of("autoscalers", "services can be scaled out under load", (api, token) => AutoscalersAsync(api, target.Namespace, token));
        yield return Of("ingress", "the services have a public address", (api, token) => IngressAsync(api, target.Namespace, token));
        yield return Of("migrations", "the database has the schema that the services expect", (api, token) => MigrationsAsync(api, target.Namespace, token));
        yield return Of("database", "the backend's pods reach PostgreSQL", (api, token) =>
            PodReach.AskAsync(target, api, http, "backend", "database", "require('./src/config/database').query('SELECT NOW() AS now').then(r => r.rows[0].now)", token));
        yield return Of("redis", "the ticket service's pods reach Redis", (api, token) =>
            PodReach.AskAsync(target, api, http, "ticket-service", "redis", "require('./src/config/redis').ping()", token));

        Check Of(string id, string meaning, Func<ClusterApi, CancellationToken, Task<CheckOutcome>> run)
        {
            var api = target.Cluster is null ? null : new ClusterApi(target.Cluster, time);
            return new Check(id, meaning, token => api is null ? Task.FromResult(CheckOutcome.Skipped("no cluster was given")) : run(api, token));
        }
    }

    private static async Task<CheckOutcome> NodesAsync(ClusterApi api, CancellationToken cancellationToken)
    {
        var nodes = await api.ListAsync("v1", "Node", "", "", cancellationToken);
        var unready = nodes.Where(node => node.Condition("Ready").Text("status") != "True").Select(NameOf).ToList();
        return nodes.Count == 0 ? CheckOutcome.Failed("the cluster has no nodes", "Run ./build.sh ApplyInfra, and look at the node group's health.")
            : unready.Count > 0 ? CheckOutcome.Failed($"not ready: {string.Join(", ", unready)}", "kubectl describe node NAME shows the condition that fails; replace the node if it stays.")
            : CheckOutcome.Passed($"{nodes.Count} ready");
    }

    private static async Task<CheckOutcome> DeploymentsAsync(ClusterApi api, string space, IReadOnlyList<string> names, CancellationToken cancellationToken)
    {
        var live = (await api.ListAsync("apps/v1", "Deployment", space, "", cancellationToken)).ToDictionary(NameOf, Typed("Deployment"));
        var problems = names.Select(name => !live.TryGetValue(name, out var deployment) ? $"{name} is missing"
            : Readiness.Of(deployment) is { State: not ReadyState.Ready } readiness ? $"{name}: {readiness.Reason}" : null).OfType<string>().ToList();
        return problems.Count == 0
            ? CheckOutcome.Passed(string.Join(", ", names.Select(name => $"{name} {live[name].Number("status", "availableReplicas")}/{live[name].Number("spec", "replicas")}")))
            : CheckOutcome.Failed(string.Join("; ", problems), "Run ./build.sh DeployK8s, or ./build.sh Diagnose for what keeps them.");
    }

    private static async Task<CheckOutcome> PodsAsync(ClusterApi api, string space, IReadOnlyList<string> names, CancellationToken cancellationToken)
    {
        var pods = (await api.ListAsync("v1", "Pod", space, "", cancellationToken)).Where(pod => names.Contains(pod.Text("metadata", "labels", "app") ?? "")).ToList();
        if (pods.Select(PodFailure.Find).FirstOrDefault(failure => failure is { Class: not FailureClass.NotReady }) is { } found)
        {
            return CheckOutcome.Failed($"{found.Container ?? "a pod"} {found.Summary}", found.Remedy);
        }

        var waiting = pods.Where(pod => pod.At("metadata", "deletionTimestamp") is null && Readiness.Of(Typed("Pod")(pod)) is { State: not ReadyState.Ready }).Select(NameOf).ToList();
        return waiting.Count > 0 ? CheckOutcome.Failed($"not ready: {string.Join(", ", waiting)}", "kubectl describe pod NAME shows why; ./build.sh Diagnose does it for all.")
            : pods.Count == 0 ? CheckOutcome.Failed($"namespace {space} has no pod of any service", "Run ./build.sh DeployK8s.")
            : CheckOutcome.Passed($"{pods.Count} running, {pods.Sum(pod => pod.Items("status", "containerStatuses").Sum(container => container.Number("restartCount")))} restarts");
    }

    private static async Task<CheckOutcome> ServicesAsync(ClusterApi api, SmokeTestTarget target, CancellationToken cancellationToken)
    {
        var slices = await api.ListAsync("discovery.k8s.io/v1", "EndpointSlice", target.Namespace, "", cancellationToken);
        var ready = slices.ToLookup(
            slice => slice.Text("metadata", "labels", "kubernetes.io/service-name") ?? "",
            slice => slice.Items("endpoints").Count(endpoint => endpoint.At("conditions", "ready")?.GetValue<bool>() != false), StringComparer.Ordinal);
        var names = target.Services.Select(service => service.KubernetesService).ToList();
        var empty = names.Where(name => ready[name].Sum() == 0).ToList();
        return empty.Count == 0 ? CheckOutcome.Passed(string.Join(", ", names.Select(name => $"{name} {ready[name].Sum()}")))
            : CheckOutcome.Failed($"no ready pod behind {string.Join(", ", empty)}", $"Compare the selector with the pods' labels: kubectl -n {target.Namespace} describe service {empty[0]}; ./build.sh Diagnose says why pods are not ready.");
    }

    private static async Task<CheckOutcome> AutoscalersAsync(ClusterApi api, string space, CancellationToken cancellationToken)
    {
        if (!await api.ServesAsync("autoscaling/v2", "HorizontalPodAutoscaler", cancellationToken))
        {
            return CheckOutcome.Skipped("the cluster does not serve autoscaling/v2");
        }

        var scalers = await api.ListAsync("autoscaling/v2", "HorizontalPodAutoscaler", space, "", cancellationToken);
        foreach (var scaler in scalers)
        {
            var lame = new[] { "AbleToScale", "ScalingActive" }.Select(type => scaler.Condition(type)).FirstOrDefault(condition => condition.Text("status") == "False");
            if (lame is not null)
            {
                return CheckOutcome.Failed($"{NameOf(scaler)}: {lame.Text("message") ?? lame.Text("reason")}", lame.Text("reason") switch
                {
                    "FailedGetScale" => $"Let scaleTargetRef name a Deployment that exists: kubectl -n {space} describe hpa {NameOf(scaler)}.",
                    "ScalingDisabled" => "Its target has 0 replicas, which switches an autoscaler off: ./build.sh DeployK8s scales it up again.",
                    _ => "It gets no metrics: the add-on metrics-server must run (kubectl -n kube-system get deployment metrics-server) and the pods must request CPU.",
                });
            }

            if (scaler.Number("status", "currentReplicas") is var current && current < scaler.Number("spec", "minReplicas"))
            {
                return CheckOutcome.Failed($"{NameOf(scaler)} runs {current} replicas, and {scaler.Number("spec", "minReplicas")} are the least", "Look for room on the nodes: ./build.sh Diagnose names pods that wait for it.");
            }
        }

        return scalers.Count == 0 ? CheckOutcome.Skipped($"namespace {space} has no autoscaler")
            : CheckOutcome.Passed(string.Join(", ", scalers.Select(scaler => $"{NameOf(scaler)} {scaler.Number("status", "currentReplicas")} of {scaler.Number("spec", "minReplicas")} to {scaler.Number("spec", "maxReplicas")}")));
    }

    private static async Task<CheckOutcome> IngressAsync(ClusterApi api, string space, CancellationToken cancellationToken)
    {
        var ingresses = await api.ListAsync("networking.k8s.io/v1", "Ingress", space, "", cancellationToken);
        var addresses = ingresses.SelectMany(ingress => ingress.Items("status", "loadBalancer", "ingress")).Select(address => address.Text("hostname") ?? address.Text("ip")).OfType<string>().ToList();
        return ingresses.Count == 0 ? CheckOutcome.Failed($"namespace {space} has no ingress", "Run ./build.sh DeployK8s.")
            : addresses.Count == 0 ? CheckOutcome.Failed($"{NameOf(ingresses[0])} has no address", "Look at the load balancer controller: kubectl -n kube-system logs deployment/aws-load-balancer-controller.")
            : CheckOutcome.Passed(string.Join(", ", addresses));
    }

    private static async Task<CheckOutcome> MigrationsAsync(ClusterApi api, string space, CancellationToken cancellationToken)
    {
        var jobs = await api.ListAsync("batch/v1", "Job", space, "labelSelector=app.kubernetes.io%2Fcomponent%3Ddatabase-migration", cancellationToken);
        var open = jobs.Select(Typed("Job")).Select(job => (Name: NameOf(job), Readiness: Readiness.Of(job))).Where(job => job.Readiness.State != ReadyState.Ready).ToList();
        return jobs.Count == 0 ? CheckOutcome.Failed("no migration has run", "Run ./build.sh DeployK8s, which migrates the database.")
            : open.Count > 0 ? CheckOutcome.Failed(string.Join("; ", open.Select(job => $"{job.Name}: {job.Readiness.Reason}")), $"kubectl -n {space} logs job/{open[0].Name} names the file and line; mend it and run ./build.sh DeployK8s.")
            : CheckOutcome.Passed($"{NameOf(jobs[0])} is complete");
    }

    private static string NameOf(JsonNode item) => item.Text("metadata", "name") ?? "?";

    // The items of a list do not repeat their kind.
    private static Func<JsonObject, JsonObject> Typed(string kind) => item =>
    {
        item["kind"] ??= kind;
        return item;
    };
}
