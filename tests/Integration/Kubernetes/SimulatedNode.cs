using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using k8s;

namespace Tiketi.Integration.Kubernetes;

/// <summary>
/// A node that only says that it runs its pods, through the API as a kubelet does. What a pod's image is called decides how
/// it fares: "x/broken" cannot be pulled, everything else is ready at once, and a Job's pod succeeds.
/// </summary>
public sealed class SimulatedNode : IAsyncDisposable
{
    /// <summary>On its own requests, which no fault of a test is to meet.</summary>
    public const string Header = "x-simulated-node";

    private const string Name = "simulated";
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);
    private readonly k8s.Kubernetes _client;
    private readonly CancellationTokenSource _ended = new();
    private readonly Task _run;

    public SimulatedNode(IKubernetes client)
    {
        _client = (k8s.Kubernetes)client;
        _run = Task.Run(RunAsync);
    }

    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        await _run.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        _client.Dispose();
        _ended.Dispose();
    }

    private async Task RunAsync()
    {
        while (true)
        {
            try
            {
                await SendAsync(HttpMethod.Post, "/api/v1/nodes", $$$"""{"metadata":{"name":"{{{Name}}}"}}""", "application/json");
                await SendAsync(HttpMethod.Patch, $"/api/v1/nodes/{Name}/status", """{"status":{"allocatable":{"cpu":"64","memory":"64Gi","pods":"1000"},"capacity":{"cpu":"64","memory":"64Gi","pods":"1000"},"conditions":[{"type":"Ready","status":"True"}]}}""");
                while (await SendAsync(HttpMethod.Get, "/api/v1/pods") is { } pods)
                {
                    await Task.WhenAll(pods["items"]!.AsArray().Select(pod => TreatAsync(pod!)));
                    await Task.Delay(Interval, _ended.Token);
                }
            }
            catch (HttpRequestException)
            {
                await Task.Delay(Interval, _ended.Token); // the API server is being restarted by a test
            }
        }
    }

    private async Task TreatAsync(JsonNode pod)
    {
        var path = $"/api/v1/namespaces/{pod["metadata"]!["namespace"]}/pods/{pod["metadata"]!["name"]}";
        if (pod["metadata"]!["deletionTimestamp"] is not null)
        {
            await SendAsync(HttpMethod.Delete, path, """{"gracePeriodSeconds":0}""", "application/json");
        }
        else if (pod["spec"]!["nodeName"] is not null && pod["status"]?["phase"]?.ToString() is null or "Pending" && pod["status"]?["containerStatuses"] is null)
        {
            await SendAsync(HttpMethod.Patch, path + "/status", new JsonObject { ["status"] = Status(pod) }.ToJsonString());
        }
    }

    private static JsonObject Status(JsonNode pod)
    {
        var image = pod["spec"]!["containers"]![0]!["image"]!.ToString();
        var broken = image.Contains("broken", StringComparison.Ordinal);
        var ends = pod["spec"]!["restartPolicy"]!.ToString() == "Never";
        var state = broken ? """{"waiting":{"reason":"ErrImagePull","message":"manifest unknown: not found"}}"""
            : ends ? """{"terminated":{"exitCode":0,"message":"{\"applied\":\"init.sql\",\"milliseconds\":1}\n"}}"""
            : """{"running":{"startedAt":"2026-01-01T00:00:00Z"}}""";
        var ready = !broken && !ends ? "True" : "False";
        return JsonNode.Parse($$"""
            {"phase": "{{(broken ? "Pending" : ends ? "Succeeded" : "Running")}}", "podIP": "127.0.0.1",
             "conditions": [{"type":"Ready","status":"{{ready}}"},{"type":"ContainersReady","status":"{{ready}}"},{"type":"PodScheduled","status":"True"}],
             "containerStatuses": [{"name":"{{pod["spec"]!["containers"]![0]!["name"]}}","image":"{{image}}","ready":{{ready.ToLowerInvariant()}},"restartCount":0,"state":{{state}}}]}
            """)!.AsObject();
    }

    private async Task<JsonNode?> SendAsync(HttpMethod method, string path, string? body = null, string type = "application/merge-patch+json")
    {
        using var request = new HttpRequestMessage(method, _client.BaseUri.AbsoluteUri.TrimEnd('/') + path);
        request.Headers.Add(Header, Name);
        request.Content = body is null ? null : new StringContent(body, Encoding.UTF8, new MediaTypeHeaderValue(type));
        await _client.Credentials.ProcessHttpRequestAsync(request, _ended.Token);
        using var response = await _client.HttpClient.SendAsync(request, _ended.Token);
        return JsonNode.Parse(await response.Content.ReadAsStringAsync(_ended.Token));
    }
}
