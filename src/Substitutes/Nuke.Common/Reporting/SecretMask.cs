using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Nuke.Common.Reporting;

/// <summary>Replaces secrets in everything that leaves the build.</summary>
internal sealed class SecretMask
{
    public const string Replacement = "[REDACTED]";

    // Shorter values are no secrets, and masking them would mask half of every text.
    private const int MinimumLength = 3;

    private readonly Lock _lock = new();
    private readonly HashSet<string> _values = new(StringComparer.Ordinal);
    private volatile Masked? _masked;

    /// <summary>Masks a value from now on: whole, line by line, and as JSON, URL or Base64 text.</summary>
    public void Add(string? value)
    {
        if (value is not { Length: >= MinimumLength })
            return;
        lock (_lock)
        {
            var before = _values.Count;
            foreach (var form in GetForms(value).Where(x => x.Trim().Length >= MinimumLength))
                _values.Add(form);
            if (_values.Count > before)
            {
                // Longest first, lest a part of a longer secret be replaced and its rest remain.
                string[] ordered = [.. _values.OrderByDescending(x => x.Length)];
                _masked = new Masked(ordered, SearchValues.Create(ordered, StringComparison.Ordinal));
            }
        }
    }

    public string Apply(string text)
    {
        var masked = _masked;
        if (masked == null || text.AsSpan().IndexOfAny(masked.Search) < 0)
            return text;
        foreach (var value in masked.Ordered)
            text = text.Replace(value, Replacement, StringComparison.Ordinal);
        return text;
    }

    private static IEnumerable<string> GetForms(string value)
    {
        yield return value;
        foreach (var line in value.Split('\n').Select(x => x.Trim('\r')).Where(x => x.Length > MinimumLength))
            yield return line;
        yield return JsonEncodedText.Encode(value).ToString();
        yield return Uri.EscapeDataString(value);
        yield return Convert.ToBase64String(Encoding.UTF8.GetBytes(value));
    }

    private sealed record Masked(string[] Ordered, SearchValues<string> Search);
}

