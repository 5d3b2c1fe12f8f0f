namespace Tiketi.Pipeline.Frontend;

/// <summary>What to build, and with which values baked in.</summary>
public sealed record FrontendBuildRequest
{
    /// <summary>The directory with package.json and the lock file of npm, pnpm or yarn.</summary>
    public required string Directory { get; init; }

    /// <summary>Where <c>npm run build</c> writes, relative to <see cref="Directory"/>. Emptied before each build.</summary>
    public string OutputDirectory { get; init; } = "build";

    /// <summary>The values that the build bakes in (REACT_APP_API_URL ...). They are public: visitors can read them.</summary>
    public required IReadOnlyDictionary<string, string> Variables { get; init; }

    /// <summary>Where the outputs of the last three builds and the size of the <see cref="LastRelease"/> are kept (.nuke/temp ...). Losing it costs one build.</summary>
    public required string CacheDirectory { get; init; }

    /// <summary>
    /// The caller's environment. Only what a build needs to run at all is taken from it: PATH, HOME, temporary directory,
    /// certificates, proxy and npm's own settings.
    /// </summary>
    public required IReadOnlyDictionary<string, string> ProcessEnvironment { get; init; }

    /// <summary>Accept localhost addresses and placeholders in the values and in the output: only for the local environment.</summary>
    public bool AllowLocalAddresses { get; init; }
}

public enum FrontendBuildStatus
{
    /// <summary>Inputs and output are those of an earlier build.</summary>
    Unchanged,

    /// <summary>The inputs are those of an earlier build, and its kept output was put in place.</summary>
    Restored,

    Built,
}

/// <summary>A built site.</summary>
/// <param name="Status">Whether a build was needed.</param>
/// <param name="Reason">Why it was, or was not.</param>
/// <param name="OutputDirectory">Absolute.</param>
/// <param name="Sizes">Of the output, for each class of files.</param>
/// <param name="InputDigest">SHA-256 over sources, lock file, values and node version, lower-case hex.</param>
/// <param name="DependenciesInstalled">Whether npm ci ran.</param>
/// <param name="Duration">Of the whole step.</param>
public sealed record FrontendBuildResult(
    FrontendBuildStatus Status, string Reason, string OutputDirectory, IReadOnlyList<SiteSize> Sizes, string InputDigest, bool DependenciesInstalled, TimeSpan Duration)
{
    /// <summary>What to compare <see cref="Sizes"/> with; null when neither a release nor another build is on record here.</summary>
    public FormerSite? Former { get; init; }

    /// <summary>How many files the output has.</summary>
    public int Files => Sizes.Sum(size => size.Files);
}

/// <summary>An earlier state of the site, to say how it grew.</summary>
/// <param name="Name">"release 4", "the build before".</param>
/// <param name="ReleaseId">Null when it is no release.</param>
/// <param name="Sizes">Of each class of files.</param>
public sealed record FormerSite(string Name, string? ReleaseId, IReadOnlyList<SiteSize> Sizes);
