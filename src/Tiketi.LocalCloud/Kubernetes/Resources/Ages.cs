using System.Text.Json.Nodes;

namespace Tiketi.LocalCloud.Kubernetes.Resources;

/// <summary>Durations as kubectl shows them: two units at most, coarser the longer ("119s", "5m3s", "36h", "12d", "2y3d").</summary>
internal static class Ages
{
    public static string Since(JsonObject item, DateTimeOffset now) => Since(item.Time("metadata", "creationTimestamp"), now);

    public static string Since(DateTimeOffset? at, DateTimeOffset now) => at is null ? "<unknown>" : Short(now - at.Value);

    public static string Short(TimeSpan span)
    {
        var seconds = (long)Math.Max(0, span.TotalSeconds);
        var (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86400);
        return seconds switch
        {
            < 120 => $"{seconds}s",
            < 600 => Two(minutes, "m", seconds % 60, "s"),
            < 3 * 3600 => $"{minutes}m",
            < 8 * 3600 => Two(hours, "h", minutes % 60, "m"),
            < 48 * 3600 => $"{hours}h",
            < 192 * 3600 => Two(days, "d", hours % 24, "h"),
            < 2L * 365 * 86400 => $"{days}d",
            < 8L * 365 * 86400 => Two(days / 365, "y", days % 365, "d"),
            _ => $"{days / 365}y",
        };
    }

    private static string Two(long major, string majorUnit, long minor, string minorUnit) =>
        minor == 0 ? $"{major}{majorUnit}" : $"{major}{majorUnit}{minor}{minorUnit}";
}
