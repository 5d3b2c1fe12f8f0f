namespace Tiketi.Pipeline.Images;

/// <summary>One image that has to be built.</summary>
internal sealed record ImageBuildJob
{
    public required ImageRequest Request { get; init; }

    /// <summary>With the Dockerfile as it is to be built.</summary>
    public required BuildContext Context { get; init; }

    /// <summary>The image that reads the Dockerfile; null for the engine's own reader.</summary>
    public string? Syntax { get; init; }

    public required IReadOnlyDictionary<string, string> Labels { get; init; }

    /// <summary>Whether the wanted platform is the engine's own.</summary>
    public required bool IsNative { get; init; }

    public required bool NoCache { get; init; }

    /// <summary>Times inside the image; null keeps the files' own.</summary>
    public required DateTimeOffset? SourceDate { get; init; }
}

/// <summary>A way to build an image.</summary>
internal interface IImageBuild
{
    /// <returns>The engine's id of the image.</returns>
    /// <exception cref="PipelineException">The build fails, or the engine goes away.</exception>
    Task<string> BuildAsync(ImageBuildJob job, BuildTranscript transcript, CancellationToken cancellationToken);
}
