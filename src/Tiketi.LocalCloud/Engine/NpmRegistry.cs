namespace Tiketi.LocalCloud.Engine;

/// <summary>
/// The registry that npm uses on this host: NPM_CONFIG_REGISTRY, then the user's, then the global npmrc. Read here because
/// starting npm to ask it costs half a second on every run.
/// </summary>
internal static class NpmRegistry
{
    private const string Public = "https://registry.npmjs.org/";

    /// <summary>Null: the public one.</summary>
    public static string? OfThisHost()
    {
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        var npm = Tool.Find("npm");
        string?[] files =
        [
            Environment.GetEnvironmentVariable("NPM_CONFIG_USERCONFIG") ?? Path.Combine(home, ".npmrc"),
            npm is null ? null : Path.Combine(Path.GetDirectoryName(npm)!, "..", "etc", "npmrc"),
        ];
        var environment = Environment.GetEnvironmentVariable("NPM_CONFIG_REGISTRY") ?? Environment.GetEnvironmentVariable("npm_config_registry");
        return Choose(environment, files.Where(File.Exists).Select(file => File.ReadLines(file!)));
    }

    /// <summary>The environment's value, else the first file's that has one; null when that is the public registry.</summary>
    public static string? Choose(string? environment, IEnumerable<IEnumerable<string>> files)
    {
        var registry = environment is { Length: > 0 } ? environment : files.Select(InFile).FirstOrDefault(value => value is not null);
        return registry is null || registry.TrimEnd('/') == Public.TrimEnd('/') ? null : registry;
    }

    private static string? InFile(IEnumerable<string> lines)
        => lines.Select(line => line.Split('=', 2, StringSplitOptions.TrimEntries))
            .Where(pair => pair is ["registry", { Length: > 0 }])
            .Select(pair => pair[1].Trim('"', '\''))
            .LastOrDefault(); // ini files: the last one wins
}
