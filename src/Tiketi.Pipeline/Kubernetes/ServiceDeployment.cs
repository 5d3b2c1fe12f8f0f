using k8s;
using Microsoft.Extensions.Logging;
using Tiketi.Pipeline.Database;

namespace Tiketi.Pipeline.Kubernetes;

/// <summary>One deployment of the services.</summary>
public sealed record ServiceDeploymentRequest
{
    /// <summary>Complete: images by digest, configuration, Secrets and Ingress settings are in.</summary>
    public required ManifestSet Manifests { get; init; }

    /// <summary>What the database needs before the new pods start; null leaves it alone.</summary>
    public MigrationRequest? Migration { get; init; }

    /// <summary>How long all services together may take to become ready.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Take fields over from other managers instead of failing with a conflict.</summary>
    public bool Force { get; init; }
}

/// <param name="Objects">What happened to each object.</param>
/// <param name="Migration">Null where none was asked for.</param>
public sealed record ServiceDeploymentResult(ApplyResult Objects, MigrationResult? Migration);

/// <summary>
/// Deploys the services in the order in which they need each other: what pods read, then the database's schema, then the
/// pods, and waits until all are ready. A failed migration leaves the old version running.
/// </summary>
public sealed class ServiceDeployment(IKubernetes cluster, TimeProvider time, ILoggerFactory logs)
{
    private readonly Rollout _rollout = new(cluster, time, logs.CreateLogger<Rollout>());
    private readonly Migrations _migrations = new(cluster, time, logs.CreateLogger<Migrations>());

    /// <exception cref="PipelineException">A manifest is refused, a migration fails, or a service does not become ready; with evidence.</exception>
    public async Task<ServiceDeploymentResult> DeployAsync(ServiceDeploymentRequest request, CancellationToken cancellationToken = default)
    {
        // Everything is dry-run before anything is written, so that a bad Deployment does not leave a new configuration behind.
        var steps = await _rollout.ExamineAsync(request.Manifests, request.Force, cancellationToken);
        var services = steps.Where(step => ApplyOrder.Level(step.Manifest.Key.Kind) >= ApplyOrder.Workloads).ToList();
        var before = await _rollout.WriteAsync(steps.Except(services), request.Force, cancellationToken);
        var migration = request.Migration is { } wanted ? await _migrations.RunAsync(wanted, cancellationToken) : null;
        var after = await _rollout.WriteAsync(services, request.Force, cancellationToken);
        await _rollout.WaitAsync(steps.Select(step => step.Manifest.Key), request.Timeout, cancellationToken);
        return new ServiceDeploymentResult(new ApplyResult([.. before.Changes, .. after.Changes]), migration);
    }
}
