using System.Globalization;
using System.Security;
using System.Text;

namespace Tiketi.Pipeline.Tests.Infrastructure;

/// <summary>What a terminal of so many columns shows, as a picture: each line with the time and level that the log puts before it.</summary>
internal static class TerminalPicture
{
    /// <summary>"09:41:07 [INF] ", which the log puts before each line.</summary>
    public const int Prefix = 15;

    private const double Column = 8.4;
    private const double Row = 19;
    private const double Margin = 16;
    private const double Bar = 30;

    /// <summary>An SVG picture. Every line must fit: a terminal would wrap it.</summary>
    /// <param name="command">What was typed.</param>
    /// <param name="columns">How wide the terminal is.</param>
    /// <param name="lines">What was logged, each with its time of day.</param>
    public static string Of(string command, int columns, IReadOnlyList<(TimeSpan At, string Text)> lines)
    {
        lines.Should().OnlyContain(line => line.Text.Length + Prefix <= columns);
        var (width, height) = (columns * Column + 2 * Margin, Bar + (lines.Count + 1) * Row + 1.5 * Margin);
        var svg = new StringBuilder()
            .AppendLine(CultureInfo.InvariantCulture, $"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width:0}\" height=\"{height:0}\" viewBox=\"0 0 {width:0} {height:0}\">")
            .AppendLine("""<style>text{font:14px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;fill:#e6edf3;white-space:pre}.t{fill:#8b949e}.i{fill:#39c5cf}.p{fill:#3fb950}</style>""")
            .AppendLine("""<rect width="100%" height="100%" rx="9" fill="#0d1117"/><circle cx="20" cy="16" r="6" fill="#ff5f57"/><circle cx="40" cy="16" r="6" fill="#febc2e"/><circle cx="60" cy="16" r="6" fill="#28c840"/>""");
        var y = Bar + Row;
        Add($"<tspan class=\"p\">$</tspan> {Escape(command)}", command.Length + 2);
        foreach (var (at, text) in lines)
        {
            Add($"<tspan class=\"t\">{at:hh\\:mm\\:ss}</tspan> [<tspan class=\"i\">INF</tspan>] {Escape(text)}", text.Length + Prefix);
        }

        return svg.AppendLine("</svg>").ToString();

        void Add(string content, int length)
        {
            svg.AppendLine(CultureInfo.InvariantCulture, $"<text x=\"{Margin:0}\" y=\"{y:0}\" textLength=\"{length * Column:0.#}\" xml:space=\"preserve\">{content}</text>");
            y += Row;
        }
    }

    private static string Escape(string text) => SecurityElement.Escape(text);
}
