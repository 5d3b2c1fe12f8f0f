using System.Globalization;
using Tiketi.Pipeline.Configuration;

namespace Tiketi.Pipeline.Registry.Scanning;

/// <summary>
/// Reads the findings that are let through: <c>CVE-2026-1234: { reason: ..., expires: 2026-12-31 }</c>. An exception that
/// nobody can explain, or that has outlived its date, is an error: it would be there for ever.
/// </summary>
public static class ScanAllowList
{
    /// <param name="file">Its path; when there is no such file, nothing is let through.</param>
    /// <param name="time">What day it is.</param>
    /// <exception cref="PipelineException">An entry has no reason or no date, or its date has passed: each with its line.</exception>
    public static IReadOnlyList<AllowedFinding> Load(string file, TimeProvider time) =>
        File.Exists(file) ? Parse(Path.GetFileName(file), File.ReadAllText(file), DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime)) : [];

    internal static IReadOnlyList<AllowedFinding> Parse(string file, string text, DateOnly today)
    {
        var root = YamlSection.Parse(file, text);
        var allowed = root.Keys.Select(id => Read(root, id, today)).ToList();
        root.ThrowIfInvalid();
        return allowed;
    }

    private static AllowedFinding Read(YamlSection root, string id, DateOnly today)
    {
        var entry = root.Section(id);
        var reason = entry.Text("reason");
        if (string.IsNullOrWhiteSpace(reason))
        {
            root.Report(id, $"'{id}' has no reason: say why it does no harm here");
        }

        var expires = entry.Text("expires");
        var isDate = DateOnly.TryParseExact(expires, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date);
        if (!isDate)
        {
            root.Report(id, $"'{id}.expires' is '{expires}'; allowed: a date such as 2026-12-31");
        }
        else if (date < today)
        {
            root.Report(id, $"'{id}' expired on {expires}: look at the finding again, then delete the entry or give it a new date");
        }

        return new AllowedFinding(id, reason ?? "", date);
    }
}
