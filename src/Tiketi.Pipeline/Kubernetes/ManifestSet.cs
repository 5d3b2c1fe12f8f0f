using System.Text.Json.Nodes;

namespace Tiketi.Pipeline.Kubernetes;

/// <summary>The desired objects of one overlay. Immutable; each <c>With...</c> returns a new set.</summary>
public sealed class ManifestSet
{
    /// <summary>On every pod template that reads Secrets: changes when a value does, so that the pods are replaced.</summary>
    public const string ChecksumAnnotation = "tiketi.io/secret-checksum";

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
    /// Adds the ConfigMap under a name with a hash of its content, rewrites every reference to it, adds the Secrets, and marks
    /// the pod templates that read one of these with <see cref="ChecksumAnnotation"/>.
    /// </summary>
    /// <param name="namespaceName">Where the pods run.</param>
    /// <param name="configMap">The ConfigMap's name in the manifests: "tiketi-config".</param>
    /// <param name="values">Its keys.</param>
    /// <param name="secrets">Keys by Secret name: "tiketi-db-secret" to { DB_PASSWORD ... }.</param>
    public ManifestSet WithConfiguration(
        string namespaceName,
        string configMap,
        IReadOnlyDictionary<string, string> values,
        IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> secrets) =>
        new(Configuration.Add(Manifests, namespaceName, configMap, values, secrets));

    /// <summary>The name of the ConfigMap that <see cref="WithConfiguration"/> added, "tiketi-config-0123456789"; null where there is none.</summary>
    public string? VersionedConfigMap =>
        Manifests.FirstOrDefault(manifest => manifest.Body.At("metadata", "labels", Configuration.BaseNameLabel) is not null)?.Key.Name;

    /// <summary>The real name of the ConfigMap that manifests call "tiketi-config".</summary>
    public string ConfigMapName(string baseName) =>
        Manifests.FirstOrDefault(manifest => manifest.Body.Text("metadata", "labels", Configuration.BaseNameLabel) == baseName)?.Key.Name ?? baseName;

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

    private ManifestSet Each(Action<JsonObject> change) => new(Manifests.Select(manifest => manifest.With(change)));

    /// <summary>"tiketi/backend" of "tiketi/backend:latest"; a registry's port is no tag.</summary>
    private static string NameOf(string image)
    {
        var name = image.Split('@')[0];
        var tag = name.LastIndexOf(':');
        return tag > name.LastIndexOf('/') ? name[..tag] : name;
    }
}
