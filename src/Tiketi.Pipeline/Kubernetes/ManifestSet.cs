using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Tiketi.Pipeline.Kubernetes;

/// <summary>The desired objects of one overlay. Immutable; each <c>With...</c> returns a new set.</summary>
public sealed class ManifestSet
{
    /// <summary>On every pod template that reads the configuration: changes when a value does, so that the pods are replaced.</summary>
    public const string ChecksumAnnotation = "tiketi.io/config-checksum";

    public ManifestSet(IEnumerable<Manifest> manifests) => Manifests = [.. manifests];

    public IReadOnlyList<Manifest> Manifests { get; }

    /// <param name="yaml">Any number of YAML documents.</param>
    /// <param name="source">Their name in error messages.</param>
    /// <exception cref="PipelineException">The YAML is broken, or a document is no Kubernetes object.</exception>
    public static ManifestSet Parse(string yaml, string source) =>
        new(ManifestYaml.Parse(yaml, source).Select(body => new Manifest(body)));

    /// <summary>Moves everything into this namespace, the Namespace object included.</summary>
    public ManifestSet WithNamespace(string name) => Each(body =>
    {
        if (body.Text("kind") == "Namespace")
        {
            body.Ensure("metadata")["name"] = name;
        }
        else if (body.Text("metadata", "namespace") is not null)
        {
            body.Ensure("metadata")["namespace"] = name;
        }
    });

    /// <summary>Replaces images by what was pushed.</summary>
    /// <param name="images">Full reference by plain name: "tiketi/backend" to "HOST/tiketi/backend@sha256:...".</param>
    /// <exception cref="PipelineException">One of the images is used by no manifest: a name differs.</exception>
    public ManifestSet WithImages(IReadOnlyDictionary<string, string> images)
    {
        var used = new HashSet<string>(StringComparer.Ordinal);
        var result = Each(body =>
        {
            foreach (var container in Manifest.PodTemplate(body) is { } template ? Manifest.Containers(template) : [])
            {
                var name = NameOf(container.Text("image") ?? "");
                if (images.TryGetValue(name, out var reference))
                {
                    container["image"] = reference;
                    used.Add(name);
                }
            }
        });
        return images.Keys.FirstOrDefault(name => !used.Contains(name)) is { } unused
            ? throw new PipelineException(
                $"No manifest uses the image {unused}.",
                $"Give the service's container 'image: {unused}:latest' in k8s/base, or correct 'repository' in tiketi.yaml.")
            : result;
    }

    /// <summary>
    /// Adds the ConfigMap and the Secrets, and marks every pod template that reads one of them with <see cref="ChecksumAnnotation"/>.
    /// </summary>
    /// <param name="namespaceName">Where the pods run.</param>
    /// <param name="configMap">The ConfigMap's name: "tiketi-config".</param>
    /// <param name="values">Its keys.</param>
    /// <param name="secrets">Keys by Secret name: "tiketi-db-secret" to { DB_PASSWORD ... }.</param>
    public ManifestSet WithConfiguration(
        string namespaceName,
        string configMap,
        IReadOnlyDictionary<string, string> values,
        IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> secrets)
    {
        var added = secrets.Select(secret => Secret(namespaceName, secret.Key, secret.Value))
            .Prepend(ConfigMap(namespaceName, configMap, values)).ToList();
        var checksums = added.ToDictionary(manifest => manifest.Key.Name, manifest => Checksum(manifest.Body), StringComparer.Ordinal);
        var marked = Each(body =>
        {
            if (Manifest.PodTemplate(body) is not { } template)
            {
                return;
            }

            var read = checksums.Where(pair => Reads(template, pair.Key)).OrderBy(pair => pair.Key, StringComparer.Ordinal).ToList();
            if (read.Count > 0)
            {
                template.Ensure("metadata", "annotations")[ChecksumAnnotation] = Hash(string.Join(' ', read.Select(pair => pair.Value)))[..16];
            }
        });
        var replaced = added.Select(manifest => manifest.Key).ToHashSet();
        return new ManifestSet(marked.Manifests.Where(manifest => !replaced.Contains(manifest.Key)).Concat(added));
    }

    /// <summary>Completes every Ingress with what only the environment knows.</summary>
    /// <param name="host">The API's host name; null serves every host name.</param>
    /// <param name="annotations">For the load balancer: certificate, subnets, security groups.</param>
    public ManifestSet WithIngress(string? host, IReadOnlyDictionary<string, string> annotations) => Each(body =>
    {
        if (body.Text("kind") != "Ingress")
        {
            return;
        }

        foreach (var rule in body.Items("spec", "rules").OfType<JsonObject>().Where(_ => host is not null))
        {
            rule["host"] = host;
        }

        foreach (var (name, value) in annotations)
        {
            body.Ensure("metadata", "annotations")[name] = value;
        }
    });

