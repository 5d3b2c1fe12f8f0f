#nullable disable
using Nuke.Common.Execution;
using Nuke.Common.Reporting;
using Nuke.Common.Utilities;
using Serilog.Events;

namespace Nuke.Common;

/// <summary>Where the build runs, and how its output is framed there.</summary>
public partial class Host
{
    protected Host()
    {
    }

    private protected static BuildSession Session => BuildSession.Current;

    private protected static BuildConsole BuildConsole => Session.Console;

    /// <summary>Frames everything that is written until disposal.</summary>
    protected internal virtual IDisposable WriteBlock(string text)
    {
        return DelegateDisposable.CreateBracket(
            () =>
            {
                BuildConsole.WriteLine();
                BuildConsole.WriteLine("╬" + new string('═', text.Length + 5));
                BuildConsole.WriteLine("║ " + BuildConsole.Color(text, "1;36"));
                BuildConsole.WriteLine("╬" + new string('═', Math.Max(text.Length - 4, 2)));
            },
            () => BuildConsole.WriteLine());
    }

    protected internal virtual void ReportWarning(string text, string details = null)
    {
    }

    protected internal virtual void ReportError(string text, string details = null)
    {
    }

    /// <summary>True when the message is handled and must not be written.</summary>
    protected internal virtual bool FilterMessage(string message)
    {
        return false;
    }

    /// <summary>Repeats the warnings and errors of the run.</summary>
    protected internal virtual void WriteErrorsAndWarnings()
    {
        var issues = Session.Output.Issues;
        if (issues.Count == 0)
            return;
        using (WriteBlock("Errors & Warnings"))
        {
            foreach (var issue in issues)
            {
                var text = (issue.Target == null ? string.Empty : issue.Target.Name + ": ") + WithoutTrace(issue.Text);
                var error = issue.Level >= LogEventLevel.Error;
                BuildConsole.WriteLine($"[{issue.LevelCode}] {BuildConsole.Color(text, error ? "31" : "33")}");
                if (error)
                    ReportError(text);
                else
                    ReportWarning(text);
            }
        }
    }

    /// <summary>Writes the table of targets.</summary>
    protected internal virtual void WriteTargetOutcome(INukeBuild build)
    {
        foreach (var (line, status) in SummaryTable.GetLines(build.ExecutionPlan, BuildConsole.Width))
            BuildConsole.WriteLine(BuildConsole.Color(line, SummaryTable.GetColor(status)));
    }

    /// <summary>Writes whether the build succeeded, failed or was cancelled.</summary>
    protected internal virtual void WriteBuildOutcome(INukeBuild build)
    {
        var now = $"{Session.Time.GetLocalNow():MM/dd/yyyy HH:mm:ss}";
        BuildConsole.WriteLine();
        BuildConsole.WriteLine(SummaryTable.GetOutcome(build) switch
        {
            "succeeded" => BuildConsole.Color($"Build succeeded on {now}. ＼（＾ᴗ＾）／", "32"),
            "cancelled" => BuildConsole.Color($"Build cancelled on {now}.", "33"),
            _ => BuildConsole.Color($"Build failed on {now}. (╯°□°）╯︵ ┻━┻", "31"),
        });
        BuildConsole.WriteLine();
    }

    // The trace is in the target's block above.
    private static string WithoutTrace(string text)
    {
        return string.Join(Environment.NewLine, text.Split('\n').Select(x => x.TrimEnd('\r')).Where(x => !x.StartsWith("   at ", StringComparison.Ordinal)));
    }

    /// <summary>The running host.</summary>
    internal static Host Instance => Session.Host;

    public override string ToString()
    {
        return GetType().Name;
    }
}
