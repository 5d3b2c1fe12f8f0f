using System.Globalization;
using System.Net;
using System.Text;
using Tiketi.Pipeline.Verification;

namespace Tiketi.Pipeline.Operations;

/// <summary>What stands out in a row.</summary>
public enum OpsMark
{
    None,
    Good,
    Warning,
    Bad,
}

/// <summary>A row of a section's table; as many cells as the section has columns.</summary>
public sealed record OpsRow(OpsMark Mark, params IReadOnlyList<string> Cells);

/// <summary>One part of the report: a table, or a line that says why there is none.</summary>
/// <param name="Title">"Alarms".</param>
/// <param name="Columns">The table's head.</param>
/// <param name="Rows">The table.</param>
/// <param name="Note">Said below the title; null for nothing.</param>
public sealed record OpsSection(string Title, IReadOnlyList<string> Columns, IReadOnlyList<OpsRow> Rows, string? Note = null)
{
    private const int Named = 3;

    /// <summary>As which check it answers a checklist's item; null for none.</summary>
    public string? Id { get; init; }

    /// <summary>What to do about what stands out.</summary>
    public string? Remedy { get; init; }

    /// <summary>The section as a check's result: its worst mark, and the rows that have it; skipped where nothing is marked.</summary>
    /// <exception cref="InvalidOperationException">It has no <see cref="Id"/>.</exception>
    public CheckResult ToCheckResult()
    {
        var id = Id ?? throw new InvalidOperationException($"The section {Title} answers no item.");
        var worst = Rows.Select(row => row.Mark).DefaultIfEmpty(OpsMark.None).Max();
        var marked = Rows.Where(row => row.Mark == worst).Select(Text).ToList();
        var (status, evidence) = worst switch
        {
            OpsMark.None => (CheckStatus.Skipped, Note ?? "no data"),
            OpsMark.Good => (CheckStatus.Passed, $"{marked.Count} as they should be"),
            OpsMark.Warning => (CheckStatus.Warning, Short(marked)),
            _ => (CheckStatus.Failed, Short(marked)),
        };
        return new CheckResult(id, Title, status, evidence, worst > OpsMark.Good ? Remedy : null, 1, TimeSpan.Zero);
    }

    private static string Short(List<string> rows) => string.Join("; ", rows.Take(Named)) + (rows.Count > Named ? $"; and {rows.Count - Named} more" : "");

    // "backend: critical (Critical 2, High 0)"
    private string Text(OpsRow row) =>
        $"{row.Cells[1]}: {row.Cells[0]} ({string.Join(", ", Columns.Zip(row.Cells).Skip(2).Where(cell => cell.Second.Length > 0).Select(cell => $"{cell.First} {cell.Second}"))})";
}

/// <summary>The week of an environment, on one page.</summary>
/// <param name="Environment">"production".</param>
/// <param name="At">When it was put together.</param>
/// <param name="Sections">In the order in which they are read.</param>
public sealed record OpsReport(string Environment, DateTimeOffset At, IReadOnlyList<OpsSection> Sections)
{
    // Colours are the system's own, so that light and dark follow the reader's settings; a mark is a word, too.
    private const string Style = """
        :root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; --bad: light-dark(#b91c1c, #f87171); --warning: light-dark(#92400e, #fbbf24); --good: light-dark(#166534, #4ade80); }
        body { margin: 2rem auto; max-width: 72rem; padding: 0 1rem; background: Canvas; color: CanvasText; }
        h1 { margin-bottom: 0; } h2 { margin: 2rem 0 .3rem; } p { margin: .2rem 0 .6rem; color: GrayText; }
        .table { overflow-x: auto; } table { border-collapse: collapse; width: 100%; }
        th, td { text-align: left; vertical-align: top; padding: .35rem .8rem .35rem 0; border-bottom: 1px solid #8884; overflow-wrap: break-word; }
        th { font-weight: 600; white-space: nowrap; } td:first-child, td:nth-child(2) { white-space: nowrap; }
        .Bad td:first-child { color: var(--bad); font-weight: 600; } .Warning td:first-child { color: var(--warning); font-weight: 600; } .Good td:first-child { color: var(--good); }
        """;

    /// <summary>A page that needs nothing beside itself: no script, no other file.</summary>
    public string ToHtml()
    {
        var page = new StringBuilder(string.Create(CultureInfo.InvariantCulture, $"""
            <!doctype html>
            <html lang="en">
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width">
            <title>Tiketi {Encode(Environment)}: operations, {At:yyyy-MM-dd}</title>
            <style>
            {Style}
            </style>
            <h1>Tiketi {Encode(Environment)}</h1>
            <p>Operations, {At:yyyy-MM-dd HH:mm} UTC</p>

            """));
        foreach (var section in Sections)
        {
            page.Append(CultureInfo.InvariantCulture, $"<h2>{Encode(section.Title)}</h2>\n");
            if (section.Note is not null)
            {
                page.Append(CultureInfo.InvariantCulture, $"<p>{Encode(section.Note)}</p>\n");
            }

            if (section.Rows.Count > 0)
            {
                page.Append("<div class=\"table\"><table>\n<tr>").AppendJoin("", section.Columns.Select(column => $"<th scope=\"col\">{Encode(column)}</th>")).Append("</tr>\n");
                foreach (var row in section.Rows)
                {
                    page.Append(CultureInfo.InvariantCulture, $"<tr class=\"{row.Mark}\">").AppendJoin("", row.Cells.Select(cell => $"<td>{Encode(cell)}</td>")).Append("</tr>\n");
                }

                page.Append("</table></div>\n");
            }
        }

        return page.ToString();
    }

    /// <summary>The same for a job's summary, an issue, a chat.</summary>
    public string ToMarkdown()
    {
        var text = new StringBuilder(string.Create(CultureInfo.InvariantCulture, $"# Tiketi {Environment}: operations, {At:yyyy-MM-dd HH:mm} UTC\n"));
        foreach (var section in Sections)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n## {section.Title}\n\n");
            if (section.Note is not null)
            {
                text.Append(section.Note).Append("\n\n");
            }

            if (section.Rows.Count > 0)
            {
                text.Append("| ").AppendJoin(" | ", section.Columns).Append(" |\n|").Append(string.Concat(Enumerable.Repeat(" --- |", section.Columns.Count))).Append('\n');
                foreach (var row in section.Rows)
                {
                    text.Append("| ").AppendJoin(" | ", row.Cells.Select((cell, index) => index == 0 && row.Mark == OpsMark.Bad ? $"**{Escape(cell)}**" : Escape(cell))).Append(" |\n");
                }
            }
        }

        return text.ToString();
    }

    private static string Encode(string text) => WebUtility.HtmlEncode(text);

    private static string Escape(string cell) => cell.Replace("|", "\\|", StringComparison.Ordinal).Replace("\n", " ", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal);
}
