#nullable disable
using System.Diagnostics;
using Nuke.Common.Execution;

namespace Nuke.Common.Tooling;

/// <summary>A process that a build started.</summary>
public interface IProcess : IDisposable
{
    string FileName { get; }
    string Arguments { get; }
    string WorkingDirectory { get; }

    /// <summary>The lines so far; all of them after <see cref="WaitForExit"/>.</summary>
    IReadOnlyCollection<Output> Output { get; }

    int ExitCode { get; }
    bool HasExited { get; }
    int Id { get; }

    /// <summary>Ends the process and those that it started.</summary>
    void Kill();

    /// <summary>Waits; false when the timeout was over first and the process was killed.</summary>
    bool WaitForExit();
}

internal sealed class RunningProcess : IProcess
{
    // Ctrl-C at a terminal reaches the child too; it gets this long to end by itself.
    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(10);

    private readonly Process _process;
    private readonly int? _timeout;
    private readonly Lock _lock = new();
    private readonly List<Output> _output = [];
    private readonly Action<OutputType, string> _logger;
    private readonly Func<string, string> _filter;
    private readonly BuildSession _session;
    private readonly CancellationTokenRegistration _registration;
    private readonly long _startedAt = Stopwatch.GetTimestamp();

    public RunningProcess(ProcessStartInfo info, int? timeout, Action<OutputType, string> logger, Func<string, string> filter, BuildSession session)
    {
        _timeout = timeout;
        _logger = logger;
        _filter = filter;
        _session = session;
        FileName = info.FileName;
        Arguments = info.Arguments;
        WorkingDirectory = info.WorkingDirectory;
        // The readers' threads inherit the context, so lines are attributed to the target that started the process.
        _process = new Process { StartInfo = info };
        _process.OutputDataReceived += (_, e) => OnLine(OutputType.Std, e.Data);
        _process.ErrorDataReceived += (_, e) => OnLine(OutputType.Err, e.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        _registration = session.Interrupt.Token.Register(OnInterrupt);
    }

    public string FileName { get; }

    public string Arguments { get; }

    public string WorkingDirectory { get; }

    public IReadOnlyCollection<Output> Output
    {
        get
        {
            lock (_lock)
                return [.. _output];
        }
    }

    public int ExitCode => _process.ExitCode;

    public bool HasExited => _process.HasExited;

    public int Id => _process.Id;

    public void Kill()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
    }

    public bool WaitForExit()
    {
        if (_timeout is { } timeout)
        {
            var rest = timeout - (int)Stopwatch.GetElapsedTime(_startedAt).TotalMilliseconds;
            if (!_process.WaitForExit(Math.Max(rest, 0)))
            {
                Kill();
                return false;
            }
        }

        // Without an argument, since only this overload waits for the last lines.
        _process.WaitForExit();
        _registration.Dispose();
        return true;
    }

    public void Dispose()
    {
        _registration.Dispose();
        _process.Dispose();
    }

    private void OnLine(OutputType type, string text)
    {
        if (text == null)
            return;
        text = _session.Secrets.Apply(_filter(text));
        lock (_lock)
            _output.Add(new Output { Type = type, Text = text });
        _logger?.Invoke(type, text);
    }

    private void OnInterrupt()
    {
        NativeSignal.Interrupt(_process);
        _ = Task.Delay(s_grace).ContinueWith(_ => KillIfRunning(), TaskScheduler.Default);
    }

    private void KillIfRunning()
    {
        try
        {
            Kill();
        }
        catch (InvalidOperationException)
        {
            // disposed meanwhile, so it has ended
        }
    }
}
