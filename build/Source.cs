using System.Diagnostics;
using System.Text.RegularExpressions;

/// <summary>The application's checkout as git knows it: what versions and labels are made of.</summary>
sealed partial class Source(AbsolutePath directory)
{
    readonly Lazy<string> _version = new(() => Git(directory, "describe", "--tags", "--always", "--dirty") is { } described ? NotInATag().Replace(described, "-") : "unversioned");
    readonly Lazy<string> _revision = new(() => Git(directory, "rev-parse", "HEAD"));
    readonly Lazy<string> _origin = new(() => Address(Git(directory, "remote", "get-url", "origin")));

    /// <summary>As an image tag: the nearest tag and the commit, "-dirty" when something is not committed; "unversioned" outside git. What an image's tag can't have ("release/1.0") is a dash.</summary>
    public string Version => _version.Value;

    /// <summary>The commit; null outside git.</summary>
    public string Revision => _revision.Value;

    /// <summary>OCI annotations: what was built, from where.</summary>
    public IReadOnlyDictionary<string, string> Labels
    {
        get
        {
            var labels = new Dictionary<string, string>(StringComparer.Ordinal);
            Add("version", _revision.Value is null ? null : Version);
            Add("revision", _revision.Value);
            Add("source", _origin.Value);
            return labels;

            void Add(string name, string value)
            {
                if (value is not null)
                {
                    labels["org.opencontainers.image." + name] = value;
                }
            }
        }
    }

    /// <summary>A remote's address as people open it: git@host:owner/name is https://host/owner/name, and no password is in it.</summary>
    public static string Address(string remote)
    {
        if (remote is null || !remote.Contains(':', StringComparison.Ordinal))
        {
            return null; // none, or a folder of this machine
        }

        var url = remote.Contains("://", StringComparison.Ordinal) ? remote : "ssh://" + remote.Replace(":", "/", StringComparison.Ordinal);
        return Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.Host.Length > 0
            ? $"{(uri.Scheme == Uri.UriSchemeHttp ? "http" : "https")}://{(uri.Scheme is "http" or "https" ? uri.Authority[(uri.Authority.LastIndexOf('@') + 1)..] : uri.Host)}{uri.AbsolutePath}"
            : null;
    }

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

    [GeneratedRegex("[^A-Za-z0-9_.-]", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex NotInATag();
}
