namespace Tiketi.LocalCloud.Ecr.Scanning;

/// <summary>Compares versions of Debian packages as dpkg does (deb-version(7)): epoch, upstream version, revision; a tilde sorts before the end.</summary>
internal static class DebianVersion
{
    public static int Compare(string left, string right)
    {
        var (leftEpoch, leftUpstream, leftRevision) = Split(left);
        var (rightEpoch, rightUpstream, rightRevision) = Split(right);
        var epochs = leftEpoch.CompareTo(rightEpoch);
        if (epochs != 0)
        {
            return epochs;
        }

        var upstreams = ComparePart(leftUpstream, rightUpstream);
        return upstreams != 0 ? upstreams : ComparePart(leftRevision, rightRevision);
    }

    private static (int Epoch, string Upstream, string Revision) Split(string version)
    {
        var colon = version.IndexOf(':', StringComparison.Ordinal);
        var epoch = colon > 0 && int.TryParse(version[..colon], out var number) ? number : 0;
        var rest = version[(colon + 1)..];
        var dash = rest.LastIndexOf('-');
        return dash < 0 ? (epoch, rest, "") : (epoch, rest[..dash], rest[(dash + 1)..]);
    }

    /// <summary>Runs of other characters and runs of digits in turn, the first by character, the second by number.</summary>
    private static int ComparePart(string left, string right)
    {
        var (i, j) = (0, 0);
        while (i < left.Length || j < right.Length)
        {
            while ((i < left.Length && !char.IsAsciiDigit(left[i])) || (j < right.Length && !char.IsAsciiDigit(right[j])))
            {
                var order = Order(left, i).CompareTo(Order(right, j));
                if (order != 0)
                {
                    return order;
                }

                (i, j) = (i + 1, j + 1);
            }

            var (leftNumber, rightNumber) = (Digits(left, ref i), Digits(right, ref j));
            var numbers = leftNumber.Length != rightNumber.Length ? leftNumber.Length.CompareTo(rightNumber.Length) : string.CompareOrdinal(leftNumber, rightNumber);
            if (numbers != 0)
            {
                return numbers;
            }
        }

        return 0;
    }

    /// <summary>A tilde before the end, the end (and a digit) before letters, letters before the rest.</summary>
    private static int Order(string text, int index) => index >= text.Length ? 0 : text[index] switch
    {
        '~' => -1,
        >= '0' and <= '9' => 0,
        var letter when char.IsAsciiLetter(letter) => letter,
        var other => other + 256,
    };

    private static string Digits(string text, ref int index)
    {
        var start = index;
        while (index < text.Length && char.IsAsciiDigit(text[index]))
        {
            index++;
        }

        return text[start..index].TrimStart('0');
    }
}
