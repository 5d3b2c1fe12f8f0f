using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Tiketi.Pipeline.Kubernetes;
using Tiketi.Pipeline.Releases;

namespace Tiketi.Integration.Kubernetes;

/// <summary>A small application to deploy: one Deployment a name, each with its Service, all reading one ConfigMap and one Secret.</summary>
internal sealed record Application(string Namespace)
{
    public IReadOnlyList<string> Services { get; init; } = ["web", "worker"];

    public string Image { get; init; } = "x/image:1";

    public string Setting { get; init; } = "one";

    public string Password { get; init; } = "correct horse";

    public string More { get; init; } = "";

    public ManifestSet Manifests
    {
        get
        {
            var yaml = new StringBuilder($"{{apiVersion: v1, kind: Namespace, metadata: {{name: {Namespace} }} }}\n");
            foreach (var name in Services)
            {
                yaml.Append($$$"""
                    ---
                    apiVersion: apps/v1
                    kind: Deployment
                    metadata: {name: {{{name}}}, namespace: {{{Namespace}}} }
                    spec:
                      replicas: 2
                      selector: {matchLabels: {app: {{{name}}} }}
                      template:
                        metadata: {labels: {app: {{{name}}} }}
                        spec:
                          terminationGracePeriodSeconds: 0
                          containers: [{name: app, image: "{{{Image}}}", envFrom: [{configMapRef: {name: tiketi-config}}, {secretRef: {name: tiketi-db-secret}}]}]
                    ---
                    {apiVersion: v1, kind: Service, metadata: {name: {{{name}}}, namespace: {{{Namespace}}} }, spec: {selector: {app: {{{name}}} }, ports: [{port: 80, protocol: TCP}]}}

                    """);
            }

            return ManifestSet.Parse(yaml.Append(More).ToString(), "application").WithConfiguration(
                Namespace,
                "tiketi-config",
                new Dictionary<string, string> { ["SETTING"] = Setting },
                new Dictionary<string, IReadOnlyDictionary<string, string>> { ["tiketi-db-secret"] = new Dictionary<string, string> { ["DB_PASSWORD"] = Password } });
        }
    }

    public ServiceDeploymentRequest Request(string version) => new()
    {
        Namespace = Namespace,
        Manifests = Manifests,
        Release = new Release { At = DateTimeOffset.UtcNow, Version = version, By = "test", Images = Services.ToDictionary(name => name, _ => Image) },
        Timeout = TimeSpan.FromMinutes(2),
    };

    public static ServiceDeployment Deployment(k8s.IKubernetes client) => new(client, TimeProvider.System, NullLoggerFactory.Instance);
}
