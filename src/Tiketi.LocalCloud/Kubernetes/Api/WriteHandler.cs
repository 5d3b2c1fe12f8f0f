using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Tiketi.LocalCloud.Kubernetes.Patching;
using Tiketi.LocalCloud.Kubernetes.Resources;
using Tiketi.LocalCloud.Kubernetes.Storage;

namespace Tiketi.LocalCloud.Kubernetes.Api;

/// <summary>POST, PUT, PATCH and DELETE.</summary>
internal sealed class WriteHandler(ClusterObjects objects, Deletion deletion, TableRenderer tables)
{
    public async Task CreateAsync(ApiRequest request)
    {
        var body = await request.ReadObjectAsync();
        CheckKind(request, body);
        var ns = request.Resource.Namespaced ? request.Namespace ?? throw StatusException.MethodNotAllowed() : string.Empty;
        if (request.Resource.Namespaced && body.Namespace() is { Length: > 0 } stated && stated != ns)
        {
            throw StatusException.BadRequest($"the namespace of the provided object does not match the namespace sent on the request ({stated} != {ns})");
        }

        await RespondAsync(request, objects.Create(request.Resource, ns, body, request.WriteOptions()), StatusCodes.Status201Created);
    }

    public async Task UpdateAsync(ApiRequest request)
    {
        var body = await request.ReadObjectAsync();
        CheckKind(request, body);
        await RespondAsync(request, objects.Modify(request.Resource, request.NamespaceOrEmpty, request.RequiredName, _ => body.Copy(), request.WriteOptions()));
    }

    public async Task PatchAsync(ApiRequest request)
    {
        var patch = await request.ReadBodyAsync();
        var type = (request.Context.Request.ContentType ?? string.Empty).Split(';')[0].Trim();
        if (type == "application/apply-patch+yaml")
        {
            await ApplyAsync(request, patch as JsonObject ?? throw StatusException.BadRequest("the applied configuration is no object"));
            return;
        }

        var body = objects.Modify(request.Resource, request.NamespaceOrEmpty, request.RequiredName, current => Change(request.Resource, current, type, patch), request.WriteOptions());
        await RespondAsync(request, body);
    }

    /// <summary>The object after a patch of the given content type.</summary>
    public static JsonObject Change(ResourceDefinition resource, JsonObject current, string type, JsonNode? patch) => (type, patch) switch
    {
        ("application/json-patch+json", JsonArray operations) => JsonPatch.Apply(current, operations),
        ("application/merge-patch+json", JsonObject merge) => MergePatch.Apply(current, merge),
        ("application/strategic-merge-patch+json", JsonObject strategic) when !resource.IsCustom => StrategicMergePatch.Apply(current, strategic, resource.Type),
        ("application/json-patch+json" or "application/merge-patch+json" or "application/strategic-merge-patch+json", _) when !resource.IsCustom =>
            throw StatusException.BadRequest($"the body is no patch of type {type}"),
        _ => throw new StatusException(StatusCodes.Status415UnsupportedMediaType, "UnsupportedMediaType",
            $"the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml (got {type})"),
    };

    public async Task DeleteAsync(ApiRequest request)
    {
        var (body, gone) = deletion.Delete(request.Resource, request.NamespaceOrEmpty, request.RequiredName, await OptionsAsync(request));
        var isObject = !gone || request.Resource.Plural is "pods" or "namespaces" or "services";
        await request.Context.WriteAsync(isObject ? body : new JsonObject
        {
            ["kind"] = "Status",
            ["apiVersion"] = "v1",
            ["metadata"] = new JsonObject(),
            ["status"] = "Success",
            ["details"] = new JsonObject { ["name"] = body.Name(), ["group"] = request.Resource.Group, ["kind"] = request.Resource.Plural, ["uid"] = body.Uid() },
        });
    }

    public async Task DeleteCollectionAsync(ApiRequest request)
    {
        var options = await OptionsAsync(request);
        var labels = Selectors.Labels(request.Query("labelSelector"));
        var fields = Selectors.Fields(request.Query("fieldSelector"));
        var deleted = new JsonArray();
        foreach (var item in objects.Store.List(request.Resource, request.Namespace).Where(item => labels(item.Body) && fields(item.Body)).ToList())
        {
            if (objects.Store.Find(item.Resource, item.Namespace, item.Name) is not null)
            {
                deleted.Add(deletion.Delete(request.Resource, item.Namespace, item.Name, options).Body.DeepClone());
            }
        }

        await request.Context.WriteAsync(new JsonObject
        {
            ["kind"] = request.Resource.Kind + "List", ["apiVersion"] = request.Resource.ApiVersion, ["metadata"] = new JsonObject(), ["items"] = deleted,
        });
    }

    private async Task ApplyAsync(ApiRequest request, JsonObject config)
    {
        CheckKind(request, config);
        if (request.Query("fieldManager") is null)
        {
            throw StatusException.BadRequest("PatchOptions.meta.k8s.io \"\" is invalid: fieldManager: Required value: is required for apply patch");
        }

        var (body, created) = objects.Apply(request.Resource, request.NamespaceOrEmpty, request.RequiredName, config, request.WriteOptions());
        await RespondAsync(request, body, created ? StatusCodes.Status201Created : StatusCodes.Status200OK);
    }

    private async Task RespondAsync(ApiRequest request, JsonObject body, int code = StatusCodes.Status200OK) => await request.Context.WriteAsync(
        TableRenderer.IsWanted(request) ? tables.Render(request, [body], new JsonObject { ["resourceVersion"] = body.Text("metadata", "resourceVersion") }) : body, code);

    private static async Task<DeleteOptions> OptionsAsync(ApiRequest request)
    {
        var body = await request.ReadBodyAsync() as JsonObject;
        return new DeleteOptions
        {
            GracePeriodSeconds = body.Number("gracePeriodSeconds") ?? request.QueryNumber("gracePeriodSeconds"),
            PropagationPolicy = body.Text("propagationPolicy") ?? request.Query("propagationPolicy") ?? (body.Flag("orphanDependents") ? "Orphan" : "Background"),
            DryRun = body.Texts("dryRun").Any() || request.Query("dryRun") is not null,
            Uid = body.Text("preconditions", "uid"),
            ResourceVersion = body.Text("preconditions", "resourceVersion"),
        };
    }

    private static void CheckKind(ApiRequest request, JsonObject body)
    {
        var (version, kind) = (body.Text("apiVersion"), body.Text("kind"));
        if ((version is { Length: > 0 } && version != request.Resource.ApiVersion) || (kind is { Length: > 0 } && kind != request.Resource.Kind))
        {
            throw StatusException.BadRequest($"the API version in the data ({version}, Kind={kind}) does not match the expected API version ({request.Resource.ApiVersion}, Kind={request.Resource.Kind})");
        }
    }
}
