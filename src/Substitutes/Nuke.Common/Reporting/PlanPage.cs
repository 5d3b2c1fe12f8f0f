using System.Net;
using System.Text;
using Nuke.Common.Execution;

namespace Nuke.Common.Reporting;

/// <summary>The plan as a page of its own: one column a step, arrows from what comes first to what follows.</summary>
internal static class PlanPage
{
    private const int BoxWidth = 180;
    private const int BoxHeight = 40;
    private const int ColumnWidth = 250;
    private const int RowHeight = 64;
    private const int Margin = 20;

    private const string Style = """
        :root { color-scheme: light dark; font: 15px/1.4 system-ui, sans-serif; }
        body { margin: 2rem; } svg { max-width: 100%; height: auto; }
        rect { fill: #3b82f622; stroke: #3b82f6; } .skipped rect { fill: none; stroke: #999; stroke-dasharray: 4; }
        text { fill: currentColor; font-size: 14px; text-anchor: middle; dominant-baseline: central; }
        path { fill: none; stroke: #888; stroke-width: 1.5; } .order { stroke-dasharray: 5; } .trigger { stroke-width: 3; }
        """;

    public static string Create(IReadOnlyCollection<ExecutableTarget> plan)
    {
        var positions = GetPositions(plan);
        var width = positions.Values.Select(x => x.X).DefaultIfEmpty().Max() + BoxWidth + Margin;
        var height = positions.Values.Select(x => x.Y).DefaultIfEmpty().Max() + BoxHeight + Margin;
        var page = new StringBuilder();
        page.Append("<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<title>Execution plan</title>\n")
            .Append("<style>\n").Append(Style).Append("\n</style>\n<h1>Execution plan</h1>\n")
            .Append("<p>Solid: needs. Dashed: only after. Thick: triggers. Targets of a column can run at the same time.</p>\n")
            .Append($"<svg viewBox=\"0 0 {width} {height}\" width=\"{width}\" role=\"img\" aria-label=\"Graph of the targets\">\n");
        foreach (var target in plan)
        {
            AppendEdges(page, "needs", target.ExecutionDependencies, target, positions);
            AppendEdges(page, "order", target.OrderDependencies, target, positions);
            AppendEdges(page, "trigger", target.TriggerDependencies, target, positions);
        }

        foreach (var (target, (x, y)) in positions)
        {
            var skipped = target.Status == ExecutionStatus.Skipped;
            page.Append($"<g{(skipped ? " class=\"skipped\"" : string.Empty)}><title>{Encode(skipped ? $"skipped: {target.Reason}" : target.Description)}</title>")
                .Append($"<rect x=\"{x}\" y=\"{y}\" width=\"{BoxWidth}\" height=\"{BoxHeight}\" rx=\"6\"/>")
                .Append($"<text x=\"{x + (BoxWidth / 2)}\" y=\"{y + (BoxHeight / 2)}\">{Encode(target.Name)}</text></g>\n");
        }

        return page.Append("</svg>\n").ToString();
    }

    private static Dictionary<ExecutableTarget, (int X, int Y)> GetPositions(IReadOnlyCollection<ExecutableTarget> plan)
    {
        var rows = new Dictionary<int, int>();
        var positions = new Dictionary<ExecutableTarget, (int X, int Y)>();
        foreach (var (target, level) in PlanText.GetLevels(plan))
        {
            var row = rows.GetValueOrDefault(level);
            rows[level] = row + 1;
            positions.Add(target, (Margin + (level * ColumnWidth), Margin + (row * RowHeight)));
        }

        return positions;
    }

    private static void AppendEdges(
        StringBuilder page, string kind, IEnumerable<ExecutableTarget> sources, ExecutableTarget target, Dictionary<ExecutableTarget, (int X, int Y)> positions)
    {
        var (x2, y2) = positions[target];
        foreach (var source in sources.Where(positions.ContainsKey))
        {
            var (x, y) = positions[source];
            var middle = (x + BoxWidth + x2) / 2;
            page.Append($"<path class=\"{kind}\" d=\"M{x + BoxWidth} {y + (BoxHeight / 2)} C{middle} {y + (BoxHeight / 2)} {middle} {y2 + (BoxHeight / 2)} {x2} {y2 + (BoxHeight / 2)}\"/>\n");
        }
    }

    private static string Encode(string? text) => WebUtility.HtmlEncode(text) ?? string.Empty;
}
