namespace Tiketi.LocalCloud.S3.Storage;

/// <summary>What to list. <paramref name="After"/> is exclusive and may be a common prefix, which skips all keys below it.</summary>
internal sealed record ListQuery(string Prefix, string Delimiter, string After, int MaxKeys);

/// <summary>One page. <paramref name="Last"/> is the last key or common prefix on it: the next page's <see cref="ListQuery.After"/>.</summary>
internal sealed record ListPage(IReadOnlyList<ObjectRecord> Objects, IReadOnlyList<string> CommonPrefixes, bool IsTruncated, string Last);

internal static class Listing
{
    /// <summary>One page of <paramref name="sorted"/>, which is all objects in <see cref="KeyOrder"/>.</summary>
    public static ListPage Page(ObjectRecord[] sorted, ListQuery query)
    {
        List<ObjectRecord> objects = [];
        List<string> prefixes = [];
        var last = "";
        var index = Start(sorted, query);
        while (index < sorted.Length && sorted[index].Key.StartsWith(query.Prefix, StringComparison.Ordinal))
        {
            if (objects.Count + prefixes.Count == query.MaxKeys)
            {
                return new ListPage(objects, prefixes, IsTruncated: query.MaxKeys > 0, last);
            }

            var key = sorted[index].Key;
            var cut = query.Delimiter.Length == 0 ? -1 : key.IndexOf(query.Delimiter, query.Prefix.Length, StringComparison.Ordinal);
            if (cut < 0)
            {
                objects.Add(sorted[index++]);
                last = key;
            }
            else
            {
                last = key[..(cut + query.Delimiter.Length)];
                prefixes.Add(last);
                index = EndOfPrefix(sorted, index, last);
            }
        }

        return new ListPage(objects, prefixes, IsTruncated: false, last);
    }

    private static int Start(ObjectRecord[] sorted, ListQuery query)
    {
        if (query.After.Length == 0 || KeyOrder.Instance.Compare(query.After, query.Prefix) < 0)
        {
            return First(sorted, 0, key => KeyOrder.Instance.Compare(key, query.Prefix) >= 0);
        }

        var start = First(sorted, 0, key => KeyOrder.Instance.Compare(key, query.After) > 0);
        var isCommonPrefix = query.Delimiter.Length > 0
            && query.After.Length > query.Prefix.Length
            && query.After.EndsWith(query.Delimiter, StringComparison.Ordinal);
        return isCommonPrefix ? EndOfPrefix(sorted, start, query.After) : start;
    }

    private static int EndOfPrefix(ObjectRecord[] sorted, int from, string prefix) =>
        First(sorted, from, key => !key.StartsWith(prefix, StringComparison.Ordinal));

    /// <summary>The first index from <paramref name="low"/> on whose key satisfies a condition that, once true, stays true.</summary>
    private static int First(ObjectRecord[] sorted, int low, Func<string, bool> condition)
    {
        var high = sorted.Length;
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (condition(sorted[middle].Key))
            {
                high = middle;
            }
            else
            {
                low = middle + 1;
            }
        }

        return low;
    }
}
