using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Tiketi.LocalCloud.Kubernetes.Api;

namespace Tiketi.LocalCloud.Kubernetes.Patching;

/// <summary>RFC 6902.</summary>
internal static class JsonPatch
{
    public static JsonObject Apply(JsonObject target, JsonArray operations)
    {
        JsonNode? root = target;
        foreach (var operation in operations.OfType<JsonObject>())
        {
            var path = Split(operation.Text("path") ?? throw Rejected("an operation without a path"));
            root = operation.Text("op") switch
            {
                "add" => Add(root, path, operation["value"]?.DeepClone()),
                "remove" => Remove(root, path),
                "replace" => Add(Remove(root, path), path, operation["value"]?.DeepClone()),
                "move" => Move(root, path, operation),
                "copy" => Add(root, path, Find(root, Split(operation.Text("from") ?? string.Empty))?.DeepClone()),
                "test" => Json.Same(Find(root, path), operation["value"]) ? root : throw Rejected($"testing value {operation.Text("path")} failed"),
                var other => throw Rejected($"unknown operation '{other}'"),
            };
        }

        return root as JsonObject ?? throw Rejected("the result is no object");
    }

    private static JsonNode? Move(JsonNode? root, string[] path, JsonObject operation)
    {
        var from = Split(operation.Text("from") ?? string.Empty);
        var value = Find(root, from)?.DeepClone();
        return Add(Remove(root, from), path, value);
    }

    private static JsonNode? Add(JsonNode? root, string[] path, JsonNode? value)
    {
        if (path.Length == 0)
        {
            return value;
        }

        switch (Find(root, path[..^1]))
        {
            case JsonObject parent:
                parent[path[^1]] = value;
                break;
            case JsonArray list when path[^1] == "-":
                list.Add(value);
                break;
            case JsonArray list:
                var index = Index(path[^1]);
                list.Insert(index <= list.Count ? index : throw Missing(path), value);
                break;
            default:
                throw Missing(path);
        }

        return root;
    }

    private static JsonNode? Remove(JsonNode? root, string[] path)
    {
        switch (path.Length == 0 ? null : Find(root, path[..^1]))
        {
            case JsonObject parent when parent.Remove(path[^1]):
                return root;
            case JsonArray list when Index(path[^1]) < list.Count:
                list.RemoveAt(Index(path[^1]));
                return root;
            default:
                throw Missing(path);
        }
    }

    private static JsonNode? Find(JsonNode? node, string[] path)
    {
        foreach (var part in path)
        {
            node = node switch
            {
                JsonObject parent when parent.TryGetPropertyValue(part, out var child) => child,
                JsonArray list when Index(part) < list.Count => list[Index(part)],
                _ => throw Missing(path),
            };
        }

        return node;
    }

    private static int Index(string part) =>
        int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var index) ? index : throw Rejected($"'{part}' is no list index");

    private static string[] Split(string pointer) =>
        pointer.Length == 0 ? [] : [.. pointer.Split('/').Skip(1).Select(part => part.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal))];

    private static StatusException Missing(string[] path) => Rejected($"path /{string.Join('/', path)} does not exist");

    private static StatusException Rejected(string why) =>
        new(StatusCodes.Status422UnprocessableEntity, "Invalid", $"the server rejected our request due to an error in our request: {why}", []);
}
