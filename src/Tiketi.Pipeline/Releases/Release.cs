using System.Text.Json.Serialization;
using Tiketi.Pipeline.Kubernetes;

namespace Tiketi.Pipeline.Releases;

/// <summary>How a release ended, as <see cref="Release.Outcome"/> spells it.</summary>
public static class ReleaseOutcome
{
    /// <summary>Under way - or its pipeline was killed: the next one that succeeds marks it <see cref="Failed"/>.</summary>
    public const string Deploying = nameof(Deploying);

    /// <summary>Everything became ready.</summary>
    public const string Succeeded = nameof(Succeeded);

    /// <summary>It did not become ready, and what it left behind is still there.</summary>
    public const string Failed = nameof(Failed);

    /// <summary>It did not become ready, and the last good release was put back.</summary>
    public const string RolledBack = nameof(RolledBack);
}

/// <summary>One deployment of the services, as recorded in the cluster: enough to tell what ran when, and to put it back.</summary>
public sealed record Release
{
    /// <summary>Counts up from 1 within a namespace; 0 until <see cref="ReleaseStore.CreateAsync"/> has given one.</summary>
    public int Number { get; init; }

    /// <summary>When it began (UTC).</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The version tag of its images: <c>git describe</c> by default.</summary>
    public required string Version { get; init; }

    /// <summary>The application's commit; null outside git.</summary>
    public string? Revision { get; init; }

    /// <summary>The person or job that started it.</summary>
    public required string By { get; init; }

    /// <summary>Where to see the CI run that made it; null where a person did on a machine.</summary>
    public string? Run { get; init; }

    /// <summary>One of <see cref="ReleaseOutcome"/>.</summary>
    public string Outcome { get; init; } = ReleaseOutcome.Deploying;

    /// <summary>The first line of why it failed; null where it did not.</summary>
    public string? Reason { get; init; }

    /// <summary>The release that this one put back; null for a deployment of something new.</summary>
    public int? RollbackTo { get; init; }

    /// <summary>"repository@sha256:..." by service.</summary>
    public IReadOnlyDictionary<string, string> Images { get; init; } = new Dictionary<string, string>();

    /// <summary>Every object it applied, Secrets included: what a later release may prune.</summary>
    public IReadOnlyList<ObjectKey> Inventory { get; init; } = [];

    /// <summary>The name of its ConfigMap, which ends with a hash of the configuration; null where the manifests have none.</summary>
    public string? ConfigMap { get; init; }

    /// <summary>The site's release id (<c>SiteRelease.Id</c>) that went with it; null until the site was synced.</summary>
    public string? Site { get; init; }

    /// <summary>What was applied, without Secrets: their values never leave the Secret itself.</summary>
    [JsonIgnore]
    public ManifestSet Manifests { get; init; } = new([]);
}
