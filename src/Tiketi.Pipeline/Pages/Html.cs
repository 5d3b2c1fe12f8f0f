using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;
using System.Text;

namespace Tiketi.Pipeline.Pages;

/// <summary>A piece of HTML. Made of an interpolated string it holds values encoded; only other pieces go in as they are.</summary>
internal readonly struct Html
{
    private readonly string? _text;

    private Html(string text) => _text = text;

    public static Html Empty => default;

    public static Html Of(Text text) => new(text.ToString());

    /// <summary>Text that is HTML already and comes from us.</summary>
    public static Html Raw(string html) => new(html);

    public static Html Join(IEnumerable<Html> pieces) => new(string.Concat(pieces));

    public override string ToString() => _text ?? "";

    /// <summary>Encodes what stands in the holes.</summary>
    [InterpolatedStringHandler]
    public readonly struct Text
    {
        private readonly StringBuilder _text;

        public Text(int literalLength, int formattedCount) => _text = new StringBuilder(literalLength + (formattedCount * 16));

        public void AppendLiteral(string literal) => _text.Append(literal);

        public void AppendFormatted(Html html) => _text.Append(html.ToString());

        public void AppendFormatted<T>(T value, string? format = null) => _text.Append(WebUtility.HtmlEncode(
            value is IFormattable formattable ? formattable.ToString(format, CultureInfo.InvariantCulture) : value?.ToString()));

        public override string ToString() => _text.ToString();
    }
}
