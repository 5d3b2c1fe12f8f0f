using System.Collections.Concurrent;
using System.Net;
using Tiketi.LocalCloud.Kubernetes;

namespace Tiketi.LocalCloud.Tests.Kubernetes;

/// <summary>Requests from outside through the ingress to real pods, while those come and go.</summary>
[Collection(ClusterTests.Name)]
public sealed class IngressTests(Cluster cluster)
{
    [Fact]
    public async Task Requests_reach_the_pods_behind_the_longest_path_and_pods_reach_each_other_by_name()
    {
        var ns = await cluster.NamespaceAsync();
        await cluster.ApplyAsync(Manifests.Web(ns, "front", replicas: 2, host: $"site.{ns}") + "\n---\n" + Manifests.Web(ns, "back", replicas: 1, host: $"other.{ns}") + """

            ---
            apiVersion: networking.k8s.io/v1
            kind: Ingress
            metadata: {name: both, namespace: <ns>}
            spec: {rules: [{host: "site.<ns>", http: {paths: [{path: /api, pathType: Prefix, backend: {service: {name: back, port: {number: 8000}}}}]}}]}
            """.With(("ns", ns)));
        (await GetAsync($"none.{ns}", "/")).Status.Should().Be(HttpStatusCode.NotFound);
        (await cluster.KubectlAsync("-n", ns, "rollout", "status", "deploy/front", "--timeout", "90s")).Ok();
        (await cluster.KubectlAsync("-n", ns, "rollout", "status", "deploy/back", "--timeout", "90s")).Ok();
        (await GetAsync($"site.{ns}", "/api/")).Body.Should().Be("back\n");
        (await GetAsync($"site.{ns}", "/")).Body.Should().Be("front root\n");
        var hosts = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < 4; i++)
        {
            hosts.Add((await GetAsync($"site.{ns}", "/host")).Body);
        }

        hosts.Should().HaveCount(2, "the pods take turns");
        (await cluster.GetAsync("-n", ns, "ingress", "front")).Items("status", "loadBalancer", "ingress").Single().Text("hostname").Should().Be("localhost");

        foreach (var name in new[] { "back", $"back.{ns}", $"back.{ns}.svc.cluster.local" })
        {
            (await cluster.KubectlAsync("-n", ns, "exec", "deploy/front", "--", "wget", "-qO-", $"http://{name}:8000/api/")).Ok().Should().Be("back\n");
        }

        (await cluster.KubectlAsync("-n", ns, "scale", "deploy/back", "--replicas", "0")).Ok();
        var gone = await cluster.UntilAsync(() => GetAsync($"site.{ns}", "/api/"), answer => answer.Status == HttpStatusCode.ServiceUnavailable);
        gone.Body.Should().Contain($"No pod behind service {ns}/back is ready");
        (await cluster.KubectlAsync("delete", "namespace", ns, "--wait=false")).Ok();
    }

    [Fact]
    public async Task A_rolling_update_under_load_fails_no_request()
    {
        var ns = await cluster.NamespaceAsync();
        await cluster.ApplyAsync(Manifests.Web(ns, "web", replicas: 2));
        (await cluster.KubectlAsync("-n", ns, "rollout", "status", "deploy/web", "--timeout", "90s")).Ok();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var answers = new ConcurrentBag<HttpStatusCode>();
        var load = Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                answers.Add((await GetAsync($"web.{ns}", "/")).Status);
            }
        })).ToList();

        (await cluster.KubectlAsync("-n", ns, "set", "env", "deploy/web", "VERSION=two")).Ok();
        (await cluster.KubectlAsync("-n", ns, "rollout", "status", "deploy/web", "--timeout", "120s")).Ok();
        await stop.CancelAsync();
        await Task.WhenAll(load);

        answers.Should().HaveCountGreaterThan(200).And.OnlyContain(status => status == HttpStatusCode.OK);
        (await cluster.KubectlAsync("delete", "namespace", ns, "--wait=false")).Ok();
    }

    [Fact]
    public async Task Pods_outlive_a_restart_of_the_local_cloud_and_come_back_when_their_containers_are_gone()
    {
        var ns = await cluster.NamespaceAsync();
        await cluster.ApplyAsync(Manifests.Web(ns, "web", replicas: 1));
        (await cluster.KubectlAsync("-n", ns, "rollout", "status", "deploy/web", "--timeout", "90s")).Ok();
        var before = await ContainerAsync(ns);

        await cluster.Cloud.RestartAsync();

        (await cluster.UntilAsync(() => ContainerAsync(ns), id => id.Length > 0)).Should().Be(before, "the running container is adopted");
        await cluster.UntilAsync(() => GetAsync($"web.{ns}", "/"), answer => answer.Status == HttpStatusCode.OK);
        (await Cluster.DockerAsync(["rm", "-f", .. (await Cluster.DockerAsync("ps", "-aq", "--filter", $"label=io.kubernetes.pod.namespace={ns}")).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)])).Ok();
        await cluster.UntilAsync(() => ContainerAsync(ns), id => id.Length > 0 && id != before);
        (await cluster.UntilAsync(() => GetAsync($"web.{ns}", "/"), answer => answer.Status == HttpStatusCode.OK)).Body.Should().Be("web root\n");
        (await cluster.KubectlAsync("delete", "namespace", ns, "--wait=false")).Ok();
    }

    private async Task<string> ContainerAsync(string ns)
    {
        var pods = await cluster.GetAsync("-n", ns, "pods");
        return pods.Items("items").SelectMany(pod => pod.Items("status", "containerStatuses")).Where(status => status.Flag("ready")).Select(status => status.Text("containerID")!).FirstOrDefault() ?? string.Empty;
    }

    private async Task<(HttpStatusCode Status, string Body)> GetAsync(string host, string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://127.0.0.1:{cluster.Cloud.Settings.IngressPort}{path}");
        request.Headers.Host = host;
        using var response = await cluster.Cloud.Http.SendAsync(request, TestContext.Current.CancellationToken);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }
}
