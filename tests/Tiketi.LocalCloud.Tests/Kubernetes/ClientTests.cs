using System.Net;
using System.Text;
using k8s;
using k8s.Autorest;
using k8s.Models;

namespace Tiketi.LocalCloud.Tests.Kubernetes;

/// <summary>The published .NET client as an outside client.</summary>
[Collection(ClusterTests.Name)]
public sealed class ClientTests(Cluster cluster)
{
    [Fact]
    public async Task A_watch_sees_each_change_once_and_in_order()
    {
        var ns = await cluster.NamespaceAsync();
        using var client = Client();
        var list = await client.CoreV1.ListNamespacedConfigMapAsync(ns, cancellationToken: TestContext.Current.CancellationToken);
        var seen = new List<string>();
        var watching = Task.Run(async () =>
        {
            await foreach (var (type, item) in client.CoreV1.WatchListNamespacedConfigMapAsync(ns, resourceVersion: list.Metadata.ResourceVersion, labelSelector: "watched=yes", cancellationToken: TestContext.Current.CancellationToken))
            {
                seen.Add($"{type} {item.Name()} {item.Data?["n"]}");
                if (type == WatchEventType.Deleted)
                {
                    return;
                }
            }
        });

        var map = new V1ConfigMap { Metadata = new V1ObjectMeta { Name = "m", Labels = new Dictionary<string, string>(StringComparer.Ordinal) { ["watched"] = "yes" } }, Data = new Dictionary<string, string>(StringComparer.Ordinal) { ["n"] = "1" } };
        map = await client.CoreV1.CreateNamespacedConfigMapAsync(map, ns, cancellationToken: TestContext.Current.CancellationToken);
        map.Data["n"] = "2";
        map = await client.CoreV1.ReplaceNamespacedConfigMapAsync(map, "m", ns, cancellationToken: TestContext.Current.CancellationToken);
        map.Metadata.Labels["watched"] = "no"; // leaves the watch's view, which is a deletion there
        await client.CoreV1.ReplaceNamespacedConfigMapAsync(map, "m", ns, cancellationToken: TestContext.Current.CancellationToken);
        await watching.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);

        seen.Should().Equal("Added m 1", "Modified m 2", "Deleted m 2");
        (await cluster.KubectlAsync("delete", "namespace", ns, "--wait=false")).Ok();
    }

    [Fact]
    public async Task A_watch_from_the_distant_past_is_told_to_list_again()
    {
        using var client = Client();
        var watch = async () =>
        {
            await foreach (var _ in client.CoreV1.WatchListNamespaceAsync(resourceVersion: "1", onError: e => throw e, cancellationToken: TestContext.Current.CancellationToken))
            {
                return;
            }
        };
        await cluster.Cloud.RestartAsync(); // the history begins anew
        (await watch.Should().ThrowAsync<KubernetesException>()).Which.Status.Code.Should().Be((int)HttpStatusCode.Gone);
    }

    [Fact]
    public async Task A_stale_replace_is_refused_with_a_status()
    {
        var ns = await cluster.NamespaceAsync();
        using var client = Client();
        var stale = await client.CoreV1.CreateNamespacedConfigMapAsync(new V1ConfigMap { Metadata = new V1ObjectMeta { Name = "m" } }, ns, cancellationToken: TestContext.Current.CancellationToken);
        await client.CoreV1.PatchNamespacedConfigMapAsync(new V1Patch("""{"data":{"a":"b"}}""", V1Patch.PatchType.MergePatch), "m", ns, cancellationToken: TestContext.Current.CancellationToken);

        var refused = (await FluentActions.Awaiting(() => client.CoreV1.ReplaceNamespacedConfigMapAsync(stale, "m", ns)).Should().ThrowAsync<HttpOperationException>()).Which;

        refused.Response.StatusCode.Should().Be(HttpStatusCode.Conflict);
        KubernetesJson.Deserialize<V1Status>(refused.Response.Content).Reason.Should().Be("Conflict");
        (await cluster.KubectlAsync("delete", "namespace", ns, "--wait=false")).Ok();
    }

    [Fact]
    public async Task A_command_runs_over_a_web_socket_and_its_logs_can_be_followed()
    {
        var ns = await cluster.NamespaceAsync();
        using var client = Client();
        await cluster.ApplyAsync(Manifests.Pod(ns, "p", "echo first; sleep 3; echo second; sleep 100"));
        (await cluster.KubectlAsync("-n", ns, "wait", "pod/p", "--for", "condition=Ready", "--timeout", "60s")).Ok();

        await using var log = await client.CoreV1.ReadNamespacedPodLogAsync("p", ns, follow: true, cancellationToken: TestContext.Current.CancellationToken);
        using var lines = new StreamReader(log);
        (await lines.ReadLineAsync(TestContext.Current.CancellationToken)).Should().Be("first");
        (await lines.ReadLineAsync(TestContext.Current.CancellationToken)).Should().Be("second");

        using var socket = await client.WebSocketNamespacedPodExecAsync("p", ns, ["echo", "hello"], "app", stdin: false, tty: false, cancellationToken: TestContext.Current.CancellationToken);
        using var demuxer = new StreamDemuxer(socket);
        demuxer.Start();
        var buffer = new byte[100];
        var count = await demuxer.GetStream(ChannelIndex.StdOut, null).ReadAsync(buffer, TestContext.Current.CancellationToken);
        Encoding.UTF8.GetString(buffer, 0, count).Should().Be("hello\n");
        (await cluster.KubectlAsync("delete", "namespace", ns, "--wait=false")).Ok();
    }

    private k8s.Kubernetes Client() => new(KubernetesClientConfiguration.BuildConfigFromConfigFile(cluster.Kubeconfig));
}
