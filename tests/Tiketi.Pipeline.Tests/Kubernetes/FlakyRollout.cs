using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using k8s;

namespace Tiketi.Pipeline.Tests.Kubernetes;

/// <summary>
/// An API server that tells one rollout's story by the clock: what its pods look like at each moment is given, and the
/// Deployment is what they make of it.
/// </summary>
internal sealed class FlakyRollout(TimeProvider time, JsonObject podSpec, IReadOnlyList<IReadOnlyList<(double At, string Status)>> pods) : DelegatingHandler
{
    private readonly string _spec = podSpec.ToJsonString();
    private readonly DateTimeOffset _start = time.GetUtcNow();

    /// <summary>A client that talks to the story.</summary>
    public IKubernetes Client => new k8s.Kubernetes(new KubernetesClientConfiguration { Host = "http://story" }, this);

    /// <summary>When the last pod becomes ready.</summary>
    public TimeSpan End => TimeSpan.FromSeconds(pods.Max(story => story[^1].At));

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var path = request.RequestUri!.AbsolutePath;
        var answer = path switch
        {
            "/apis/apps/v1" => """{"resources":[{"name":"deployments","namespaced":true,"kind":"Deployment"},{"name":"replicasets","namespaced":true,"kind":"ReplicaSet"}]}""",
            "/api/v1" => """{"resources":[{"name":"pods","namespaced":true,"kind":"Pod"},{"name":"events","namespaced":true,"kind":"Event"}]}""",
            "/apis/apps/v1/namespaces/x/deployments/web" => Deployment(),
            "/apis/apps/v1/namespaces/x/replicasets" => """{"items":[{"metadata":{"uid":"set","name":"web-1","annotations":{"deployment.kubernetes.io/revision":"1"},"ownerReferences":[{"uid":"web"}]}}]}""",
            "/api/v1/namespaces/x/pods" => $"{{\"items\":[{string.Join(',', pods.Select((_, index) => Pod(index)))}]}}",
            "/api/v1/namespaces/x/events" => """{"items":[]}""",
            _ => null,
        };
        return Task.FromResult(answer is null
            ? new HttpResponseMessage(HttpStatusCode.NotFound) { Content = new StringContent("{}") }
            : new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent(answer, Encoding.UTF8, "application/json") });
    }

    private string Deployment()
    {
        var ready = pods.Count(story => Current(story).Contains("\"ready\":true", StringComparison.Ordinal));
        var done = ready == pods.Count;
        var reason = done ? "NewReplicaSetAvailable" : "ReplicaSetUpdated";
        return $$$"""
            {"kind":"Deployment","metadata":{"uid":"web","name":"web","namespace":"x","generation":1,"annotations":{"deployment.kubernetes.io/revision":"1"}},
             "spec":{"replicas":{{{pods.Count}}},"progressDeadlineSeconds":600},
             "status":{"observedGeneration":1,"replicas":{{{pods.Count}}},"updatedReplicas":{{{pods.Count}}},"readyReplicas":{{{ready}}},"availableReplicas":{{{ready}}},
               "conditions":[{"type":"Progressing","status":"True","reason":"{{{reason}}}"},{"type":"Available","status":"{{{done}}}"}]}}
            """;
    }

    private string Pod(int index) =>
        $$"""{"kind":"Pod","metadata":{"uid":"pod-{{index}}","name":"web-{{index}}","namespace":"x","ownerReferences":[{"uid":"set"}]},"spec":{{_spec}},"status":{{Current(pods[index])}} }""";

    private string Current(IReadOnlyList<(double At, string Status)> story)
    {
        var now = (time.GetUtcNow() - _start).TotalSeconds;
        return story.Last(step => step.At <= now).Status;
    }
}
