using System.Globalization;
using System.Net;
using System.Text;
using Nuke.Common.Execution;
using Serilog.Events;

namespace Nuke.Common.Reporting;

/// <summary>A run as a page of its own: result, timeline with the critical path, and each target's log.</summary>
internal static class RunReportPage
{
    private const int ShownLines = 2000;

    private const string Style = """
        :root { color-scheme: light dark; font: 15px/1.45 system-ui, sans-serif; --ok: #15803d; --bad: #dc2626; --off: #b45309; --idle: #8888; }
        body { margin: 2rem auto; max-width: 70rem; padding: 0 1rem; }
        h1 { margin-bottom: .2rem; } .meta { color: GrayText; margin-top: 0; }
        .row { display: grid; grid-template-columns: 11rem 1fr 5rem; gap: .6rem; align-items: center; padding: .15rem 0; }
        .track { background: #8881; height: 1.1rem; border-radius: 3px; position: relative; }
        .bar { position: absolute; top: 0; bottom: 0; min-width: 3px; border-radius: 3px; background: var(--idle); }
        .Succeeded .bar { background: var(--ok); opacity: .55; } .critical .bar { opacity: 1; } .Failed .bar { background: var(--bad); } .Aborted .bar { background: var(--off); }
        .critical > b::after { content: " ●"; color: var(--ok); font-size: .7em; }
        .time { text-align: right; font-variant-numeric: tabular-nums; } .remark { grid-column: 2 / 4; color: GrayText; font-size: .9em; }
        .Failed > b, .ERR, .FTL { color: var(--bad); } .NotRun > b, .Aborted > b, .WRN { color: var(--off); } .DBG, .VRB { color: GrayText; }
        details { margin: .4rem 0; border: 1px solid #8884; border-radius: 4px; } summary { padding: .35rem .7rem; cursor: pointer; }
        pre { margin: 0; padding: .6rem .7rem; overflow-x: auto; border-top: 1px solid #8884; font: 13px/1.4 ui-monospace, monospace; white-space: pre-wrap; overflow-wrap: anywhere; }
        @media print { body { max-width: 80ch; margin: 0; font-size: 11px; } .row { grid-template-columns: 18ch 1fr 8ch; } pre { font-size: 9px; } .bar { print-color-adjust: exact; } }
        """;

    public static string Create(RunReport report, Func<ExecutableTarget, IReadOnlyList<LogLine>> getLines)
    {
        var result = report.Outcome;
        var page = new StringBuilder()
            .Append("<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width\">\n")
            .Append($"<title>Build {result}</title>\n<style>\n{Style}\n</style>\n")
            .Append($"<h1>Build {result}</h1>\n")
            .Append(CultureInfo.InvariantCulture, $"<p class=\"meta\">{report.StartedAt:yyyy-MM-dd HH:mm:ss}, took {Durations.Format(report.Total)}. ● marks the critical path: only shortening these makes the run shorter.</p>\n")
            .Append("<section aria-label=\"Timeline\">\n");
        foreach (var entry in report.Targets)
            AppendRow(page, entry, report.Total);
        page.Append("</section>\n<h2>Logs</h2>\n");
        foreach (var (target, _, _) in report.Targets)
            AppendLog(page, target, getLines(target));
        return page.ToString();
    }

    private static void AppendRow(StringBuilder page, RunReport.Entry entry, TimeSpan total)
    {
        var (target, start, isCritical) = entry;
        page.Append($"<div class=\"row {target.Status}{(isCritical ? " critical" : string.Empty)}\"><b>{Encode(target.Name)}</b>");
        page.Append("<div class=\"track\">");
        if (start is { } offset)
            page.Append($"<div class=\"bar\" style=\"left:{Percent(offset, total)}%;width:{Percent(target.Duration, total)}%\"></div>");
        page.Append($"</div><span class=\"time\">{Encode(start == null ? target.Status.ToString() : Durations.Format(target.Duration))}</span>");
        if (SummaryTable.GetRemark(target) is { Length: > 0 } remark)
            page.Append($"<span class=\"remark\">{Encode(remark)}</span>");
        page.Append("</div>\n");
    }

    private static void AppendLog(StringBuilder page, ExecutableTarget target, IReadOnlyList<LogLine> lines)
    {
        if (lines.Count == 0)
            return;
        page.Append($"<details{(target.Status == ExecutionStatus.Failed ? " open" : string.Empty)}><summary>{Encode(target.Name)}</summary><pre>");
        if (lines.Count > ShownLines)
            page.Append($"({lines.Count - ShownLines} lines before these are in build.log)\n");
        foreach (var line in lines.TakeLast(ShownLines))
        {
            if (line.Level is null or LogEventLevel.Information)
                page.Append($"{Encode(line.Format(color: false))}\n");
            else
                page.Append($"<span class=\"{line.LevelCode}\">{Encode(line.Format(color: false))}</span>\n");
        }

        page.Append("</pre></details>\n");
    }

    private static string Percent(TimeSpan part, TimeSpan total) =>
        (total > TimeSpan.Zero ? part / total * 100 : 0).ToString("0.##", CultureInfo.InvariantCulture);

    private static string Encode(string text) => WebUtility.HtmlEncode(StripAnsi(text));

    // Colour codes of tools would show as text.
    private static string StripAnsi(string text)
    {
        if (!text.Contains('\e', StringComparison.Ordinal))
            return text;
        var result = new StringBuilder();
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\e' && i + 1 < text.Length && text[i + 1] == '[')
            {
                i += 2;
                while (i < text.Length && text[i] is < '@' or > '~')
                    i++;
            }
            else
            {
                result.Append(text[i]);
            }
        }

        return result.ToString();
    }
}