    /// <summary>Sets how many pods a service has, where its configuration says so.</summary>
    /// <param name="replicas">By Deployment name.</param>
    /// <exception cref="PipelineException">There is no Deployment of that name.</exception>
    public ManifestSet WithReplicas(IReadOnlyDictionary<string, int> replicas)
    {
        var deployments = Manifests.Where(manifest => manifest.Key.Kind == "Deployment").Select(manifest => manifest.Key.Name).ToHashSet(StringComparer.Ordinal);
        return replicas.Keys.FirstOrDefault(name => !deployments.Contains(name)) is { } unknown
            ? throw new PipelineException($"tiketi.yaml sets replicas of {unknown}, and no manifest has a Deployment of that name.", $"Deployments there are: {string.Join(", ", deployments.Order(StringComparer.Ordinal))}.")
            : Each(body =>
            {
                if (body.Text("kind") == "Deployment" && replicas.TryGetValue(body.Text("metadata", "name") ?? "", out var count))
                {
                    body.Ensure("spec")["replicas"] = count;
                }
            });
    }

    /// <summary>
    /// Leaves <c>replicas</c> out of every Deployment and StatefulSet that a HorizontalPodAutoscaler scales: sent along, each
    /// deployment would scale the service back down under load.
    /// </summary>
    public ManifestSet WithoutAutoscaledReplicas()
    {
        var scaled = Manifests.Where(manifest => manifest.Key.Kind == "HorizontalPodAutoscaler")
            .Select(manifest => manifest.Body.At("spec", "scaleTargetRef"))
            .Select(target => (target.Text("kind"), target.Text("name")))
            .ToHashSet();
        return Each(body =>
        {
            if (scaled.Contains((body.Text("kind"), body.Text("metadata", "name"))))
            {
                (body["spec"] as JsonObject)?.Remove("replicas");
            }
        });
    }

    private ManifestSet Each(Action<JsonObject> change) => new(Manifests.Select(manifest => manifest.With(change)));

    private static Manifest ConfigMap(string namespaceName, string name, IReadOnlyDictionary<string, string> values) =>
        new(Object("ConfigMap", namespaceName, name, values, value => value));

    // "data", not "stringData": the latter is write-only, so that the server could not tell an unchanged value from a changed one.
    private static Manifest Secret(string namespaceName, string name, IReadOnlyDictionary<string, string> values)
    {
        var body = Object("Secret", namespaceName, name, values, value => Convert.ToBase64String(Encoding.UTF8.GetBytes(value)));
        body["type"] = "Opaque";
        return new(body);
    }

    private static JsonObject Object(
        string kind, string namespaceName, string name, IReadOnlyDictionary<string, string> values, Func<string, string> encode) => new()
        {
            ["apiVersion"] = "v1",
            ["kind"] = kind,
            ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = namespaceName, ["labels"] = new JsonObject { ["app.kubernetes.io/part-of"] = "tiketi" } },
            ["data"] = new JsonObject(values.OrderBy(pair => pair.Key, StringComparer.Ordinal)
                .Select(pair => KeyValuePair.Create<string, JsonNode?>(pair.Key, encode(pair.Value)))),
        };

    /// <summary>Whether the template names the ConfigMap or Secret anywhere: envFrom, valueFrom, volumes, projections.</summary>
    private static bool Reads(JsonNode? node, string name) => node switch
    {
        JsonObject item => item.Any(pair =>
            (pair.Key is "configMapRef" or "secretRef" or "configMapKeyRef" or "secretKeyRef" or "configMap" or "secret"
                && (pair.Value.Text("name") ?? pair.Value.Text("secretName")) == name) || Reads(pair.Value, name)),
        JsonArray items => items.Any(item => Reads(item, name)),
        _ => false,
    };

    private static string Checksum(JsonObject body) => Hash(body["data"]!.ToJsonString());

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    /// <summary>"tiketi/backend" of "tiketi/backend:latest"; a registry's port is no tag.</summary>
    private static string NameOf(string image)
    {
        var name = image.Split('@')[0];
        var tag = name.LastIndexOf(':');
        return tag > name.LastIndexOf('/') ? name[..tag] : name;
    }
}
