namespace Tiketi.Pipeline.Frontend;

/// <summary>
/// The last release that was synced from this machine, kept beside the frontend's builds, so that a build can say how the site
/// grew without asking the bucket. Losing it costs nothing else.
/// </summary>
/// <param name="Release">Which.</param>
/// <param name="Sizes">How large it is; null when it was not measured.</param>
public sealed record LastRelease(SiteRelease Release, IReadOnlyList<SiteSize>? Sizes)
{
    /// <param name="directory"><see cref="FrontendBuildRequest.CacheDirectory"/>.</param>
    /// <returns>Null when there is none, or none that can be read.</returns>
    public static LastRelease? Read(string directory) => KeptJson.Read<LastRelease>(FileIn(directory));

    /// <param name="directory"><see cref="FrontendBuildRequest.CacheDirectory"/>; made if need be.</param>
    public void Write(string directory)
    {
        Directory.CreateDirectory(directory);
        KeptJson.Write(FileIn(directory), this);
    }

    private static string FileIn(string directory) => Path.Combine(directory, "last-release.json");
}
