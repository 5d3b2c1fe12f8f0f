using System.Text.Json.Nodes;
using Tiketi.LocalCloud.Kubernetes.Resources;
using Tiketi.LocalCloud.Kubernetes.Storage;

namespace Tiketi.LocalCloud.Kubernetes.Api;

/// <summary>The scale subresource: a workload's replica count as an autoscaling/v1 Scale.</summary>
internal sealed class ScaleHandler(ClusterObjects objects)
{
    public async Task HandleAsync(ApiRequest request)
    {
        var method = request.Context.Request.Method;
        if (method == "GET")
        {
            await request.Context.WriteAsync(ScaleOf(objects.Get(request.Resource, request.NamespaceOrEmpty, request.RequiredName).Body));
            return;
        }

        var patch = await request.ReadBodyAsync();
        var type = (request.Context.Request.ContentType ?? string.Empty).Split(';')[0].Trim();
        var body = objects.Modify(request.Resource, request.NamespaceOrEmpty, request.RequiredName, current =>
        {
            var scale = method switch
            {
                "PUT" => patch as JsonObject ?? throw StatusException.BadRequest("the object provided is no Scale"),
                "PATCH" => WriteHandler.Change(request.Resource, ScaleOf(current), type, patch),
                _ => throw StatusException.MethodNotAllowed(),
            };
            current.Ensure("spec")["replicas"] = scale.Number("spec", "replicas") ?? 0;
            if (scale.Text("metadata", "resourceVersion") is { Length: > 0 } version)
            {
                current.Ensure("metadata")["resourceVersion"] = version;
            }

            return current;
        }, request.WriteOptions());
        await request.Context.WriteAsync(ScaleOf(body));
    }

    private static JsonObject ScaleOf(JsonObject body)
    {
        var metadata = new JsonObject();
        foreach (var name in new[] { "name", "namespace", "uid", "resourceVersion", "creationTimestamp" })
        {
            metadata[name] = body.At("metadata", name)?.DeepClone();
        }

        var status = new JsonObject { ["replicas"] = body.Number("status", "replicas") ?? 0 };
        if (body.Object("spec", "selector", "matchLabels") is { } labels)
        {
            status["selector"] = WorkloadColumns.Pairs(labels);
        }

        return new JsonObject
        {
            ["kind"] = "Scale", ["apiVersion"] = "autoscaling/v1", ["metadata"] = metadata,
            ["spec"] = new JsonObject { ["replicas"] = body.Number("spec", "replicas") ?? 0 }, ["status"] = status,
        };
    }
}
