using System.Runtime.InteropServices;

namespace Nuke.Common.Execution;

/// <summary>
/// Ctrl-C: the first one lets nothing new start and running targets end (their own handlers of
/// <see cref="Console.CancelKeyPress"/> are called too), the second one ends the process. A TERM counts as Ctrl-C.
/// </summary>
internal sealed class Interruption : IDisposable
{
    /// <summary>128 + SIGINT, as shells have it.</summary>
    public const int ExitCode = 130;

    private readonly BuildSession _session;
    private readonly PosixSignalRegistration _terminate;

    public Interruption(BuildSession session)
    {
        _session = session;
        Console.CancelKeyPress += OnCancelKeyPress;
        _terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
        {
            context.Cancel = true;
            NativeSignal.RaiseInterrupt();
        });
    }

    public void Dispose()
    {
        Console.CancelKeyPress -= OnCancelKeyPress;
        _terminate.Dispose();
    }

    private void OnCancelKeyPress(object? sender, ConsoleCancelEventArgs e)
    {
        if (_session.Interrupt.IsCancellationRequested && !_session.ExpectsOwnInterrupt())
            Environment.Exit(ExitCode); // whatever other handlers make of the signal
        e.Cancel = true;
        _session.Cancel("cancelled by the user");
    }
}

/// <summary>Signals to this process.</summary>
internal static partial class NativeSignal
{
    private const int InterruptNumber = 2;

    /// <summary>Has everyone who listens for Ctrl-C called. Windows has no way to do so for one process alone.</summary>
    public static void RaiseInterrupt()
    {
        if (!OperatingSystem.IsWindows() && Kill(Environment.ProcessId, InterruptNumber) != 0)
            throw new InvalidOperationException($"The process could not signal itself: error {Marshal.GetLastPInvokeError()}");
    }

    /// <summary>Asks another process to end, as Ctrl-C would; one that a terminal's Ctrl-C reached already hears it twice.</summary>
    public static void Interrupt(System.Diagnostics.Process process)
    {
        if (OperatingSystem.IsWindows())
            return;
        try
        {
            // It may have ended by now, which is what was wanted.
            _ = Kill(process.Id, InterruptNumber);
        }
        catch (InvalidOperationException)
        {
            // disposed, so it has ended
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int processId, int signal);
}
