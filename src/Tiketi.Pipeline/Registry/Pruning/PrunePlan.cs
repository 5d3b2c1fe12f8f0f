namespace Tiketi.Pipeline.Registry.Pruning;

/// <summary>What to look through, and what must stay.</summary>
public sealed record PruneRequest
{
    /// <summary>The registry's host.</summary>
    public required string Registry { get; init; }

    /// <summary>Names without host: "tiketi/backend".</summary>
    public required IReadOnlyList<string> Repositories { get; init; }

    /// <summary>Every environment that may run images of this registry.</summary>
    public required IReadOnlyList<EnvironmentUse> Environments { get; init; }

    /// <summary>Images younger than this stay: a run may be about to deploy them.</summary>
    public TimeSpan MinimumAge { get; init; } = TimeSpan.FromDays(1);
}

/// <summary>What becomes of one image, and why.</summary>
/// <param name="RepositoryName">Without host.</param>
/// <param name="Digest">Of the manifest.</param>
/// <param name="Tags">All its tags: they go with it.</param>
/// <param name="Bytes">Its size as ECR states it; layers that it shares with others are freed with the last of them.</param>
/// <param name="Goes">Whether nothing needs it.</param>
/// <param name="Reason">Who needs it, or that nobody does.</param>
public sealed record PruneDecision(string RepositoryName, string Digest, IReadOnlyList<string> Tags, long Bytes, bool Goes, string Reason);

/// <summary>What may go. Nothing has been deleted.</summary>
/// <param name="Decisions">One for each image, by repository, oldest first.</param>
/// <param name="BlindSpots">Environments that could not be asked; while there is one, nothing may be deleted.</param>
public sealed record PrunePlan(IReadOnlyList<PruneDecision> Decisions, IReadOnlyList<EnvironmentUse> BlindSpots)
{
    public IReadOnlyList<PruneDecision> Going => [.. Decisions.Where(decision => decision.Goes)];

    public long Bytes => Going.Sum(decision => decision.Bytes);
}
