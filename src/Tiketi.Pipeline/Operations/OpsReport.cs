using System.Globalization;
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
    /// <summary>A page that needs nothing beside itself: no script, no other file.</summary>
    public string ToHtml() => OpsReportHtml.Render(this);

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

    private static string Escape(string cell) => cell.Replace("|", "\\|", StringComparison.Ordinal).Replace("\n", " ", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal);
}
