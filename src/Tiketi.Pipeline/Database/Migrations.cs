using System.Text.Json.Nodes;
using k8s;
using Microsoft.Extensions.Logging;
using Tiketi.Pipeline.Kubernetes;

namespace Tiketi.Pipeline.Database;

/// <summary>What to migrate, and with what.</summary>
public sealed record MigrationRequest
{
    /// <summary>The namespace of the services; its ConfigMap and Secrets are there already.</summary>
    public required string Namespace { get; init; }

    public required MigrationFiles Files { get; init; }

    /// <summary>The backend's image by digest: it holds Node.js and the PostgreSQL client.</summary>
    public required string Image { get; init; }

    /// <summary>"host:port/name" of the database. Part of the run's identity: a new or restored database is migrated again.</summary>
    public required string Database { get; init; }

    /// <summary>Holds DB_HOST, DB_PORT, DB_NAME, DB_USER, DB_SSL.</summary>
    public string ConfigMap { get; init; } = "tiketi-config";

    /// <summary>Holds DB_PASSWORD.</summary>
    public string Secret { get; init; } = "tiketi-db-secret";

    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(10);
}

/// <param name="Ran">False where these very files had been applied to this database before: nothing was started.</param>
/// <param name="Applied">The files that were applied now, in order.</param>
public sealed record MigrationResult(bool Ran, IReadOnlyList<string> Applied);

/// <summary>
/// Applies SQL from inside the cluster, the only place that reaches the database. What has been applied is recorded in the
/// database itself (table schema_migrations); a Job named after a digest of the files and the database's address remembers in the
/// cluster that this very state was reached, so that a run without changes starts no pod. A database that is restored in
/// place, under the same address, is the one case in which that memory is wrong: delete the Job then.
/// </summary>
public sealed class Migrations(IKubernetes cluster, TimeProvider time, ILogger<Migrations> log)
{
    private const string Component = "database-migration";
    private static readonly Lazy<string> Runner = new(ReadRunner);
    private readonly ClusterApi _api = new(cluster, time);
    private readonly ReadinessWaiter _waiter = new(new ClusterApi(cluster, time), time, log);

    /// <summary>Brings the database to the files' state. Of two pipelines that do so at once, one works and both wait.</summary>
    /// <exception cref="PipelineException">A file fails (rolled back; its name, line and PostgreSQL's message), was changed or removed
    /// after it had been applied, or the Job cannot run.</exception>
    public async Task<MigrationResult> RunAsync(MigrationRequest request, CancellationToken cancellationToken = default)
    {
        var name = $"tiketi-migrate-{request.Files.Digest(Runner.Value, request.Database)}";
        var key = new ObjectKey("batch/v1", "Job", request.Namespace, name);
        var job = await _api.GetAsync(key, cancellationToken);
        if (job is not null && Readiness.Of(job) is { State: ReadyState.Ready })
        {
            return new MigrationResult(Ran: false, []);
        }

        if (job is not null && Readiness.Of(job) is { State: ReadyState.Failed })
        {
            await DeleteAndWaitAsync(key, cancellationToken);
        }

        log.LogInformation("Migrating the database with Job {Job}", name);
        await _api.ApplyAsync(new Manifest(Source(request, name)), dryRun: false, force: true, cancellationToken);
        await _api.ApplyAsync(new Manifest(Job(request, name)), dryRun: false, force: true, cancellationToken);
        await _waiter.WaitAsync([key], request.Timeout, cancellationToken);
        var applied = await ReadAppliedAsync(request.Namespace, name, cancellationToken);
        await ForgetEarlierAsync(request.Namespace, name, cancellationToken);
        return new MigrationResult(Ran: true, applied);
    }

    private async Task<IReadOnlyList<string>> ReadAppliedAsync(string space, string job, CancellationToken cancellationToken)
    {
        var pods = await _api.ListAsync("v1", "Pod", space, $"labelSelector=job-name%3D{job}", cancellationToken);
        var pod = pods.FirstOrDefault(candidate => candidate.Text("status", "phase") == "Succeeded");
        if (pod is null)
        {
            return []; // another pipeline's Job, whose pod is gone already
        }

        // The log is complete; the status, cut at 4 KiB, is always there.
        var text = await _api.LogAsync(space, pod.Text("metadata", "name")!, "migrate", previous: false, lines: 10_000, cancellationToken)
            ?? pod.Items("status", "containerStatuses").FirstOrDefault().Text("state", "terminated", "message");
        return [.. (text ?? "").Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Where(line => line.StartsWith("{\"applied\"", StringComparison.Ordinal))
            .Select(line => JsonNode.Parse(line).Text("applied")!)];
    }

