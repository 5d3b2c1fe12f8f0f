using System.Text.RegularExpressions;
using OxyPlot;
using OxyPlot.Axes;
using OxyPlot.Series;
using Tiketi.Pipeline.Pages;

namespace Tiketi.Pipeline.LoadTesting.Reports;

/// <summary>A colour by what it stands for; the page's style sheet says which it is, in light and in dark.</summary>
internal enum Ink : byte
{
    Text = 1,
    Grid,
    Main,
    MainSoft,
    Low,
    High,
    Before,
    Error,
}

/// <summary>
/// A chart as SVG that takes its colours from the page. It is drawn twice, wide and narrow, and the style sheet shows the one that fits: a
/// wide one made smaller could not be read on a phone.
/// </summary>
internal sealed partial class Chart
{
    private readonly Func<PlotModel> _draw;

    /// <param name="draw">Makes the chart; a model can be drawn only once.</param>
    public Chart(Func<PlotModel> draw) => _draw = draw;

    /// <param name="id">Unique on the page.</param>
    /// <param name="says">What the chart shows, for those who do not see it.</param>
    public Html ToHtml(string id, string says) => Html.Of($"""
        <div class="chart wide">{Svg($"{id}-wide", says, 860, 260)}</div>
        <div class="chart narrow">{Svg($"{id}-narrow", says, 360, 240)}</div>
        """);

    public static OxyColor Colour(Ink ink) => OxyColor.FromRgb(0, 0, (byte)ink);

    /// <summary>Without series: two axes, the left one with lines across.</summary>
    /// <param name="bottom">From left to right.</param>
    /// <param name="label">How the left axis's values read.</param>
    public static PlotModel Empty(Axis bottom, Func<double, string> label)
    {
        var model = new PlotModel
        {
            Background = OxyColors.Transparent,
            PlotAreaBorderThickness = new OxyThickness(0),
            TextColor = Colour(Ink.Text),
            DefaultFont = "Arial",
            Padding = new OxyThickness(0, 8, 14, 2),
            PlotMargins = new OxyThickness(58, double.NaN, double.NaN, double.NaN), // the same for all charts, and enough for every page's font
        };
        bottom.Position = AxisPosition.Bottom;
        bottom.TickStyle = TickStyle.None;
        bottom.AxisTickToLabelDistance = 7;
        bottom.AxislineStyle = LineStyle.Solid;
        bottom.AxislineColor = Colour(Ink.Grid);
        model.Axes.Add(bottom);
        model.Axes.Add(new LinearAxis
        {
            Position = AxisPosition.Left,
            Minimum = 0,
            MinimumRange = 1e-3,
            MaximumPadding = 0.08,
            TickStyle = TickStyle.None,
            MajorGridlineStyle = LineStyle.Solid,
            MajorGridlineColor = Colour(Ink.Grid),
            LabelFormatter = label,
        });
        return model;
    }

    public static string Milliseconds(double value) => value == 0 ? "0"
        : value >= 1000 ? FormattableString.Invariant($"{value / 1000:#,0.##} s") : FormattableString.Invariant($"{value:0.###} ms");

    public static string PerSecond(double value) => value == 0 ? "0" : FormattableString.Invariant($"{value:#,0.###}/s");

    public static LinearAxis Seconds(double length) => new()
    {
        Minimum = 0,
        Maximum = Math.Max(length, 1e-3),
        LabelFormatter = value => FormattableString.Invariant($"{value:0.##} s"),
    };

    public static LineSeries Line(Ink ink, IEnumerable<(double X, double Y)> points, LineStyle style = LineStyle.Solid, MarkerType marker = MarkerType.None)
    {
        var line = new LineSeries { Color = Colour(ink), StrokeThickness = 2, LineStyle = style, LineJoin = LineJoin.Round, MarkerType = marker, MarkerFill = Colour(ink), MarkerSize = 3.5 };
        line.Points.AddRange(points.Select(point => new DataPoint(point.X, point.Y)));
        return line;
    }

    public static AreaSeries Area(Ink ink, Ink fill, IEnumerable<(double X, double Y)> points)
    {
        var area = new AreaSeries { Color = Colour(ink), Color2 = OxyColors.Transparent, Fill = Colour(fill), StrokeThickness = 2 };
        foreach (var (x, y) in points)
        {
            area.Points.Add(new DataPoint(x, y));
            area.Points2.Add(new DataPoint(x, 0));
        }

        return area;
    }

    private Html Svg(string id, string says, double width, double height)
    {
        var svg = new SvgExporter { Width = width, Height = height, IsDocument = false }.ExportToString(_draw());
        svg = FillAttribute().Replace(svg, match => $"style=\"fill:{Variable(match)}\"");
        svg = Colours().Replace(svg, Variable);
        svg = svg.Replace("\"clipPath", $"\"{id}-clip", StringComparison.Ordinal).Replace("#clipPath", $"#{id}-clip", StringComparison.Ordinal); // one page, many charts
        return Html.Raw(Root().Replace(svg, $"<svg viewBox=\"0 0 {width:0} {height:0}\" role=\"img\" aria-label=\"{System.Net.WebUtility.HtmlEncode(says)}\">", 1));
    }

    private static string Variable(Match match) => $"var(--{((Ink)byte.Parse(match.Groups["ink"].ValueSpan, System.Globalization.CultureInfo.InvariantCulture)).ToString().ToLowerInvariant()})";

    [GeneratedRegex(@"<svg[^>]*>", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Root();

    [GeneratedRegex(@"fill=""rgb\(0,0,(?<ink>[1-9]\d*)\)""", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex FillAttribute();

    [GeneratedRegex(@"rgb\(0,0,(?<ink>[1-9]\d*)\)", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Colours();
}
