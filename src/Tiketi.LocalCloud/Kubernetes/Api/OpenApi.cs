using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Tiketi.LocalCloud.Kubernetes.Resources;
using Tiketi.LocalCloud.Kubernetes.Schema;

namespace Tiketi.LocalCloud.Kubernetes.Api;

/// <summary>
/// OpenAPI v3, as far as clients use it: the types with their merge keys (kubectl apply, explain), and which kinds' PATCH takes
/// <c>fieldValidation</c> and <c>dryRun</c>.
/// </summary>
internal sealed class OpenApi(ResourceRegistry registry)
{
    public async Task<bool> TryHandleAsync(HttpContext context)
    {
        var path = context.Request.Path.Value ?? string.Empty;
        if (path == "/openapi/v3")
        {
            var paths = new JsonObject();
            foreach (var version in registry.All.Select(resource => PathOf(resource.Group, resource.Version)).Distinct(StringComparer.Ordinal))
            {
                paths[version] = new JsonObject { ["serverRelativeURL"] = $"/openapi/v3/{version}" };
            }

            await context.WriteAsync(new JsonObject { ["paths"] = paths });
            return true;
        }

        if (path == "/openapi/v2")
        {
            throw new StatusException(StatusCodes.Status406NotAcceptable, "NotAcceptable", "OpenAPI v2 is not served; use /openapi/v3");
        }

        if (!path.StartsWith("/openapi/v3/", StringComparison.Ordinal))
        {
            return false;
        }

        var resources = registry.All.Where(resource => path["/openapi/v3/".Length..] == PathOf(resource.Group, resource.Version)).ToList();
        if (resources.Count == 0)
        {
            throw StatusException.NoSuchPath();
        }

        await context.WriteAsync(Document(resources));
        return true;
    }

    private static string PathOf(string group, string version) => group.Length == 0 ? $"api/{version}" : $"apis/{group}/{version}";

    private static JsonObject Document(List<ResourceDefinition> resources)
    {
        var paths = new JsonObject();
        var schemas = new JsonObject();
        foreach (var resource in resources)
        {
            var scope = resource.Namespaced ? "/namespaces/{namespace}" : string.Empty;
            paths[$"/{PathOf(resource.Group, resource.Version)}{scope}/{resource.Plural}/{{name}}"] = new JsonObject
            {
                ["patch"] = new JsonObject
                {
                    ["operationId"] = $"patch{resource.Kind}",
                    ["parameters"] = new JsonArray([.. new[] { "dryRun", "fieldManager", "fieldValidation", "force" }.Select(name => (JsonNode)new JsonObject
                    {
                        ["name"] = name, ["in"] = "query", ["schema"] = new JsonObject { ["type"] = name == "force" ? "boolean" : "string", ["uniqueItems"] = true },
                    })]),
                    ["responses"] = new JsonObject { ["200"] = new JsonObject { ["description"] = "OK" } },
                    ["x-kubernetes-action"] = "patch",
                    ["x-kubernetes-group-version-kind"] = Kind(resource),
                },
            };
            Add(schemas, resource.Type.Struct!);
            var name = resource.IsCustom ? resource.Kind : resource.Type.Struct!.Name;
            var schema = resource.IsCustom ? Describe(resource.Type.Struct!) : (JsonObject)schemas[name]!;
            schema["x-kubernetes-group-version-kind"] = new JsonArray(Kind(resource));
            if (resource.IsCustom)
            {
                schemas[name] = schema;
            }
        }

        return new JsonObject
        {
            ["openapi"] = "3.0.0", ["info"] = new JsonObject { ["title"] = "Kubernetes", ["version"] = ServerVersion.GitVersion },
            ["paths"] = paths, ["components"] = new JsonObject { ["schemas"] = schemas },
        };
    }

    private static JsonObject Kind(ResourceDefinition resource) => new() { ["group"] = resource.Group, ["version"] = resource.Version, ["kind"] = resource.Kind };

    private static void Add(JsonObject schemas, StructType type)
    {
        if (schemas.ContainsKey(type.Name))
        {
            return;
        }

        schemas[type.Name] = Describe(type);
        foreach (var field in type.Fields.Values)
        {
            var inner = field;
            while (inner.Element is not null)
            {
                inner = inner.Element;
            }

            if (inner.Struct is { } below)
            {
                Add(schemas, below);
            }
        }
    }

    private static JsonObject Describe(StructType type)
    {
        var properties = new JsonObject();
        foreach (var (name, field) in type.Fields.OrderBy(field => field.Key, StringComparer.Ordinal))
        {
            properties[name] = Describe(field);
        }

        var schema = new JsonObject { ["type"] = "object", ["properties"] = properties };
        var required = type.Fields.Where(field => field.Value.Required).Select(field => field.Key).Order(StringComparer.Ordinal).ToList();
        if (required.Count > 0)
        {
            schema["required"] = new JsonArray([.. required.Select(name => (JsonNode)name)]);
        }

        if (type.Atomic)
        {
            schema["x-kubernetes-map-type"] = "atomic";
        }

        return schema;
    }

    private static JsonObject Describe(TypeRef type)
    {
        var schema = type.Kind switch
        {
            TypeKind.Struct => new JsonObject { ["allOf"] = new JsonArray(new JsonObject { ["$ref"] = $"#/components/schemas/{type.Struct!.Name}" }) },
            TypeKind.List => new JsonObject { ["type"] = "array", ["items"] = Describe(type.Element) },
            TypeKind.Map => new JsonObject { ["type"] = "object", ["additionalProperties"] = Describe(type.Element) },
            TypeKind.Int => new JsonObject { ["type"] = "integer", ["format"] = "int32" },
            TypeKind.Long => new JsonObject { ["type"] = "integer", ["format"] = "int64" },
            TypeKind.Double => new JsonObject { ["type"] = "number", ["format"] = "double" },
            TypeKind.Bool => new JsonObject { ["type"] = "boolean" },
            TypeKind.Time => new JsonObject { ["type"] = "string", ["format"] = "date-time" },
            TypeKind.Bytes => new JsonObject { ["type"] = "string", ["format"] = "byte" },
            TypeKind.IntOrString or TypeKind.Quantity => new JsonObject { ["oneOf"] = new JsonArray(new JsonObject { ["type"] = "string" }, new JsonObject { ["type"] = "number" }) },
            TypeKind.Any => new JsonObject { ["x-kubernetes-preserve-unknown-fields"] = true },
            _ => new JsonObject { ["type"] = "string" },
        };
        if (type.Kind == TypeKind.List)
        {
            schema["x-kubernetes-list-type"] = type.Keys switch { null => "atomic", { Count: 0 } => "set", _ => "map" };
            if (type.Keys is not null)
            {
                schema["x-kubernetes-patch-strategy"] = type.RetainKeys ? "merge,retainKeys" : "merge";
            }

            if (type.Keys is { Count: > 0 } keys)
            {
                schema["x-kubernetes-list-map-keys"] = new JsonArray([.. keys.Select(key => (JsonNode)key)]);
                schema["x-kubernetes-patch-merge-key"] = keys[0];
            }
        }
        else if (type.RetainKeys)
        {
            schema["x-kubernetes-patch-strategy"] = "retainKeys";
        }

        if (type.AtomicMap)
        {
            schema["x-kubernetes-map-type"] = "atomic";
        }

        return schema;
    }
}
