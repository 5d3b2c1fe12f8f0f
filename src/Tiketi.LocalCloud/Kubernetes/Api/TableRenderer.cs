using System.Text.Json.Nodes;
using Tiketi.LocalCloud.Kubernetes.Resources;

namespace Tiketi.LocalCloud.Kubernetes.Api;

/// <summary>meta.k8s.io/v1 Tables: what kubectl get prints.</summary>
internal sealed class TableRenderer(TimeProvider time)
{
    public static bool IsWanted(ApiRequest request) => request.Context.Request.Headers.Accept.ToString().Contains("as=Table", StringComparison.Ordinal);

    public JsonObject Render(ApiRequest request, IEnumerable<JsonObject> items, JsonObject listMetadata, bool withColumns = true)
    {
        var now = time.GetUtcNow();
        var columns = request.Resource.Columns;
        var include = request.Query("includeObject") ?? "Metadata";
        var table = new JsonObject { ["kind"] = "Table", ["apiVersion"] = "meta.k8s.io/v1", ["metadata"] = listMetadata };
        if (withColumns)
        {
            table["columnDefinitions"] = new JsonArray([.. columns.Select(column => (JsonNode)new JsonObject
            {
                ["name"] = column.Name, ["type"] = column.Type, ["format"] = column.Name == "Name" ? "name" : string.Empty, ["description"] = string.Empty, ["priority"] = column.Priority,
            })]);
        }

        table["rows"] = new JsonArray([.. items.Select(item =>
        {
            var row = new JsonObject { ["cells"] = new JsonArray([.. columns.Select(column => column.Cell(item, now))]) };
            if (include != "None")
            {
                row["object"] = include == "Object" ? item.DeepClone() : PartialMetadata(item);
            }

            return (JsonNode)row;
        })]);
        return table;
    }

    private static JsonObject PartialMetadata(JsonObject item) =>
        new() { ["kind"] = "PartialObjectMetadata", ["apiVersion"] = "meta.k8s.io/v1", ["metadata"] = item["metadata"]?.DeepClone() };
}