    private async Task ForgetEarlierAsync(string space, string current, CancellationToken cancellationToken)
    {
        foreach (var (apiVersion, kind) in new[] { ("batch/v1", "Job"), ("v1", "ConfigMap") })
        {
            var earlier = await _api.ListAsync(apiVersion, kind, space, $"labelSelector=app.kubernetes.io%2Fcomponent%3D{Component}", cancellationToken);
            foreach (var name in earlier.Select(item => item.Text("metadata", "name")!).Where(name => name != current))
            {
                await _api.DeleteAsync(new ObjectKey(apiVersion, kind, space, name), cancellationToken);
            }
        }
    }

    private async Task DeleteAndWaitAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        await _api.DeleteAsync(key, cancellationToken);
        while (await _api.GetAsync(key, cancellationToken) is not null)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(200), time, cancellationToken);
        }
    }

    private static JsonObject Source(MigrationRequest request, string name)
    {
        var body = Metadata("v1", "ConfigMap", request.Namespace, name);
        body["data"] = new JsonObject(request.Files.Contents.Select(file => KeyValuePair.Create<string, JsonNode?>(file.Key, file.Value)))
        {
            ["migrate.js"] = Runner.Value,
        };
        return body;
    }

    private static JsonObject Job(MigrationRequest request, string name)
    {
        var body = Metadata("batch/v1", "Job", request.Namespace, name);
        var labels = (JsonObject)body["metadata"]!["labels"]!.DeepClone();
        body["spec"] = new JsonObject
        {
            ["backoffLimit"] = 0, // a failed file fails again; a database that is away is waited for by the runner
            ["template"] = new JsonObject
            {
                ["metadata"] = new JsonObject { ["labels"] = labels },
                ["spec"] = new JsonObject
                {
                    ["restartPolicy"] = "Never",
                    ["automountServiceAccountToken"] = false,
                    ["securityContext"] = new JsonObject { ["runAsNonRoot"] = true, ["runAsUser"] = 10001 },
                    ["containers"] = new JsonArray(Container(request)),
                    ["volumes"] = new JsonArray(new JsonObject { ["name"] = "sql", ["configMap"] = new JsonObject { ["name"] = name } }),
                },
            },
        };
        return body;
    }

    private static JsonObject Container(MigrationRequest request) => new()
    {
        ["name"] = "migrate",
        ["image"] = request.Image,
        ["command"] = new JsonArray("node", "/sql/migrate.js", "/sql"),
        ["env"] = new JsonArray(new JsonObject { ["name"] = "NODE_PATH", ["value"] = "/app/node_modules" }),
        ["envFrom"] = new JsonArray(
            new JsonObject { ["configMapRef"] = new JsonObject { ["name"] = request.ConfigMap } },
            new JsonObject { ["secretRef"] = new JsonObject { ["name"] = request.Secret } }),
        ["resources"] = new JsonObject
        {
            ["requests"] = new JsonObject { ["cpu"] = "50m", ["memory"] = "64Mi" },
            ["limits"] = new JsonObject { ["cpu"] = "500m", ["memory"] = "256Mi" },
        },
        ["securityContext"] = new JsonObject
        {
            ["allowPrivilegeEscalation"] = false,
            ["readOnlyRootFilesystem"] = true,
            ["capabilities"] = new JsonObject { ["drop"] = new JsonArray("ALL") },
        },
        ["volumeMounts"] = new JsonArray(new JsonObject { ["name"] = "sql", ["mountPath"] = "/sql" }),
    };

    private static JsonObject Metadata(string apiVersion, string kind, string space, string name) => new()
    {
        ["apiVersion"] = apiVersion,
        ["kind"] = kind,
        ["metadata"] = new JsonObject
        {
            ["name"] = name,
            ["namespace"] = space,
            ["labels"] = new JsonObject { ["app.kubernetes.io/part-of"] = "tiketi", ["app.kubernetes.io/component"] = Component },
        },
    };

    private static string ReadRunner()
    {
        using var stream = typeof(Migrations).Assembly.GetManifestResourceStream("migrate.js")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
