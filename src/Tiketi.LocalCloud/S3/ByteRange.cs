namespace Tiketi.LocalCloud.S3;

/// <summary>The section of a content that a Range header asks for, in bytes.</summary>
internal sealed record ByteRange(long Offset, long Length, bool IsSatisfiable)
{
    /// <summary>Null: the whole content, because the header is absent, not understood, or names several ranges (S3 and CloudFront's origin answer those whole).</summary>
    public static ByteRange? Parse(string? header, long size)
    {
        if (header is null || !header.StartsWith("bytes=", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        var ends = header["bytes=".Length..].Split('-', StringSplitOptions.TrimEntries);
        if (ends.Length != 2 || !TryNumber(ends[0], out var first) || !TryNumber(ends[1], out var last) || (first is null && last is null) || last < first)
        {
            return null;
        }

        if (first is null)
        {
            var length = Math.Min(last!.Value, size);
            return new ByteRange(size - length, length, length > 0);
        }

        var end = Math.Min(last ?? long.MaxValue, size - 1);
        return new ByteRange(first.Value, end - first.Value + 1, first < size);
    }

    private static bool TryNumber(string text, out long? number)
    {
        number = null;
        if (text.Length == 0)
        {
            return true;
        }

        if (!text.All(char.IsAsciiDigit) || !long.TryParse(text, out var value))
        {
            return false;
        }

        number = value;
        return true;
    }
}
