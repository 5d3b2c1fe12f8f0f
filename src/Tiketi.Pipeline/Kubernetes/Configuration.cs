using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Tiketi.Pipeline.Kubernetes;

/// <summary>
/// Adds the services' ConfigMap and Secrets to manifests. The ConfigMap gets a name of its own for every content, so that each
/// release keeps the configuration it was made for. A Secret keeps its name: Secrets Manager says what is valid now, and an
/// older password would help no release; its checksum on the pods replaces them when it changes.
/// </summary>
internal static class Configuration
{
    /// <summary>On a versioned ConfigMap: the name that manifests use for it.</summary>
    public const string BaseNameLabel = "tiketi.io/base-name";

    private const int HashLength = 10;

    public static IEnumerable<Manifest> Add(
        IReadOnlyList<Manifest> manifests,
        string namespaceName,
        string configMap,
        IReadOnlyDictionary<string, string> values,
        IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> secrets)
    {
        var config = ConfigMap(namespaceName, configMap, values);
        var added = secrets.Select(secret => Secret(namespaceName, secret.Key, secret.Value)).Prepend(config).ToList();
        var checksums = added.Skip(1).ToDictionary(secret => secret.Key.Name, secret => Hash(secret.Body["data"]!.ToJsonString()), StringComparer.Ordinal);
        var replaced = added.Select(manifest => manifest.Key).Append(config.Key with { Name = configMap }).ToHashSet();
        return manifests.Where(manifest => !replaced.Contains(manifest.Key)).Select(manifest => manifest.With(body =>
        {
            if (Manifest.PodTemplate(body) is not { } template)
            {
                return;
            }

            Rename(template, configMap, config.Key.Name);
            var read = checksums.Where(pair => ReadsSecret(template, pair.Key)).OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => pair.Value).ToList();
            if (read.Count > 0)
            {
                template.Ensure("metadata", "annotations")[ManifestSet.ChecksumAnnotation] = Hash(string.Join(' ', read))[..16];
            }
        })).Concat(added);
    }

    /// <summary>Immutable: its name says what is in it, and the kubelet need not watch it.</summary>
    private static Manifest ConfigMap(string namespaceName, string baseName, IReadOnlyDictionary<string, string> values)
    {
        var data = Data(values, value => value);
        var body = Object("ConfigMap", namespaceName, $"{baseName}-{Hash(data.ToJsonString())[..HashLength]}", data);
        body.Ensure("metadata", "labels")[BaseNameLabel] = baseName;
        body["immutable"] = true;
        return new(body);
    }

    // "data", not "stringData": the latter is write-only, so that the server could not tell an unchanged value from a changed one.
    private static Manifest Secret(string namespaceName, string name, IReadOnlyDictionary<string, string> values)
    {
        var body = Object("Secret", namespaceName, name, Data(values, value => Convert.ToBase64String(Encoding.UTF8.GetBytes(value))));
        body["type"] = "Opaque";
        return new(body);
    }

    private static JsonObject Data(IReadOnlyDictionary<string, string> values, Func<string, string> encode) =>
        new(values.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => KeyValuePair.Create<string, JsonNode?>(pair.Key, encode(pair.Value))));

    private static JsonObject Object(string kind, string namespaceName, string name, JsonObject data) => new()
    {
        ["apiVersion"] = "v1",
        ["kind"] = kind,
        ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = namespaceName, ["labels"] = new JsonObject { ["app.kubernetes.io/part-of"] = "tiketi" } },
        ["data"] = data,
    };

    /// <summary>Every way in which a pod names a ConfigMap: envFrom, valueFrom, volumes, projections.</summary>
    private static void Rename(JsonNode? node, string from, string to)
    {
        foreach (var (key, value) in Pairs(node))
        {
            if (key is "configMapRef" or "configMapKeyRef" or "configMap" && value is JsonObject reference && reference.Text("name") == from)
            {
                reference["name"] = to;
            }
        }
    }

    private static bool ReadsSecret(JsonNode? node, string name) => Pairs(node).Any(pair =>
        pair.Key is "secretRef" or "secretKeyRef" or "secret" && (pair.Value.Text("name") ?? pair.Value.Text("secretName")) == name);

    /// <summary>All keys of all objects below, with their values.</summary>
    private static IEnumerable<KeyValuePair<string, JsonNode?>> Pairs(JsonNode? node) => node switch
    {
        JsonObject item => item.SelectMany(pair => Pairs(pair.Value).Prepend(pair)),
        JsonArray items => items.SelectMany(Pairs),
        _ => [],
    };

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
