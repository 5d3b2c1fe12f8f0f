using System.Globalization;
using OxyPlot;
using OxyPlot.Axes;
using OxyPlot.Series;
using Tiketi.Pipeline.Pages;

namespace Tiketi.Pipeline.LoadTesting.Reports;

/// <summary>A queue's part of the page.</summary>
internal static class QueueReportHtml
{
    private const int Most = 50;

    public static Html Render(LoadRun run)
    {
        if (run.Queue is not { } queue)
        {
            return Html.Empty;
        }

        var waits = run.Steps[^1].LatencyMilliseconds;
        return Page.Section("The waiting queue", "Who entered, who was admitted, and what went wrong.", Html.Of($"""
            <div class="chart">{Page.Tiles(
                ("Entered", Number(queue.Entered), Html.Empty),
                ("Admitted", Number(queue.Admissions.Count), Html.Of($"half within {waits["p50"] / 1000:0.0} s, 95 % within {waits["p95"] / 1000:0.0} s")),
                ("Lost", Number(queue.Lost.Count), Judge(queue.Lost.Count)),
                ("Admitted twice", Number(queue.Duplicates.Count), Judge(queue.Duplicates.Count)),
                ("Overtaken", Number(queue.Overtaken.Count), Html.Of($"by who had come later")),
                ("Disconnects", Number(queue.Disconnects), Html.Empty))}</div>
            {(queue.Admissions.Count < 2 ? Html.Empty : Html.Of($"""
                {new Chart(Draw).ToHtml("queue", $"Visitors who had entered and who were admitted, over {queue.Admissions[^1].AdmittedSeconds:0} seconds")}
                {LoadReportCharts.Key((Ink.Low, "entered"), (Ink.Main, "admitted"))}
                <p class="about">The gap between the lines is how many wait; sideways it is how long.</p>
                """))}
            {Troubles("Lost", queue.Lost)}{Troubles("Admitted twice", queue.Duplicates)}{Troubles("Overtaken", queue.Overtaken)}
            <details><summary>Order of admission</summary>{Page.Table(
                queue.Admissions.Select((admission, index) => (IReadOnlyList<Html>)
                [
                    Html.Of($"{index + 1}"), Html.Of($"{admission.Visitor}"), Html.Of($"{admission.FirstPosition}"),
                    Html.Of($"{admission.EnteredSeconds:0.0} s"), Html.Of($"{admission.AdmittedSeconds:0.0} s"), Html.Of($"{admission.AdmittedSeconds - admission.EnteredSeconds:0.0} s"),
                ]),
                "#Admitted as", "#Arrived as", "#First place", "#Entered at", "#Admitted at", "#Waited")}</details>
            """));

        PlotModel Draw()
        {
            var model = Chart.Empty(Chart.Seconds(queue.Admissions[^1].AdmittedSeconds), value => FormattableString.Invariant($"{value:#,0}"));
            model.Series.Add(Steps(Ink.Low, queue.Admissions.Select(admission => admission.EnteredSeconds).Order()));
            model.Series.Add(Steps(Ink.Main, queue.Admissions.Select(admission => admission.AdmittedSeconds)));
            return model;
        }
    }

    /// <summary>How many up to each moment.</summary>
    private static StairStepSeries Steps(Ink ink, IEnumerable<double> moments)
    {
        var line = new StairStepSeries { Color = Chart.Colour(ink), StrokeThickness = 2, VerticalStrokeThickness = 2 };
        line.Points.Add(new DataPoint(0, 0));
        line.Points.AddRange(moments.Select((moment, index) => new DataPoint(moment, index + 1)));
        return line;
    }

    private static Html Judge(int count) => Html.Of($"<em class=\"{(count == 0 ? "good" : "bad")}\">{(count == 0 ? "✓ none" : "✗ has to be 0")}</em>");

    private static Html Troubles(string title, IReadOnlyList<LoadRun.Trouble> troubles) => troubles.Count == 0 ? Html.Empty : Html.Of($"""
        {Page.Table(
            troubles.Take(Most).Select(trouble => (IReadOnlyList<Html>)[Html.Of($"{trouble.Visitor}"), Html.Of($"<code>{trouble.Unique}</code>"), Html.Of($"{trouble.What}")]),
            $"{title}: visitor", "{unique}", "What")}
        {(troubles.Count > Most ? Html.Of($"<p class=\"about\">... and {troubles.Count - Most} more, see the JSON report.</p>") : Html.Empty)}
        """);

    private static string Number(int value) => value.ToString("#,0", CultureInfo.InvariantCulture);
}
