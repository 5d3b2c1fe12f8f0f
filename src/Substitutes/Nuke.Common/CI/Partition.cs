#nullable disable
using System.Globalization;

namespace Nuke.Common.CI;

/// <summary>One part of several: 1/3.</summary>
public class Partition
{
    public static Partition Single { get; } = new() { Part = 1, Total = 1 };

    public int Part { get; private init; }

    public int Total { get; private init; }

    public bool IsIn(int value)
    {
        return value % Total == Part - 1;
    }

    /// <summary>The elements that fall to this part.</summary>
    public IEnumerable<T> GetCurrent<T>(IEnumerable<T> enumerable)
    {
        return enumerable.Where((_, i) => IsIn(i));
    }

    public override string ToString()
    {
        return $"{Part}/{Total}";
    }

    internal static Partition Parse(string text)
    {
        return text.Split('/') is [var part, var total]
            && int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var p)
            && int.TryParse(total, NumberStyles.None, CultureInfo.InvariantCulture, out var t)
            && p >= 1 && p <= t
            ? new Partition { Part = p, Total = t }
            : throw new FormatException($"'{text}' is no partition like 1/3");
    }
}

/// <summary>A parameter that says which part of a partitioned target to run.</summary>
public class PartitionAttribute(int total) : ParameterAttribute
{
    public int Total { get; } = total;

    public override bool List { get; set; }
}
