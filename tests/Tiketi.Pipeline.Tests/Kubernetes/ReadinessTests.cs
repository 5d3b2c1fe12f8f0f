using System.Text.Json.Nodes;
using Tiketi.Pipeline.Kubernetes;

namespace Tiketi.Pipeline.Tests.Kubernetes;

public sealed class ReadinessTests
{
    [Theory]
    [InlineData("""{"kind":"Deployment","metadata":{"generation":2},"spec":{"replicas":2},"status":{"observedGeneration":1,"replicas":2,"updatedReplicas":2,"readyReplicas":2,"availableReplicas":2}}""", ReadyState.Progressing)]
    [InlineData("""{"kind":"Deployment","metadata":{"generation":2},"spec":{"replicas":2},"status":{"observedGeneration":2,"replicas":2,"updatedReplicas":2,"readyReplicas":2,"availableReplicas":2}}""", ReadyState.Ready)]
    [InlineData("""{"kind":"Deployment","metadata":{"generation":2},"spec":{"replicas":2},"status":{"observedGeneration":2,"replicas":3,"updatedReplicas":2,"readyReplicas":3,"availableReplicas":3}}""", ReadyState.Progressing)]
    [InlineData("""{"kind":"Deployment","metadata":{"generation":2},"spec":{"replicas":2},"status":{"observedGeneration":2,"replicas":3,"updatedReplicas":1,"readyReplicas":2,"availableReplicas":2}}""", ReadyState.Progressing)]
    [InlineData("""{"kind":"Deployment","metadata":{"generation":1},"spec":{"replicas":0},"status":{"observedGeneration":1}}""", ReadyState.Ready)]
    [InlineData("""{"kind":"Deployment","metadata":{"generation":1},"spec":{},"status":{}}""", ReadyState.Progressing)]
    [InlineData("""{"kind":"Deployment","metadata":{"generation":1},"spec":{"replicas":1},"status":{"observedGeneration":1,"conditions":[{"type":"Progressing","status":"False","reason":"ProgressDeadlineExceeded"}]}}""", ReadyState.Failed)]
    [InlineData("""{"kind":"StatefulSet","metadata":{"generation":1},"spec":{"replicas":2},"status":{"observedGeneration":1,"replicas":2,"readyReplicas":1,"updatedReplicas":2}}""", ReadyState.Progressing)]
    [InlineData("""{"kind":"StatefulSet","metadata":{"generation":1},"spec":{"replicas":2},"status":{"observedGeneration":1,"replicas":2,"readyReplicas":2,"updatedReplicas":2}}""", ReadyState.Ready)]
    [InlineData("""{"kind":"StatefulSet","metadata":{"generation":1},"spec":{"replicas":1},"status":{"observedGeneration":1,"replicas":1,"readyReplicas":1,"updatedReplicas":1,"currentRevision":"a","updateRevision":"b"}}""", ReadyState.Progressing)]
    [InlineData("""{"kind":"ReplicaSet","metadata":{"generation":1},"spec":{"replicas":1},"status":{"observedGeneration":1,"replicas":1,"readyReplicas":1}}""", ReadyState.Progressing)]
    [InlineData("""{"kind":"ReplicaSet","metadata":{"generation":1},"spec":{"replicas":1},"status":{"observedGeneration":1,"replicas":1,"readyReplicas":1,"availableReplicas":1}}""", ReadyState.Ready)]
    [InlineData("""{"kind":"CustomResourceDefinition","metadata":{},"status":{"conditions":[{"type":"NamesAccepted","status":"False","message":"taken"}]}}""", ReadyState.Failed)]
    [InlineData("""{"kind":"CustomResourceDefinition","metadata":{},"status":{"conditions":[{"type":"NamesAccepted","status":"True"},{"type":"Established","status":"True"}]}}""", ReadyState.Ready)]
    [InlineData("""{"kind":"Thing","metadata":{},"status":{"conditions":[{"type":"Stalled","status":"True","message":"why"}]}}""", ReadyState.Failed)]
    [InlineData("""{"kind":"Thing","metadata":{},"status":{"conditions":[{"type":"Reconciling","status":"True"}]}}""", ReadyState.Progressing)]
    [InlineData("""{"kind":"Job","metadata":{},"status":{"startTime":"2026-01-01T00:00:00Z","active":1}}""", ReadyState.Progressing)]
    [InlineData("""{"kind":"Job","metadata":{},"status":{"conditions":[{"type":"Complete","status":"True"}]}}""", ReadyState.Ready)]
    [InlineData("""{"kind":"Job","metadata":{},"status":{"conditions":[{"type":"Failed","status":"True","message":"limit"}]}}""", ReadyState.Failed)]
    [InlineData("""{"kind":"Pod","metadata":{},"status":{"phase":"Failed"}}""", ReadyState.Failed)]
    [InlineData("""{"kind":"Pod","metadata":{},"status":{"phase":"Running","conditions":[{"type":"Ready","status":"True"}]}}""", ReadyState.Ready)]
    [InlineData("""{"kind":"Pod","metadata":{"deletionTimestamp":"2026-01-01T00:00:00Z"},"status":{"phase":"Running","conditions":[{"type":"Ready","status":"True"}]}}""", ReadyState.Progressing)]
    [InlineData("""{"kind":"Ingress","metadata":{},"status":{"loadBalancer":{}}}""", ReadyState.Progressing)]
    [InlineData("""{"kind":"Ingress","metadata":{},"status":{"loadBalancer":{"ingress":[{"ip":"127.0.0.1"}]}}}""", ReadyState.Ready)]
    [InlineData("""{"kind":"Service","metadata":{},"spec":{"type":"ClusterIP"}}""", ReadyState.Ready)]
    [InlineData("""{"kind":"Service","metadata":{},"spec":{"type":"LoadBalancer"},"status":{"loadBalancer":{}}}""", ReadyState.Progressing)]
    [InlineData("""{"kind":"Secret","metadata":{}}""", ReadyState.Ready)]
    public void An_object_is_ready_only_when_it_is_what_was_asked_for(string json, ReadyState expected) =>
        Readiness.Of(JsonNode.Parse(json)!.AsObject()).State.Should().Be(expected);

