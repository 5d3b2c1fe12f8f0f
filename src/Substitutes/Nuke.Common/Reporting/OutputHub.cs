using Nuke.Common.Execution;
using Serilog.Events;

namespace Nuke.Common.Reporting;

/// <summary>
/// Everything that is written comes through here: it is attributed to the target whose code wrote it, masked, kept in the
/// run's log, and handed to the display.
/// </summary>
internal sealed class OutputHub(SecretMask secrets, BuildConsole console, TimeProvider time) : IDisposable
{
    private readonly AsyncLocal<ExecutableTarget?> _current = new();
    private readonly List<LogLine> _issues = [];
    private readonly Dictionary<ExecutableTarget, List<LogLine>> _lines = [];
    private TextWriter? _log;

    /// <summary>Lines below this level are kept in the log only.</summary>
    public LogEventLevel MinimumLevel { get; set; } = LogEventLevel.Debug;

    public Display Display { get; set; } = Display.None;

    /// <summary>The target whose code is running.</summary>
    public ExecutableTarget? CurrentTarget
    {
        get => _current.Value;
        set => _current.Value = value;
    }

    /// <summary>Warnings and errors so far, in the order of their targets' starts.</summary>
    public IReadOnlyList<LogLine> Issues
    {
        get
        {
            lock (console.Gate)
                return [.. _issues];
        }
    }

    /// <summary>What a target has written.</summary>
    public IReadOnlyList<LogLine> GetLines(ExecutableTarget target)
    {
        lock (console.Gate)
            return _lines.TryGetValue(target, out var lines) ? [.. lines] : [];
    }

    /// <summary>Keeps everything in a file from now on.</summary>
    public void OpenLog(string file) => _log = new StreamWriter(file) { AutoFlush = true };

    public void Write(LogEventLevel? level, string text) => Write(level, text, CurrentTarget);

    public void Write(LogEventLevel? level, string text, ExecutableTarget? target)
    {
        var line = new LogLine(time.GetLocalNow(), level, secrets.Apply(text), target);
        lock (console.Gate)
        {
            WriteLog(line);
            Keep(line);
            if (level >= LogEventLevel.Warning)
                _issues.Add(line);
            if (level == null || level >= MinimumLevel)
                Display.OnLine(line);
        }
    }

    /// <summary>Keeps a text in the run's log only.</summary>
    public void WriteLogOnly(LogEventLevel level, string text, ExecutableTarget? target)
    {
        lock (console.Gate)
            WriteLog(new LogLine(time.GetLocalNow(), level, secrets.Apply(text), target));
    }

    public void Started(ExecutableTarget target)
    {
        lock (console.Gate)
            Display.OnStarted(target);
    }

    public void Finished(ExecutableTarget target)
    {
        lock (console.Gate)
            Display.OnFinished(target);
    }

    public void Dispose()
    {
        lock (console.Gate)
        {
            Display.Dispose();
            _log?.Dispose();
            _log = null;
        }
    }

    private void Keep(LogLine line)
    {
        if (line.Target == null)
            return;
        if (!_lines.TryGetValue(line.Target, out var lines))
            _lines.Add(line.Target, lines = []);
        lines.Add(line);
    }

    private void WriteLog(LogLine line)
    {
        if (_log == null)
            return;
        foreach (var text in line.Text.Split('\n'))
            _log.WriteLine($"{line.Time:HH:mm:ss.fff} | {line.LevelCode[0]} | {line.Target?.Name,-20} | {text.TrimEnd('\r')}");
    }
}
