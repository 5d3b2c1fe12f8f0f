using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Tiketi.LocalCloud.Kubernetes.Resources;
using Tiketi.LocalCloud.Kubernetes.Storage;

namespace Tiketi.LocalCloud.Kubernetes.Api;

/// <summary>GET of one object and of lists.</summary>
internal sealed class ReadHandler(ClusterObjects objects, TableRenderer tables)
{
    public async Task GetAsync(ApiRequest request)
    {
        var body = objects.Get(request.Resource, request.NamespaceOrEmpty, request.RequiredName).Body;
        await request.Context.WriteAsync(TableRenderer.IsWanted(request)
            ? tables.Render(request, [body], new JsonObject { ["resourceVersion"] = body.Text("metadata", "resourceVersion") })
            : body);
    }

    public async Task ListAsync(ApiRequest request)
    {
        var (items, version) = objects.Store.ListAt(request.Resource, request.Namespace);
        var labels = Selectors.Labels(request.Query("labelSelector"));
        var fields = Selectors.Fields(request.Query("fieldSelector"));
        var start = Continue.Parse(request.Query("continue"));
        var matching = items.Where(item => string.CompareOrdinal(StoredObject.KeyOf(item.Namespace, item.Name), start) > 0 && labels(item.Body) && fields(item.Body)).ToList();
        var limit = (int)(request.QueryNumber("limit") is { } asked and > 0 ? asked : int.MaxValue);

        var metadata = new JsonObject { ["resourceVersion"] = version.ToString(CultureInfo.InvariantCulture) };
        if (matching.Count > limit)
        {
            metadata["continue"] = Continue.For(matching[limit - 1]);
            metadata["remainingItemCount"] = matching.Count - limit;
        }

        if (TableRenderer.IsWanted(request))
        {
            await request.Context.WriteAsync(tables.Render(request, matching.Take(limit).Select(item => item.Body), metadata));
            return;
        }

        await WriteListAsync(request, matching.Take(limit), metadata);
    }

    /// <summary>Written piece by piece, out of the objects' own cached bytes.</summary>
    private static async Task WriteListAsync(ApiRequest request, IEnumerable<StoredObject> items, JsonObject metadata)
    {
        var response = request.Context.Response;
        response.ContentType = "application/json";
        using var buffer = new MemoryStream();
        buffer.Write(Encoding.UTF8.GetBytes($"{{\"kind\":\"{request.Resource.Kind}List\",\"apiVersion\":\"{request.Resource.ApiVersion}\",\"metadata\":{metadata.Compact()},\"items\":["));
        var isFirst = true;
        foreach (var item in items)
        {
            if (!isFirst)
            {
                buffer.WriteByte((byte)',');
            }

            isFirst = false;
            buffer.Write(item.Utf8);
        }

        buffer.Write("]}"u8);
        response.ContentLength = buffer.Length;
        await response.Body.WriteAsync(buffer.GetBuffer().AsMemory(0, (int)buffer.Length), request.Aborted);
    }

    /// <summary>The place where the next page starts, as an opaque token.</summary>
    private static class Continue
    {
        public static string For(StoredObject last) => Convert.ToBase64String(Encoding.UTF8.GetBytes(StoredObject.KeyOf(last.Namespace, last.Name)));

        public static string Parse(string? token)
        {
            try
            {
                return token is null ? string.Empty : Encoding.UTF8.GetString(Convert.FromBase64String(token));
            }
            catch (FormatException)
            {
                throw StatusException.BadRequest("continue key is not valid");
            }
        }
    }
}