    [Theory]
    [InlineData("""{"state":{"waiting":{"reason":"ErrImagePull","message":"manifest for x not found"}}}""", "cannot pull image*", 0)]
    [InlineData("""{"state":{"waiting":{"reason":"ImagePullBackOff","message":"Back-off pulling image"}}}""", "cannot pull image*", 8)]
    [InlineData("""{"state":{"waiting":{"reason":"CreateContainerConfigError","message":"secret \"a\" not found"}}}""", "lacks its configuration: secret \"a\" not found", 8)]
    [InlineData("""{"restartCount":2,"state":{"waiting":{"reason":"CrashLoopBackOff"}},"lastState":{"terminated":{"exitCode":1}}}""", "crashes: exit code 1, 2 restarts", 0)]
    [InlineData("""{"state":{"waiting":{"reason":"ErrImagePull","message":"dial tcp: i/o timeout"}}}""", "cannot pull image*", 75)]
    [InlineData("""{"restartCount":2,"state":{"waiting":{"reason":"CrashLoopBackOff"}},"lastState":{"terminated":{"exitCode":137,"reason":"OOMKilled"}}}""", "*more memory than its limit", 0)]
    [InlineData("""{"state":{"waiting":{"reason":"RunContainerError","message":"exec /a: exec format error"}}}""", "*another platform*", 0)]
    public void A_doomed_container_is_recognised_wherever_it_is(string status, string summary, int graceSeconds)
    {
        foreach (var list in new[] { "initContainerStatuses", "containerStatuses" })
        {
            var container = JsonNode.Parse(status)!.AsObject();
            container["name"] = "app";
            var failure = PodFailure.Find(new JsonObject { ["status"] = new JsonObject { [list] = new JsonArray(container) } });

            failure!.Summary.Should().Match(summary);
            failure.Container.Should().Be("app");
            failure.Grace.TotalSeconds.Should().Be(graceSeconds);
        }
    }

    [Theory]
    [InlineData("""{"restartCount":1,"state":{"waiting":{"reason":"CrashLoopBackOff"}}}""")]
    [InlineData("""{"state":{"waiting":{"reason":"ContainerCreating"}}}""")]
    [InlineData("""{"restartCount":5,"state":{"running":{}}}""")]
    [InlineData("""{"restartCount":9,"state":{"terminated":{"exitCode":7}}}""")] // once, after days without trouble
    [InlineData("""{"restartCount":0,"state":{"terminated":{"exitCode":0}}}""")]
    public void A_container_that_may_still_come_up_is_not_condemned(string status) =>
        PodFailure.Find(new JsonObject { ["status"] = new JsonObject { ["containerStatuses"] = new JsonArray(JsonNode.Parse(status)) } }).Should().BeNull();
}
