using System.Diagnostics;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Tiketi.Benchmarks.Measuring;
using Tiketi.Pipeline.Kubernetes;
using Tiketi.Pipeline.Releases;

namespace Tiketi.Benchmarks.Figures;

/// <summary>
/// A deployment of 40 objects that are all as they should be, dry run, comparison, release history and readiness included,
/// beside <c>kubectl apply --server-side</c> of the same objects on the same server. Wall clock: that is what one waits for.
/// </summary>
internal sealed class UnchangedObjects() : Figure("unchanged-40-objects")
{
    private const int Runs = 5;
    private const double Limit = 1.5;
    private const string Namespace = "benchmark";

    public override async Task<Measurement> MeasureAsync(CancellationToken cancellationToken)
    {
        await using var cluster = await LocalCluster.StartAsync(cancellationToken);
        var yaml = Objects();
        var file = Path.Combine(cluster.Folder, "objects.yaml");
        await File.WriteAllTextAsync(file, yaml, cancellationToken);
        var manifests = ManifestSet.Parse(yaml, file);
        await DeployAsync(cluster, manifests, cancellationToken); // makes them
        await KubectlAsync(cluster, file, cancellationToken); // owns them too, and has its discovery cached from here on

        var (ours, peer) = await LeastOfAsync(Runs, () => TimeAsync(async () => Unchanged(await DeployAsync(cluster, manifests, cancellationToken))), () => TimeAsync(() => KubectlAsync(cluster, file, cancellationToken)));
        return new Measurement(ours, peer, "s", new Goal($"<={Limit}s,<=0.50x", (value, other) => value <= Limit && value * 2 <= other));
    }

    private static async Task<ServiceDeploymentResult> DeployAsync(LocalCluster cluster, ManifestSet manifests, CancellationToken cancellationToken)
    {
        using var client = await cluster.ConnectAsync(cancellationToken);
        return await new ServiceDeployment(client, TimeProvider.System, NullLoggerFactory.Instance).DeployAsync(
            new ServiceDeploymentRequest
            {
                Namespace = Namespace,
                Manifests = manifests,
                Release = new Release { At = DateTimeOffset.UtcNow, Version = "1", By = "benchmark" },
            },
            cancellationToken);
    }

    private static void Unchanged(ServiceDeploymentResult result)
    {
        if (result.IsNew || result.Objects.Unchanged != 40)
        {
            throw new NotMeasuredException($"{result.Objects.Writes} objects were written and {result.Objects.Unchanged} unchanged.");
        }
    }

    private static async Task KubectlAsync(LocalCluster cluster, string file, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo("kubectl", ["--kubeconfig", cluster.Kubeconfig, "--cache-dir", cluster.Folder, "apply", "--server-side", "-f", file])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        using var kubectl = Cpu.Start(start);
        var error = kubectl.StandardError.ReadToEndAsync(cancellationToken);
        await kubectl.StandardOutput.ReadToEndAsync(cancellationToken);
        await kubectl.WaitForExitAsync(cancellationToken);
        if (kubectl.ExitCode != 0)
        {
            throw new NotMeasuredException($"kubectl ended with {kubectl.ExitCode}: {await error}");
        }
    }

    private static async Task<double> TimeAsync(Func<Task> action)
    {
        var clock = Stopwatch.StartNew();
        await action();
        return clock.Elapsed.TotalSeconds;
    }

    /// <summary>A namespace and 13 services, each with its configuration and its (unstarted) Deployment.</summary>
    private static string Objects()
    {
        var yaml = new StringBuilder("apiVersion: v1\nkind: Namespace\nmetadata: {name: benchmark}\n");
        for (var number = 0; number < 13; number++)
        {
            yaml.Append($$"""
                ---
                apiVersion: v1
                kind: ConfigMap
                metadata: {name: service-{{number}}, namespace: benchmark}
                data: {NODE_ENV: production, PORT: "3001"}
                ---
                apiVersion: v1
                kind: Service
                metadata: {name: service-{{number}}, namespace: benchmark}
                spec:
                  selector: {app: service-{{number}} }
                  ports: [{name: http, port: 3001, targetPort: http, protocol: TCP}]
                ---
                apiVersion: apps/v1
                kind: Deployment
                metadata: {name: service-{{number}}, namespace: benchmark}
                spec:
                  replicas: 0
                  selector:
                    matchLabels: {app: service-{{number}} }
                  template:
                    metadata:
                      labels: {app: service-{{number}} }
                    spec:
                      containers:
                        - name: app
                          image: tiketi/service:1
                          envFrom: [{configMapRef: {name: service-{{number}} } }]
                          ports: [{name: http, containerPort: 3001, protocol: TCP}]
                          resources: {requests: {cpu: 250m, memory: 256Mi} }
                          readinessProbe:
                            httpGet: {path: /health, port: http}

                """);
        }

        return yaml.ToString();
    }
}
