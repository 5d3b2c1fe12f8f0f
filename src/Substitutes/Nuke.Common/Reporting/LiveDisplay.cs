using System.Text;
using Nuke.Common.Execution;

namespace Nuke.Common.Reporting;

/// <summary>
/// For a person at a terminal: the blocks of targets that ended, one after the other, and below them, redrawn, a line for each
/// running target with its time and latest output.
/// </summary>
internal sealed class LiveDisplay : Display
{
    private const string Frames = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏";
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(125);

    private readonly Host _host;
    private readonly BuildConsole _console;
    private readonly TimeProvider _time;
    private readonly List<(ExecutableTarget Target, List<LogLine> Lines)> _running = [];
    private readonly ITimer _timer;
    private int _drawn;
    private int _frame;

    public LiveDisplay(Host host, BuildConsole console, TimeProvider time)
    {
        _host = host;
        _console = console;
        _time = time;
        _timer = time.CreateTimer(_ => Redraw(), state: null, s_interval, s_interval);
    }

    public override void OnStarted(ExecutableTarget target)
    {
        lock (_console.Gate)
        {
            _running.Add((target, []));
            Redraw();
        }
    }

    public override void OnLine(LogLine line)
    {
        lock (_console.Gate)
        {
            var running = _running.Find(x => x.Target == line.Target);
            if (running.Lines != null)
            {
                running.Lines.Add(line);
                return;
            }

            Clear();
            _console.WriteLine(line.Format(_console.UsesColor));
            Draw();
        }
    }

    public override void OnFinished(ExecutableTarget target)
    {
        lock (_console.Gate)
        {
            Clear();
            var (_, lines) = _running.Find(x => x.Target == target);
            _running.RemoveAll(x => x.Target == target);
            if (lines is { Count: > 0 })
                BlockDisplay.WriteBlock(_host, _console, target, lines);
            var mark = target.Status == ExecutionStatus.Succeeded ? _console.Color("✓", "32") : _console.Color("✗", "31");
            _console.WriteLine($"{mark} {target.Name} {target.Status.ToString().ToLowerInvariant()} after {Durations.Format(target.Duration)}");
            Draw();
        }
    }

    public override void Dispose()
    {
        _timer.Dispose();
        lock (_console.Gate)
        {
            Clear();
            _running.Clear();
        }

        base.Dispose();
    }

    private void Redraw()
    {
        lock (_console.Gate)
        {
            Clear();
            Draw();
        }
    }

    private void Clear()
    {
        if (_drawn > 0)
            _console.Write($"\e[{_drawn}A\r\e[0J");
        _drawn = 0;
    }

    private void Draw()
    {
        if (_running.Count == 0)
            return;
        var width = _running.Max(x => x.Target.Name.Length);
        var now = _time.GetLocalNow();
        _frame = (_frame + 1) % Frames.Length;
        // Without automatic wrapping a line that is too long stays one line, whatever its characters' widths.
        var text = new StringBuilder("\e[?7l");
        foreach (var (target, lines) in _running)
        {
            var elapsed = Durations.Format(now - (target.StartedAt ?? now));
            var latest = lines.Count == 0 ? string.Empty : lines[^1].LastLine;
            text.Append($"{Frames[_frame]} {target.Name.PadRight(width)} {elapsed,7}  {_console.Color(Clean(latest), "90")}\n");
        }

        _console.Write(text.Append("\e[?7h").ToString());
        _drawn = _running.Count;
    }

    // A tool's own cursor movements would break the area.
    private static string Clean(string text) => string.Concat(text.Where(x => !char.IsControl(x)));
}
