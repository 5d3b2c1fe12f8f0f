namespace Nuke.Common.Parameters;

/// <summary>"Did you mean": the known name nearest to a mistyped one.</summary>
internal static class Suggestions
{
    /// <summary>The nearest candidate, or null when none is near.</summary>
    public static string? GetNearest(string name, IEnumerable<string> candidates)
    {
        var (nearest, distance) = candidates
            .Select(x => (Name: x, Distance: GetDistance(CommandLine.Normalize(name), CommandLine.Normalize(x))))
            .OrderBy(x => x.Distance)
            .ThenBy(x => x.Name, StringComparer.Ordinal)
            .FirstOrDefault((Name: string.Empty, Distance: int.MaxValue));
        return distance <= Math.Max(1, name.Length / 3) ? nearest : null;
    }

    /// <summary>Edits (insert, delete, replace, swap neighbours) from one word to the other; a common prefix counts as near.</summary>
    private static int GetDistance(string a, string b)
    {
        if (a.Length >= 3 && b.StartsWith(a, StringComparison.Ordinal))
            return 1;
        var d = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
            d[i, 0] = i;
        for (var j = 0; j <= b.Length; j++)
            d[0, j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            for (var j = 1; j <= b.Length; j++)
            {
                d[i, j] = Math.Min(Math.Min(d[i - 1, j], d[i, j - 1]) + 1, d[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    d[i, j] = Math.Min(d[i, j], d[i - 2, j - 2] + 1);
            }
        }

        return d[a.Length, b.Length];
    }
}
