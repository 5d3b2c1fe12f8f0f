namespace Tiketi.LocalCloud.Hosting;

/// <summary>AWS's wildcards, as policies, tag filters and path patterns use them: <c>*</c> any characters, <c>?</c> exactly one.</summary>
public static class Wildcard
{
    /// <summary>Whether the whole value fits the pattern. Linear in practice: only the last <c>*</c> is ever retried.</summary>
    public static bool IsMatch(ReadOnlySpan<char> pattern, ReadOnlySpan<char> value)
    {
        var (p, v, star, mark) = (0, 0, -1, 0);
        while (v < value.Length)
        {
            if (p < pattern.Length && pattern[p] == '*')
            {
                (star, mark) = (p++, v);
            }
            else if (p < pattern.Length && (pattern[p] == '?' || pattern[p] == value[v]))
            {
                (p, v) = (p + 1, v + 1);
            }
            else if (star >= 0)
            {
                (p, v) = (star + 1, ++mark);
            }
            else
            {
                return false;
            }
        }

        return pattern[p..].Trim('*').IsEmpty;
    }
}
