using Tiketi.Pipeline.Database;
using Tiketi.Pipeline.Kubernetes;

namespace Tiketi.Pipeline.Releases;

/// <summary>One deployment of the services.</summary>
public sealed record ServiceDeploymentRequest
{
    /// <summary>The namespace of the services, where their releases are recorded.</summary>
    public required string Namespace { get; init; }

    /// <summary>Complete: images by digest, configuration, Secrets and Ingress settings are in.</summary>
    public required ManifestSet Manifests { get; init; }

    /// <summary>What is to be recorded: version, images, who. Number, outcome, inventory and manifests are filled in.</summary>
    public required Release Release { get; init; }

    /// <summary>What the database needs before the new pods start; null leaves it alone.</summary>
    public MigrationRequest? Migration { get; init; }

    /// <summary>How long all services together may take to become ready.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long to wait for another pipeline that is changing the namespace; zero refuses at once.</summary>
    public TimeSpan LockTimeout { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>How long this run, should it be killed, holds up the next one. Renewed in thirds of it.</summary>
    public TimeSpan LeaseDuration { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Take fields over from other managers instead of failing with a conflict.</summary>
    public bool Force { get; init; }

    /// <summary>Put the last good release back when this one fails; false leaves what it made, to be looked at.</summary>
    public bool RollBack { get; init; } = true;

    /// <summary>Prune Secrets and volume claims too.</summary>
    public bool PruneData { get; init; }

    /// <summary>How many releases stay recorded.</summary>
    public int Kept { get; init; } = ReleaseStore.DefaultKept;
}

/// <summary>What a deployment did.</summary>
/// <param name="Release">The release that runs now: a new one, or the one that ran already.</param>
/// <param name="IsNew">False where nothing differed from the release that ran.</param>
/// <param name="Objects">What happened to each object.</param>
/// <param name="Migration">Null where none was asked for.</param>
/// <param name="Pruned">What earlier releases had left.</param>
public sealed record ServiceDeploymentResult(Release Release, bool IsNew, ApplyResult Objects, MigrationResult? Migration, PruneResult Pruned);
