namespace Tiketi.Pipeline.Cdn;

/// <summary>
/// The best set of invalidation paths: covers every changed path, stays within the budget, evicts the least of what did not
/// change, and among those is the shortest. Exact paths and prefixes (<c>/docs/*</c>, <c>/docs/a*</c>) are what CloudFront offers.
/// </summary>
public static class InvalidationCover
{
    /// <summary>CloudFront's word for everything.</summary>
    public const string Everything = "/*";

    /// <param name="changed">The paths that visitors must no longer be served from the cache.</param>
    /// <param name="others">Paths that may stay cached, with what losing them costs (bytes to fetch again).</param>
    /// <param name="budget">The most paths to name, at least 1.</param>
    /// <returns>In ordinal order; empty when nothing changed.</returns>
    public static IReadOnlyList<string> Of(IEnumerable<string> changed, IEnumerable<KeyValuePair<string, long>> others, int budget)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(budget, 1);
        var paths = changed.Distinct().Order(StringComparer.Ordinal).ToArray();
        if (paths.Length == 0)
        {
            return [];
        }

        if (paths.Contains(Everything))
        {
            return [Everything];
        }

        // An optimal wildcard's prefix is what the paths below it have in common: a shorter one only evicts more. So the
        // candidates form the compressed trie of the changed paths, and each node combines its children's best covers.
        var best = Best(paths, new Evictions(others, paths), budget).Skip(1).OfType<Cover>().OrderBy(cover => cover.Evicted).ThenBy(cover => cover.Count).First();
        return [.. best.Paths().Order(StringComparer.Ordinal)];
    }

    /// <summary>For each number of paths the cover that evicts least; null where that number cannot be.</summary>
    private static Cover?[] Best(ReadOnlySpan<string> paths, Evictions evictions, int budget)
    {
        var best = new Cover?[Math.Min(budget, paths.Length) + 1];
        if (paths.Length == 1)
        {
            best[1] = new Cover(Evicted: 0, Count: 1, paths[0]);
            return best;
        }

        var prefix = CommonPrefix(paths[0], paths[^1]);
        Cover?[] children = [Cover.None];
        for (var start = 0; start < paths.Length;)
        {
            var end = start + 1;
            while (end < paths.Length && paths[start].Length > prefix.Length && paths[end][prefix.Length] == paths[start][prefix.Length])
            {
                end++;
            }

            children = Combine(children, Best(paths[start..end], evictions, budget), budget);
            start = end;
        }

        children.CopyTo(best, 0);
        var wildcard = new Cover(evictions.Below(prefix), Count: 1, prefix + "*");
        if (best[1] is null || wildcard.Evicted < best[1]!.Evicted)
        {
            best[1] = wildcard;
        }

        return best;
    }

    private static Cover?[] Combine(Cover?[] left, Cover?[] right, int budget)
    {
        var both = new Cover?[Math.Min(budget, left.Length + right.Length - 2) + 1];
        for (var l = 0; l < left.Length; l++)
        {
            for (var r = 1; r < right.Length && l + r < both.Length; r++)
            {
                if (left[l] is { } a && right[r] is { } b && (both[l + r] is not { } known || a.Evicted + b.Evicted < known.Evicted))
                {
                    both[l + r] = new Cover(a.Evicted + b.Evicted, l + r, Left: a, Right: b);
                }
            }
        }

        return both;
    }

    private static string CommonPrefix(string first, string last)
    {
        var length = 0;
        while (length < first.Length && length < last.Length && first[length] == last[length])
        {
            length++;
        }

        return first[..length];
    }

    private sealed record Cover(long Evicted, int Count, string? Path = null, Cover? Left = null, Cover? Right = null)
    {
        public static readonly Cover None = new(0, 0);

        public IEnumerable<string> Paths() => Path is not null ? [Path] : [.. Left?.Paths() ?? [], .. Right?.Paths() ?? []];
    }

    /// <summary>What a prefix evicts, by binary search over the sorted other paths.</summary>
    private sealed class Evictions
    {
        private readonly string[] _paths;
        private readonly long[] _sums;

        public Evictions(IEnumerable<KeyValuePair<string, long>> others, string[] changed)
        {
            var sorted = others.ExceptBy(changed, other => other.Key).OrderBy(other => other.Key, StringComparer.Ordinal).ToList();
            _paths = [.. sorted.Select(other => other.Key)];
            _sums = new long[_paths.Length + 1];
            for (var index = 0; index < _paths.Length; index++)
            {
                _sums[index + 1] = _sums[index] + sorted[index].Value;
            }
        }

        public long Below(string prefix) => _sums[First(prefix + char.MaxValue)] - _sums[First(prefix)];

        private int First(string bound)
        {
            var index = Array.BinarySearch(_paths, bound, StringComparer.Ordinal);
            return index < 0 ? ~index : index;
        }
    }
}
