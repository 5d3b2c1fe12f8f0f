using System.Diagnostics;

/// <summary>The application's checkout as git knows it: what versions and labels are made of.</summary>
sealed class Source(AbsolutePath directory)
{
    readonly Lazy<string> _version = new(() => Git(directory, "describe", "--tags", "--always", "--dirty") ?? "unversioned");
    readonly Lazy<string> _revision = new(() => Git(directory, "rev-parse", "HEAD"));

    /// <summary>As an image tag: the nearest tag and the commit, "-dirty" when something is not committed; "unversioned" outside git.</summary>
    public string Version => _version.Value;

    /// <summary>OCI annotations.</summary>
    public IReadOnlyDictionary<string, string> Labels => _revision.Value is null
        ? new Dictionary<string, string>(StringComparer.Ordinal)
        : new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["org.opencontainers.image.version"] = Version,
            ["org.opencontainers.image.revision"] = _revision.Value,
        };

    static string Git(AbsolutePath directory, params string[] arguments)
    {
        using var git = Process.Start(new ProcessStartInfo("git", arguments)
        {
            WorkingDirectory = directory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        });
        var output = git.StandardOutput.ReadToEnd().Trim();
        git.WaitForExit();
        return git.ExitCode == 0 ? output : null;
    }
}
