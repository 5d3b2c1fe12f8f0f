using Nuke.Common.Execution;

namespace Nuke.Common.Reporting;

/// <summary>How a run's output reaches the console. Calls come one at a time.</summary>
internal abstract class Display : IDisposable
{
    public static Display None { get; } = new NoDisplay();

    public abstract void OnStarted(ExecutableTarget target);

    public abstract void OnLine(LogLine line);

    public abstract void OnFinished(ExecutableTarget target);

    public virtual void Dispose()
    {
        GC.SuppressFinalize(this);
    }

    private sealed class NoDisplay : Display
    {
        public override void OnStarted(ExecutableTarget target)
        {
        }

        public override void OnLine(LogLine line)
        {
        }

        public override void OnFinished(ExecutableTarget target)
        {
        }
    }
}

/// <summary>Writes every line at once; right when one target runs at a time.</summary>
internal sealed class StreamDisplay(Host host, BuildConsole console) : Display
{
    private IDisposable? _block;

    public override void OnStarted(ExecutableTarget target) => _block = host.WriteBlock(target.Name);

    public override void OnLine(LogLine line) => console.WriteLine(line.Format(console.UsesColor));

    public override void OnFinished(ExecutableTarget target)
    {
        _block?.Dispose();
        _block = null;
    }
}

/// <summary>
/// Keeps each target's output until it ends and then writes it as one block. Says what started, and, when nothing has been
/// written for long, what still runs.
/// </summary>
internal sealed class BlockDisplay : Display
{
    private static readonly TimeSpan s_heartbeat = TimeSpan.FromSeconds(30);

    private readonly Host _host;
    private readonly BuildConsole _console;
    private readonly TimeProvider _time;
    private readonly Dictionary<ExecutableTarget, List<LogLine>> _lines = [];
    private readonly ITimer _timer;

    public BlockDisplay(Host host, BuildConsole console, TimeProvider time)
    {
        _host = host;
        _console = console;
        _time = time;
        _timer = time.CreateTimer(_ => WriteHeartbeat(), state: null, s_heartbeat, s_heartbeat);
    }

    public override void OnStarted(ExecutableTarget target)
    {
        lock (_console.Gate)
        {
            _lines.Add(target, []);
            Notice($"{target.Name} started");
        }
    }

    public override void OnLine(LogLine line)
    {
        lock (_console.Gate)
        {
            if (line.Target != null && _lines.TryGetValue(line.Target, out var lines))
                lines.Add(line);
            else
                _console.WriteLine(line.Format(_console.UsesColor));
        }
    }

    public override void OnFinished(ExecutableTarget target)
    {
        lock (_console.Gate)
        {
            if (_lines.Remove(target, out var lines) && lines.Count > 0)
                WriteBlock(_host, _console, target, lines);
            Notice($"{target.Name} {target.Status.ToString().ToLowerInvariant()} after {Durations.Format(target.Duration)}");
        }
    }

    public override void Dispose()
    {
        _timer.Dispose();
        base.Dispose();
    }

    /// <summary>Writes a target's lines without interruption.</summary>
    public static void WriteBlock(Host host, BuildConsole console, ExecutableTarget target, IEnumerable<LogLine> lines)
    {
        using (host.WriteBlock(target.Name))
        {
            foreach (var line in lines)
                console.WriteLine(line.Format(console.UsesColor));
        }
    }

    private void WriteHeartbeat()
    {
        lock (_console.Gate)
        {
            if (_lines.Count == 0)
                return;
            var now = _time.GetLocalNow();
            foreach (var (target, lines) in _lines)
            {
                var elapsed = Durations.Format(now - (target.StartedAt ?? now));
                Notice($"{target.Name} still running, {elapsed}" + (lines.Count == 0 ? string.Empty : $": {lines[^1].LastLine}"));
            }
        }
    }

    private void Notice(string text) => _console.WriteLine($"{_time.GetLocalNow():HH:mm:ss} ─ {text}");
}

/// <summary>Durations as the console shows them.</summary>
internal static class Durations
{
    public static string Format(TimeSpan duration) =>
        duration < TimeSpan.FromSeconds(1) ? "< 1sec" : $"{(int)duration.TotalMinutes}:{duration.Seconds:00}";
}
