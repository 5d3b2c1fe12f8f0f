#nullable disable
using System.Runtime.CompilerServices;
using System.Text;
using Nuke.Common.IO;

namespace Nuke.Common.Tooling;

/// <summary>
/// Command-line arguments written as an interpolated string: holes are quoted where needed; <c>{x:nq}</c> is not,
/// <c>{x:r}</c> is a secret that is masked wherever it appears.
/// </summary>
[InterpolatedStringHandler]
public ref struct ArgumentStringHandler
{
    private readonly StringBuilder _builder;
    private readonly List<string> _secrets;

    public ArgumentStringHandler(int literalLength, int formattedCount, out bool handlerIsValid)
    {
        _builder = new StringBuilder(literalLength + (formattedCount * 16));
        _secrets = [];
        handlerIsValid = true;
    }

    public static implicit operator ArgumentStringHandler(string value)
    {
        var handler = new ArgumentStringHandler(value?.Length ?? 0, 0, out _);
        handler._builder.Append(value);
        return handler;
    }

    public void AppendLiteral(string value)
    {
        _builder.Append(value);
    }

    public void AppendFormatted<T>(T obj, int alignment = 0, string format = null)
    {
        var text = obj switch
        {
            IAbsolutePathHolder holder => holder.Path?.ToString(),
            IFormattable formattable => formattable.ToString(format: null, System.Globalization.CultureInfo.InvariantCulture),
            _ => obj?.ToString(),
        };
        AppendFormatted(text, alignment, format);
    }

    public void AppendFormatted(string value, int alignment = 0, string format = null)
    {
        value ??= string.Empty;
        var quoted = Quote(value);
        if (format == "r")
            _secrets.AddRange([value, quoted]);
        _builder.Append(format == "nq" ? value : quoted);
    }

    public string ToStringAndClear()
    {
        var text = _builder.ToString();
        _builder.Clear();
        return text;
    }

    internal readonly IReadOnlyList<string> Secrets => _secrets;

    // A hole right behind an opening quote is quoted by its writer.
    private readonly string Quote(string value)
    {
        var open = _builder.Length > 0 && _builder[^1] is '"' or '\'';
        return open ? value : ArgumentText.Quote(value);
    }
}

/// <summary>Arguments as one text, and taken apart again.</summary>
internal static class ArgumentText
{
    public static string Quote(string value)
    {
        var needed = value.Length == 0 || value.AsSpan().IndexOfAny(" \t\r\n\"") >= 0;
        return needed ? $"\"{value.Replace("\"", "\\\"", StringComparison.Ordinal)}\"" : value;
    }
}
