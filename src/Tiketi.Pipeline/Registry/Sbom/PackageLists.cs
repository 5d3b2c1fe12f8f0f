using System.Text.Json;
using System.Text.Json.Nodes;

namespace Tiketi.Pipeline.Registry.Sbom;

/// <summary>Reads the lists in which package managers keep what they installed.</summary>
internal static class PackageLists
{
    /// <summary>The fields of os-release(5): ID, VERSION_ID ...</summary>
    public static IReadOnlyDictionary<string, string> OsRelease(string text) => text.Split('\n')
        .Select(line => line.Split('=', 2)).Where(pair => pair.Length == 2)
        .GroupBy(pair => pair[0], StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.Last()[1].Trim().Trim('"', '\''), StringComparer.Ordinal);

    /// <summary>dpkg's status file, or one of a distroless image's parts of it (which name no status: they are there).</summary>
    public static IEnumerable<Component> Dpkg(string text, IReadOnlyDictionary<string, string> osRelease) =>
        from fields in Paragraphs(text)
        let status = fields.GetValueOrDefault("Status")
        where (status is null || status.EndsWith(" installed", StringComparison.Ordinal)) && fields.ContainsKey("Package") && fields.ContainsKey("Version")
        let arch = fields.GetValueOrDefault("Architecture")
        select new Component(
            Purl("deb", osRelease.GetValueOrDefault("ID", "debian"), fields["Package"], fields["Version"], arch, osRelease), Group: null, fields["Package"], fields["Version"], License: null);

    /// <summary>apk's database of installed packages.</summary>
    public static IEnumerable<Component> Apk(string text, IReadOnlyDictionary<string, string> osRelease) =>
        from fields in Paragraphs(text)
        where fields.ContainsKey("P") && fields.ContainsKey("V")
        select new Component(
            Purl("apk", osRelease.GetValueOrDefault("ID", "alpine"), fields["P"], fields["V"], fields.GetValueOrDefault("A"), osRelease), Group: null, fields["P"], fields["V"], fields.GetValueOrDefault("L"));

    /// <summary>An npm package's package.json; null when it states no name and version (parts of packages do not).</summary>
    public static Component? Npm(ReadOnlySpan<byte> json)
    {
        JsonNode? root;
        try
        {
            root = JsonNode.Parse(json);
        }
        catch (JsonException)
        {
            return null; // node would not load it either
        }

        if (Text(root, "name") is not { Length: > 0 } fullName || Text(root, "version") is not { Length: > 0 } version)
        {
            return null;
        }

        var parts = fullName.Split('/', 2);
        var (group, name) = parts.Length == 2 ? (parts[0], parts[1]) : (null, fullName);
        var license = Text(root, "license") ?? Text((root as JsonObject)?["license"], "type");
        return new Component($"pkg:npm/{(group is null ? "" : Uri.EscapeDataString(group) + "/")}{Uri.EscapeDataString(name)}@{Uri.EscapeDataString(version)}", group, name, version, license);
    }

    private static string Purl(string type, string distribution, string name, string version, string? arch, IReadOnlyDictionary<string, string> osRelease)
    {
        var qualifiers = new List<string>();
        if (arch is not null)
        {
            qualifiers.Add($"arch={arch}");
        }

        if (osRelease.TryGetValue("VERSION_ID", out var release))
        {
            qualifiers.Add($"distro={distribution}-{release}");
        }

        return $"pkg:{type}/{distribution}/{Uri.EscapeDataString(name)}@{Uri.EscapeDataString(version)}{(qualifiers.Count > 0 ? "?" + string.Join('&', qualifiers) : "")}";
    }

    /// <summary>"Key: value" (or apk's "K:value") lines; lines that begin with a space go on the one before and are of no interest here.</summary>
    private static IEnumerable<Dictionary<string, string>> Paragraphs(string text) =>
        text.Split("\n\n").Select(paragraph => paragraph.Split('\n').Where(line => line.Length > 0 && !char.IsWhiteSpace(line[0]))
            .Select(line => line.Split(':', 2)).Where(pair => pair.Length == 2)
            .GroupBy(pair => pair[0], StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.First()[1].Trim(), StringComparer.Ordinal));

    private static string? Text(JsonNode? node, string name) => (node as JsonObject)?[name] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
}
