namespace Tiketi.LocalCloud.Ecr.Storage;

/// <summary>One repository with its images. Immutable: a change makes a new one.</summary>
internal sealed record Repository
{
    public required string Name { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public RepositorySettings Settings { get; init; } = new();

    public string? LifecyclePolicy { get; init; }

    /// <summary>A resource policy, JSON.</summary>
    public string? Policy { get; init; }

    public Dictionary<string, string> Tags { get; init; } = [];

    public IReadOnlyList<ImageRecord> Images { get; init; } = [];

    public ImageRecord? Find(string? digest, string? tag) => Images.FirstOrDefault(image =>
        (digest is not null || tag is not null)
        && (digest is null || image.Digest == digest)
        && (tag is null || image.Tags.Contains(tag, StringComparer.Ordinal)));

    public Repository With(ImageRecord image) => this with { Images = [.. Images.Where(other => other.Digest != image.Digest), image] };
}

internal sealed record RepositorySettings
{
    /// <summary>MUTABLE, IMMUTABLE, and both WITH_EXCLUSION.</summary>
    public string TagMutability { get; init; } = "MUTABLE";

    /// <summary>Tag patterns that are treated the other way round.</summary>
    public IReadOnlyList<string> MutabilityExclusions { get; init; } = [];

    public bool ScanOnPush { get; init; }

    public string EncryptionType { get; init; } = "AES256";

    public string? KmsKey { get; init; }

    public bool IsImmutable(string tag)
    {
        var isExcluded = TagMutability.EndsWith("_WITH_EXCLUSION", StringComparison.Ordinal) && MutabilityExclusions.Any(filter => Hosting.Wildcard.IsMatch(filter, tag));
        return TagMutability.StartsWith("IMMUTABLE", StringComparison.Ordinal) != isExcluded;
    }
}

internal sealed record ImageRecord
{
    /// <summary>sha256:HEX of the manifest's bytes.</summary>
    public required string Digest { get; init; }

    public required string MediaType { get; init; }

    public string? ArtifactMediaType { get; init; }

    /// <summary>Bytes of config and layers as stored; null for an index.</summary>
    public long? Size { get; init; }

    public required DateTimeOffset PushedAt { get; init; }

    public DateTimeOffset? PulledAt { get; init; }

    public string? Subject { get; init; }

    public IReadOnlyList<string> Tags { get; init; } = [];
}
