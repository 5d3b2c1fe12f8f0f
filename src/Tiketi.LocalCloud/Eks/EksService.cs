using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Tiketi.LocalCloud.Hosting;

namespace Tiketi.LocalCloud.Eks;

/// <summary>The EKS API: REST with JSON bodies.</summary>
internal sealed class EksService(EksClusters clusters) : IAwsService
{
    private const int DefaultPage = 100;

    public string SigningName => "eks";

    public async Task HandleAsync(HttpContext context)
    {
        var parts = (context.Request.Path.Value ?? string.Empty).Split('/', StringSplitOptions.RemoveEmptyEntries).Select(Uri.UnescapeDataString).ToArray();
        var (code, body) = (context.Request.Method, parts) switch
        {
            ("GET", ["clusters"]) => List(context, "clusters", clusters.Names),
            ("GET", ["clusters", var cluster]) => One("cluster", clusters.Find(cluster), $"No cluster found for name: {cluster}.", ("clusterName", cluster)),
            ("GET", ["clusters", var cluster, ..]) when clusters.Find(cluster) is null => NotFound($"No cluster found for name: {cluster}.", ("clusterName", cluster)),
            ("GET", ["clusters", var cluster, "node-groups"]) => List(context, "nodegroups", clusters.PartNames(cluster, Parts.NodeGroup)),
            ("GET", ["clusters", var cluster, "node-groups", var name]) =>
                One("nodegroup", clusters.FindPart(cluster, Parts.NodeGroup, name), $"No node group found for name: {name}.", ("clusterName", cluster), ("nodegroupName", name)),
            ("GET", ["clusters", var cluster, "addons"]) => List(context, "addons", clusters.PartNames(cluster, Parts.Addon)),
            ("GET", ["clusters", var cluster, "addons", var name]) =>
                One("addon", clusters.FindPart(cluster, Parts.Addon, name), $"No addon: {name} found in cluster: {cluster}", ("clusterName", cluster), ("addonName", name)),
            ("GET", ["clusters", var cluster, "access-entries"]) => List(context, "accessEntries", clusters.PartNames(cluster, Parts.AccessEntry)),
            ("GET", ["clusters", var cluster, "access-entries", .. var principal]) =>
                One("accessEntry", clusters.FindPart(cluster, Parts.AccessEntry, string.Join('/', principal)), $"The specified principalArn could not be found: {string.Join('/', principal)}"),
            ("GET", ["clusters", var cluster, "pod-identity-associations"]) =>
                List(context, "associations", clusters.PartNames(cluster, Parts.PodIdentity).Select(id => clusters.FindPart(cluster, Parts.PodIdentity, id)!)),
            ("GET", ["clusters", var cluster, "pod-identity-associations", var id]) =>
                One("association", clusters.FindPart(cluster, Parts.PodIdentity, id), $"The specified associationId could not be found: {id}"),
            ("GET", ["addons", "supported-versions"]) => (StatusCodes.Status200OK, new JsonObject { ["addons"] = AddonVersions(context) }),
            _ => Error(StatusCodes.Status400BadRequest, "InvalidRequestException",
                $"The local cloud's EKS has no {context.Request.Method} {context.Request.Path}: clusters, node groups, add-ons and access are made by CloudFormation and read here."),
        };

        context.Response.StatusCode = code;
        context.Response.ContentType = "application/json";
        if (body.Remove("__type", out var type))
        {
            context.Response.Headers["x-amzn-ErrorType"] = type!.GetValue<string>();
        }

        await context.Response.WriteAsync(body.ToJsonString(), context.RequestAborted);
    }

    private static (int, JsonObject) List(HttpContext context, string member, IEnumerable<string> names) => List(context, member, names.Select(name => (JsonNode)name));

    private static (int, JsonObject) List(HttpContext context, string member, IEnumerable<JsonNode> items)
    {
        var all = items.ToList();
        var start = int.TryParse(context.Request.Query["nextToken"], NumberStyles.None, CultureInfo.InvariantCulture, out var token) ? token : 0;
        var size = int.TryParse(context.Request.Query["maxResults"], NumberStyles.None, CultureInfo.InvariantCulture, out var asked) ? asked : DefaultPage;
        var body = new JsonObject { [member] = new JsonArray([.. all.Skip(start).Take(size).Select(item => item.DeepClone())]) };
        body["nextToken"] = start + size < all.Count ? (start + size).ToString(CultureInfo.InvariantCulture) : null;
        return (StatusCodes.Status200OK, body);
    }

    private static (int, JsonObject) One(string member, JsonObject? document, string missing, params ReadOnlySpan<(string Name, string Value)> about) =>
        document is null ? NotFound(missing, about) : (StatusCodes.Status200OK, new JsonObject { [member] = document.DeepClone() });

    private static (int, JsonObject) NotFound(string message, params ReadOnlySpan<(string Name, string Value)> about)
    {
        var (code, body) = Error(StatusCodes.Status404NotFound, "ResourceNotFoundException", message);
        foreach (var (name, value) in about)
        {
            body[name] = value;
        }

        return (code, body);
    }

    private static (int, JsonObject) Error(int code, string type, string message) => (code, new JsonObject { ["__type"] = type, ["message"] = message });

    /// <summary>The add-ons that exist here: in the local cloud each is part of the cluster already, so there is one version.</summary>
    private static JsonArray AddonVersions(HttpContext context)
    {
        var asked = context.Request.Query["addonName"].FirstOrDefault();
        return [.. Parts.KnownAddons.Where(name => asked is null || asked == name).Select(name => (JsonNode)new JsonObject
        {
            ["addonName"] = name,
            ["type"] = "networking",
            ["addonVersions"] = new JsonArray(new JsonObject
            {
                ["addonVersion"] = Parts.AddonVersion,
                ["architecture"] = new JsonArray("amd64", "arm64"),
                ["compatibilities"] = new JsonArray(new JsonObject { ["clusterVersion"] = Parts.DefaultVersion, ["platformVersions"] = new JsonArray("*"), ["defaultVersion"] = true }),
            }),
        })];
    }
}

/// <summary>Names that the API, the providers and the state share.</summary>
internal static class Parts
{
    public const string NodeGroup = "node-group";
    public const string Addon = "addon";
    public const string AccessEntry = "access-entry";
    public const string PodIdentity = "pod-identity";
    public const string DefaultVersion = "1.33";
    public const string AddonVersion = "v1.0.0-eksbuild.1";
    public static readonly string[] KnownAddons = ["vpc-cni", "coredns", "kube-proxy", "eks-pod-identity-agent"];

    /// <summary>Seconds since 1970, as the API writes times.</summary>
    public static JsonNode Now(TimeProvider time) => time.GetUtcNow().ToUnixTimeMilliseconds() / 1000.0;

    public static string Text(JsonObject properties, string name) => properties[name] switch
    {
        null => string.Empty,
        JsonValue value when value.GetValueKind() == JsonValueKind.String => value.GetValue<string>(),
        var other => other.ToJsonString(),
    };
}
