using System.Globalization;
using Tiketi.Pipeline.Pages;

namespace Tiketi.Pipeline.Operations;

/// <summary>The report as a page.</summary>
internal static class OpsReportHtml
{
    public static string Render(OpsReport report)
    {
        var marks = report.Sections.SelectMany(section => section.Rows).Select(row => row.Mark).ToLookup(mark => mark);
        var (bad, warnings) = (marks[OpsMark.Bad].Count(), marks[OpsMark.Warning].Count());
        return Page.Render(
            string.Create(CultureInfo.InvariantCulture, $"Tiketi {report.Environment}: operations, {report.At:yyyy-MM-dd}"),
            Html.Of($"""
                <h1>Operations: {report.Environment}</h1>
                {(bad > 0 ? Html.Of($"<span class=\"pill bad\">{bad} bad</span>") : Html.Empty)}
                {(warnings > 0 ? Html.Of($"<span class=\"pill warning\">{warnings} worth a look</span>") : Html.Empty)}
                {(bad + warnings == 0 ? Html.Of($"<span class=\"pill good\">nothing stands out</span>") : Html.Empty)}
                <p>What the environment tells of itself, <time>{report.At:yyyy-MM-dd HH:mm} UTC</time>.</p>
                """),
            Html.Join(report.Sections.Select(Section)));
    }

    private static Html Section(OpsSection section) => Page.Section(section.Title, section.Note ?? "", Html.Of($"""
        {(section.Rows.Count == 0 ? Html.Empty : Table(section))}
        {(section.Remedy is { } remedy && section.Rows.Any(row => row.Mark > OpsMark.Good) ? Html.Of($"<p class=\"about\">{remedy}</p>") : Html.Empty)}
        """));

    /// <summary>Without columns that say nothing in any row. A mark is a word, too: nobody has to tell colours apart.</summary>
    private static Html Table(OpsSection section)
    {
        var columns = Enumerable.Range(0, section.Columns.Count).Where(column => column < 2 || section.Rows.Any(row => row.Cells[column].Length > 0)).ToList();
        return Page.Blocks(
            section.Rows.Select(row => (IReadOnlyList<Html>)[.. columns.Select(column => Cell(row, column))]),
            [.. columns.Select(column => IsOfNumbers(section, column) ? $"#{section.Columns[column]}" : section.Columns[column])]);
    }

    private static Html Cell(OpsRow row, int column) =>
        column == 0 && row.Cells[0].Length > 0 ? Html.Of($"<span class=\"pill {Look(row.Mark)}\">{row.Cells[0]}</span>") : Html.Of($"{row.Cells[column]}");

    private static string Look(OpsMark mark) => mark switch
    {
        OpsMark.Good => "good",
        OpsMark.Warning => "warning",
        OpsMark.Bad => "bad",
        _ => "neutral",
    };

    private static bool IsOfNumbers(OpsSection section, int column) =>
        section.Rows.Select(row => row.Cells[column]).Where(cell => cell.Length > 0).ToList() is { Count: > 0 } cells
        && cells.TrueForAll(cell => double.TryParse(cell, NumberStyles.Number, CultureInfo.InvariantCulture, out _));
}
