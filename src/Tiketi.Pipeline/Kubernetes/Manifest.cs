using System.Text.Json.Nodes;

namespace Tiketi.Pipeline.Kubernetes;

/// <summary>What names one object of a cluster. <paramref name="Namespace"/> is null for cluster-wide kinds.</summary>
public sealed record ObjectKey(string ApiVersion, string Kind, string? Namespace, string Name)
{
    /// <summary>"Deployment/backend", as people and kubectl write it.</summary>
    public override string ToString() => $"{Kind}/{Name}";
}

/// <summary>One desired object. Never changed in place: a transformation works on a copy.</summary>
public sealed class Manifest
{
    /// <param name="body">The object's JSON.</param>
    /// <exception cref="PipelineException">apiVersion, kind or metadata.name is missing.</exception>
    public Manifest(JsonObject body)
    {
        Body = body;
        Key = new ObjectKey(Required("apiVersion"), Required("kind"), body.Text("metadata", "namespace"), Required("metadata", "name"));
    }

    public ObjectKey Key { get; }

    internal JsonObject Body { get; }

    /// <summary>The pod template of a workload, or null for other kinds.</summary>
    internal static JsonObject? PodTemplate(JsonObject body) => (body.Text("kind") switch
    {
        "Deployment" or "StatefulSet" or "DaemonSet" or "ReplicaSet" or "Job" => body.At("spec", "template"),
        "CronJob" => body.At("spec", "jobTemplate", "spec", "template"),
        "Pod" => body,
        _ => null,
    }) as JsonObject;

    internal static IEnumerable<JsonObject> Containers(JsonObject podTemplate) =>
        podTemplate.Items("spec", "initContainers").Concat(podTemplate.Items("spec", "containers")).OfType<JsonObject>();

    internal Manifest With(Action<JsonObject> change)
    {
        var copy = (JsonObject)Body.DeepClone();
        change(copy);
        return new Manifest(copy);
    }

    private string Required(params ReadOnlySpan<string> path) => Body.Text(path) is { Length: > 0 } text
        ? text
        : throw new PipelineException(
            $"A manifest has no {string.Join('.', path)}: {Shorten(Body.ToJsonString())}",
            "Every document that kustomize renders needs apiVersion, kind and metadata.name.");

    private static string Shorten(string text) => text.Length <= 120 ? text : text[..120] + "...";
}
