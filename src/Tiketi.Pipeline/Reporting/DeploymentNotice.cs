using System.Globalization;

namespace Tiketi.Pipeline.Reporting;

/// <summary>How a deployment ended, for those who wait for it.</summary>
/// <param name="Environment">"staging".</param>
/// <param name="What">"Deploy", "Rollback".</param>
/// <param name="Succeeded">Whether everything went well.</param>
/// <param name="Version">What was deployed: the version of the images.</param>
/// <param name="By">Who started it.</param>
/// <param name="Duration">From start to end.</param>
public sealed record DeploymentNotice(string Environment, string What, bool Succeeded, string Version, string By, TimeSpan Duration)
{
    /// <summary>The page of the CI run; null on a person's machine.</summary>
    public string? Run { get; init; }

    /// <summary>Where to look at what was deployed.</summary>
    public Uri? Site { get; init; }

    /// <summary>The first line of why it failed.</summary>
    public string? Error { get; init; }

    /// <summary>A line that says it all, then where to look.</summary>
    public IReadOnlyList<string> ToLines()
    {
        var duration = Duration.TotalMinutes >= 1 ? string.Create(CultureInfo.InvariantCulture, $"{(int)Duration.TotalMinutes} min {Duration.Seconds} s") : string.Create(CultureInfo.InvariantCulture, $"{Duration.TotalSeconds:0} s");
        string?[] lines =
        [
            $"{(Succeeded ? "\u2705" : "\u274c")} {Environment}: {What} of {Version} by {By} {(Succeeded ? "succeeded" : "failed")} after {duration}",
            Succeeded || Error is null ? null : Error.Length > 300 ? Error[..300] + "..." : Error,
            Succeeded ? Site?.ToString() : null,
            Run,
        ];
        return [.. lines.OfType<string>()];
    }
}
