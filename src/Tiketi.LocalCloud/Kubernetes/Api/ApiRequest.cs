using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Tiketi.LocalCloud.Kubernetes.Resources;
using Tiketi.LocalCloud.Kubernetes.Schema;
using Tiketi.LocalCloud.Kubernetes.Storage;
using YamlDotNet.Core;

namespace Tiketi.LocalCloud.Kubernetes.Api;

/// <summary>A request for objects: <c>/apis/GROUP/VERSION/namespaces/NS/RESOURCE/NAME/SUBRESOURCE</c>, taken apart.</summary>
internal sealed record ApiRequest(HttpContext Context, ResourceDefinition Resource, string? Namespace, string? Name, string Subresource)
{
    public string NamespaceOrEmpty => Namespace ?? string.Empty;

    public string RequiredName => Name ?? throw StatusException.MethodNotAllowed();

    public CancellationToken Aborted => Context.RequestAborted;

    /// <summary>Null when the path names no resource that is served.</summary>
    public static ApiRequest? Parse(HttpContext context, ResourceRegistry registry)
    {
        var parts = (context.Request.Path.Value ?? string.Empty).Split('/', StringSplitOptions.RemoveEmptyEntries);
        var (group, version, rest) = parts switch
        {
            ["api", var v, .. var tail] => (string.Empty, v, tail),
            ["apis", var g, var v, .. var tail] => (g, v, tail),
            _ => (null, null, []),
        };
        if (group is null || version is null || rest.Length == 0)
        {
            return null;
        }

        string? ns = null;
        if (rest is ["namespaces", var named, var below, ..] && (group.Length > 0 || below is not ("status" or "finalize")))
        {
            (ns, rest) = (named, rest[2..]);
        }

        var resource = registry.Find(group, version, rest[0]);
        return resource is null || (ns is not null && !resource.Namespaced) || rest.Length > 3
            ? null
            : new ApiRequest(context, resource, ns, rest.Length > 1 ? rest[1] : null, rest.Length > 2 ? rest[2] : string.Empty);
    }

    public string? Query(string name) => Context.Request.Query[name].FirstOrDefault() is { Length: > 0 } value ? value : null;

    public bool QueryFlag(string name) => Query(name) is { } value && value is not ("false" or "0");

    public long? QueryNumber(string name) => long.TryParse(Query(name), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;

    public WriteOptions WriteOptions()
    {
        if (Query("dryRun") is { } dryRun and not "All")
        {
            throw StatusException.BadRequest($"Invalid value: \"{dryRun}\": dryRun must be 'All'");
        }

        return new WriteOptions(Query("fieldManager") ?? UserAgentName())
        {
            DryRun = Query("dryRun") is not null,
            Force = QueryFlag("force"),
            FieldValidation = Query("fieldValidation") ?? "Warn",
            Warn = message => Context.Response.Headers.Append("Warning", $"299 - \"{message.Replace("\"", "\\\"", StringComparison.Ordinal)}\""),
            Subresource = Subresource,
        };
    }

    /// <summary>The body: JSON, or YAML where the content type or the first character says so. Null when empty.</summary>
    public async Task<JsonNode?> ReadBodyAsync()
    {
        var type = Context.Request.ContentType ?? string.Empty;
        if (type.Contains("cbor", StringComparison.Ordinal))
        {
            throw new StatusException(StatusCodes.Status415UnsupportedMediaType, "UnsupportedMediaType",
                $"the body of the request was in an unknown format - accepted media types include: application/json, application/yaml, application/vnd.kubernetes.protobuf (got {type})");
        }

        using var buffer = new MemoryStream();
        await Context.Request.Body.CopyToAsync(buffer, Aborted);
        var bytes = buffer.ToArray();
        var first = bytes.FirstOrDefault(b => !char.IsWhiteSpace((char)b));
        try
        {
            return bytes.Length == 0 ? null
                : type.Contains("protobuf", StringComparison.Ordinal) ? ProtobufDecoder.Decode(bytes)
                : type.Contains("yaml", StringComparison.Ordinal) && first is not ((byte)'{' or (byte)'[') ? Yaml.Parse(System.Text.Encoding.UTF8.GetString(bytes))
                : JsonNode.Parse(bytes, documentOptions: new JsonDocumentOptions { AllowDuplicateProperties = false });
        }
        catch (Exception e) when (e is JsonException or YamlException)
        {
            throw StatusException.BadRequest($"the object provided is unrecognized (must be of type {Resource.Kind}): couldn't get version/kind; {e.Message}");
        }
    }

    public async Task<JsonObject> ReadObjectAsync() =>
        await ReadBodyAsync() as JsonObject ?? throw StatusException.BadRequest($"the object provided is unrecognized (must be of type {Resource.Kind}): it is no object");

    private string UserAgentName()
    {
        var agent = Context.Request.Headers.UserAgent.ToString().Split('/', 2)[0];
        return agent.Length == 0 ? "unknown" : agent;
    }
}
