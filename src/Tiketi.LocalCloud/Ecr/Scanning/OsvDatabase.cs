using System.Text.Json;
using System.Text.Json.Nodes;
using Tiketi.LocalCloud.Hosting;

namespace Tiketi.LocalCloud.Ecr.Scanning;

/// <summary>
/// The known vulnerabilities: OSV records (ossf.github.io/osv-schema), a JSON file each, that somebody has put into
/// <c>ecr/vulnerabilities</c> of the state folder, as osv.dev exports them for Debian. None comes with the local cloud.
/// </summary>
internal sealed class OsvDatabase(StateStore state)
{
    private readonly Lock _lock = new();
    private OsvRecords _read = new("", DateTimeOffset.UnixEpoch, []);

    public string Folder { get; } = state.Directory("ecr", "vulnerabilities");

    /// <summary>What is in the folder now; null when nothing is.</summary>
    /// <exception cref="InvalidDataException">A file is no OSV record.</exception>
    public OsvRecords? Read()
    {
        var files = new DirectoryInfo(Folder).GetFiles("*.json");
        if (files.Length == 0)
        {
            return null;
        }

        var updated = files.Max(file => file.LastWriteTimeUtc);
        var stamp = $"{files.Length} {updated.Ticks} {files.Sum(file => file.Length)}";
        lock (_lock)
        {
            if (_read.Stamp != stamp)
            {
                _read = new OsvRecords(stamp, new DateTimeOffset(updated), [.. files.OrderBy(file => file.Name, StringComparer.Ordinal).SelectMany(ReadFile)]);
            }

            return _read;
        }
    }

    private static IEnumerable<Vulnerability> ReadFile(FileInfo file)
    {
        try
        {
            var root = JsonNode.Parse(File.ReadAllText(file.FullName))!.AsObject();
            return root["withdrawn"] is null ? [.. Of(root)] : [];
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or NullReferenceException)
        {
            throw new InvalidDataException($"{file.Name} is no OSV record: {error.Message}", error);
        }
    }

    private static IEnumerable<Vulnerability> Of(JsonObject root)
    {
        var id = Text(root["id"]) ?? throw new InvalidOperationException("it has no id");
        var name = Names(root).FirstOrDefault(candidate => candidate.StartsWith("CVE-", StringComparison.Ordinal)) ?? id;
        foreach (var affected in root["affected"]?.AsArray() ?? [])
        {
            var ecosystem = (Text(affected!["package"]?["ecosystem"]) ?? "").Split(':', 2);
            if (ecosystem[0] != "Debian")
            {
                continue; // ECR's basic scan knows the packages of distributions, and the images here are Debian's
            }

            yield return new Vulnerability
            {
                Name = name,
                Description = Text(root["summary"]) ?? Text(root["details"]) ?? "",
                Uri = $"https://osv.dev/vulnerability/{id}",
                Vector = Vector(affected["severity"]) ?? Vector(root["severity"]),
                Release = ecosystem.ElementAtOrDefault(1),
                Source = Text(affected["package"]?["name"]) ?? throw new InvalidOperationException("an affected package has no name"),
                Versions = [.. (affected["versions"]?.AsArray() ?? []).Select(version => version!.GetValue<string>())],
                Ranges = [.. (affected["ranges"]?.AsArray() ?? []).Where(range => Text(range!["type"]) == "ECOSYSTEM").Select(range => Events(range!))],
            };
        }
    }

    private static IEnumerable<string> Names(JsonObject root) =>
        ((string[])["id", "upstream", "aliases"]).SelectMany(member => root[member] switch { JsonArray list => list.Select(Text), var one => [Text(one)] }).OfType<string>();

    private static IReadOnlyList<(string Kind, string Version)> Events(JsonNode range) =>
        [.. (range["events"]?.AsArray() ?? []).SelectMany(one => one!.AsObject()).Select(member => (member.Key, member.Value!.GetValue<string>()))];

    private static string? Vector(JsonNode? severities) =>
        (severities as JsonArray ?? []).Where(severity => Text(severity!["type"]) == "CVSS_V3").Select(severity => Text(severity!["score"])).FirstOrDefault();

    private static string? Text(JsonNode? node) => node?.GetValue<string>();
}

/// <summary>The database at one time.</summary>
internal sealed record OsvRecords(string Stamp, DateTimeOffset UpdatedAt, IReadOnlyList<Vulnerability> Vulnerabilities);

/// <summary>One vulnerability of one source package.</summary>
internal sealed record Vulnerability
{
    public required string Name { get; init; }

    public required string Description { get; init; }

    public required string Uri { get; init; }

    /// <summary>CVSS 3.</summary>
    public string? Vector { get; init; }

    /// <summary>Debian's release, "13"; null for all.</summary>
    public string? Release { get; init; }

    public required string Source { get; init; }

    public required IReadOnlyList<string> Versions { get; init; }

    /// <summary>Each a list of events in the order of versions.</summary>
    public required IReadOnlyList<IReadOnlyList<(string Kind, string Version)>> Ranges { get; init; }

    public bool Affects(string release, InstalledPackage package) =>
        package.Source == Source && (Release is null || Release == release)
        && (Versions.Contains(package.SourceVersion, StringComparer.Ordinal) || Ranges.Any(range => IsWithin(range, package.SourceVersion)));

    private static bool IsWithin(IReadOnlyList<(string Kind, string Version)> events, string version)
    {
        var isAffected = false;
        foreach (var (kind, limit) in events)
        {
            isAffected = kind switch
            {
                "introduced" => isAffected || limit == "0" || DebianVersion.Compare(version, limit) >= 0,
                "fixed" => isAffected && DebianVersion.Compare(version, limit) < 0,
                "last_affected" => isAffected && DebianVersion.Compare(version, limit) <= 0,
                _ => isAffected,
            };
        }

        return isAffected;
    }
}
