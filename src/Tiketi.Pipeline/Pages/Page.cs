namespace Tiketi.Pipeline.Pages;

/// <summary>The parts of a report's page. It is one file that needs nothing else: no script, no font, no picture from anywhere.</summary>
internal static class Page
{
    /// <param name="title">Of the browser's tab.</param>
    /// <param name="header">A heading, an outcome, a sentence.</param>
    /// <param name="content">Sections.</param>
    public static string Render(string title, Html header, Html content) => Html.Of($"""
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>{title}</title>
        <style>{Html.Raw(Style())}</style>
        </head>
        <body>
        <main>
        <header>
        {header}
        </header>
        {content}
        </main>
        </body>
        </html>
        """).ToString();

    /// <summary>A card with a heading.</summary>
    public static Html Section(string title, string about, Html content) => Html.Of($"""
        <section>
        <h2>{title}</h2>
        <p class="about">{about}</p>
        {content}
        </section>
        """);

    /// <summary>Tiles: a value, what it is, and something about it.</summary>
    public static Html Tiles(params (string Label, string Value, Html Note)[] tiles) => Html.Of($"""
        <div class="figures">
        {Html.Join(tiles.Select(tile => Html.Of($"<div><span>{tile.Label}</span><b>{tile.Value}</b><span>{tile.Note}</span></div>\n")))}</div>
        """);

    /// <summary>A table that scrolls by itself where the page is narrow.</summary>
    /// <param name="rows">Of cells.</param>
    /// <param name="heads">A head that begins with '#' is of a column of numbers.</param>
    public static Html Table(IEnumerable<IReadOnlyList<Html>> rows, params IReadOnlyList<string> heads) => Table("table", rows, heads);

    /// <summary>A table of texts: where the page is narrow, each row is a block, and each cell below the other says what it is.</summary>
    public static Html Blocks(IEnumerable<IReadOnlyList<Html>> rows, params IReadOnlyList<string> heads) => Table("table blocks", rows, heads);

    private static Html Table(string look, IEnumerable<IReadOnlyList<Html>> rows, IReadOnlyList<string> heads)
    {
        return Html.Of($"""
            <div class="{look}"><table>
            <thead><tr>{Html.Join(heads.Select(head => Html.Of($"<th scope=\"col\"{Class(head)}>{head.TrimStart('#')}</th>")))}</tr></thead>
            <tbody>
            {Html.Join(rows.Select(cells => Html.Of($"<tr>{Html.Join(cells.Select((cell, column) => Html.Of($"<td{Class(heads[column])} data-head=\"{heads[column].TrimStart('#')}\">{cell}</td>")))}</tr>\n")))}</tbody>
            </table></div>
            """);

        static Html Class(string head) => Html.Raw(head.StartsWith('#') ? " class=\"number\"" : "");
    }

    private static string Style()
    {
        using var reader = new StreamReader(typeof(Page).Assembly.GetManifestResourceStream("page.css")!);
        return reader.ReadToEnd();
    }
}
