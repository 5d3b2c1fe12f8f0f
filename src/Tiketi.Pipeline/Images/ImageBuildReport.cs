namespace Tiketi.Pipeline.Images;

/// <summary>Why an image is there.</summary>
public enum ImageOrigin
{
    /// <summary>Built in this run.</summary>
    Built,

    /// <summary>The engine had it under its input digest.</summary>
    Present,

    /// <summary>The registry has it under its input digest; the engine may not have it at all.</summary>
    Published,
}

/// <summary>One image that a run has seen to.</summary>
/// <param name="Service">The service's catalogue name.</param>
/// <param name="Repository">Without registry host.</param>
/// <param name="Tag">The tag made of its input digest.</param>
/// <param name="ImageId">The engine's id (sha256:...), null when only the registry has it.</param>
/// <param name="Origin">Built, present or published.</param>
/// <param name="Duration">How long the build took; zero when there was none.</param>
public sealed record BuiltImage(string Service, string Repository, string Tag, string? ImageId, ImageOrigin Origin, TimeSpan Duration)
{
    /// <summary>The local image's name.</summary>
    public string LocalReference => $"{Repository}:{Tag}";

    /// <summary>The images that its Dockerfile names, each with its registry and its digest there; those that no registry has are not among them.</summary>
    public IReadOnlyList<string> BaseImages { get; init; } = [];

    /// <summary>"linux/amd64".</summary>
    public string Platform { get; init; } = "";

    /// <summary>The digests of its layers' tars, the lowest first; none when only the registry has it.</summary>
    public IReadOnlyList<string> DiffIds { get; init; } = [];
}

/// <summary>What BuildImages did, in the order of the requests.</summary>
public sealed record ImageBuildReport(IReadOnlyList<BuiltImage> Images)
{
    public int Built => Images.Count(image => image.Origin == ImageOrigin.Built);

    public int Unchanged => Images.Count - Built;
}
