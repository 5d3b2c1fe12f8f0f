using System.Text.RegularExpressions;

namespace Tiketi.LocalCloud.Engine;

/// <summary>The Debian mirrors that this host's apt uses, so that a bootstrap goes where the host itself may go.</summary>
internal static partial class AptSources
{
    private const string Archive = "http://deb.debian.org/debian";
    private const string Security = "http://deb.debian.org/debian-security";

    /// <summary>Lines for a sources.list of the wanted suite. Reads the configuration folder ("/etc/apt"). A host without Debian mirrors (another distribution) gets Debian's own.</summary>
    public static IReadOnlyList<string> For(string suite, string configuration)
    {
        var entries = Files(configuration).SelectMany(Entries).Where(entry => entry.Uri.Contains("debian", StringComparison.Ordinal)).ToList();
        var security = entries.FirstOrDefault(entry => entry.Suite.EndsWith("-security", StringComparison.Ordinal)).Uri;
        var archive = entries.FirstOrDefault(entry => !entry.Suite.Contains('-', StringComparison.Ordinal) && !entry.Suite.Contains('/', StringComparison.Ordinal)).Uri;
        if (archive is null)
        {
            return [$"deb {Archive} {suite} main", $"deb {Archive} {suite}-updates main", $"deb {Security} {suite}-security main"];
        }

        var lines = new List<string> { $"deb {archive} {suite} main" };
        if (entries.Exists(entry => entry.Uri == archive && entry.Suite.EndsWith("-updates", StringComparison.Ordinal)))
        {
            lines.Add($"deb {archive} {suite}-updates main");
        }

        if (security is not null)
        {
            lines.Add($"deb {security} {suite}-security main");
        }

        return lines;
    }

    private static IEnumerable<string> Files(string configuration)
    {
        var list = Path.Combine(configuration, "sources.list");
        var parts = Path.Combine(configuration, "sources.list.d");
        return new[] { list }.Where(File.Exists)
            .Concat(Directory.Exists(parts) ? Directory.EnumerateFiles(parts).Where(file => Path.GetExtension(file) is ".list" or ".sources").Order(StringComparer.Ordinal) : []);
    }

    /// <summary>Only archives with a component "main" over http(s): what else is in there (mirror lists, CD-ROMs, other vendors) can't serve a bootstrap.</summary>
    private static IEnumerable<(string Uri, string Suite)> Entries(string file)
        => Path.GetExtension(file) == ".sources" ? Stanzas(File.ReadAllText(file)) : Lines(File.ReadLines(file));

    private static IEnumerable<(string Uri, string Suite)> Lines(IEnumerable<string> lines)
        => from line in lines
           let match = OneLine().Match(line)
           where match.Success
           select (match.Groups["uri"].Value.TrimEnd('/'), match.Groups["suite"].Value);

    private static IEnumerable<(string Uri, string Suite)> Stanzas(string text)
    {
        foreach (var stanza in text.Replace("\r", "", StringComparison.Ordinal).Split("\n\n"))
        {
            var fields = stanza.Split('\n')
                .Where(line => !line.StartsWith('#'))
                .Select(line => line.Split(':', 2, StringSplitOptions.TrimEntries))
                .Where(pair => pair.Length == 2)
                .DistinctBy(pair => pair[0], StringComparer.OrdinalIgnoreCase)
                .ToDictionary(pair => pair[0], pair => pair[1].Split(' ', StringSplitOptions.RemoveEmptyEntries), StringComparer.OrdinalIgnoreCase);
            string[] Field(string name) => fields.GetValueOrDefault(name, []);
            if (!Field("Types").Contains("deb") || !Field("Components").Contains("main") || Field("Enabled") is ["no"])
            {
                continue;
            }

            foreach (var uri in Field("URIs").Where(uri => uri.StartsWith("http", StringComparison.Ordinal)))
            {
                foreach (var suite in Field("Suites"))
                {
                    yield return (uri.TrimEnd('/'), suite);
                }
            }
        }
    }

    [GeneratedRegex(@"^\s*deb\s+(\[[^\]]*\]\s+)?(?<uri>https?://\S+)\s+(?<suite>\S+)\s+(.*\s)?main(\s|$)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex OneLine();
}
