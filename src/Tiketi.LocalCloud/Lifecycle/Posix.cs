using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Tiketi.LocalCloud.Lifecycle;

/// <summary>The few process calls that .NET has no member for.</summary>
internal static class Posix
{
    private const int Terminate = 15;

    /// <summary>Leaves the terminal's process group, so that its Ctrl-C does not end this process.</summary>
    public static void LeaveTerminal()
    {
        if (!OperatingSystem.IsWindows())
        {
            _ = SetSessionId(); // fails only for a process that leads a group already, which is what is wanted
        }
    }

    public static bool IsRoot => !OperatingSystem.IsWindows() && EffectiveUserId() == 0;

    /// <summary>Asks the process to end, waits, then ends it. A process that is gone already is fine.</summary>
    /// <returns>False when it had to be killed.</returns>
    public static async Task<bool> StopAsync(int pid, TimeSpan grace, CancellationToken cancellationToken)
    {
        if (TryFind(pid) is not { } process)
        {
            return true;
        }

        using (process)
        {
            if (OperatingSystem.IsWindows())
            {
                process.Kill();
                await process.WaitForExitAsync(cancellationToken);
                return false;
            }

            _ = Kill(pid, Terminate);
            var waited = Stopwatch.StartNew();
            while (IsAlive(pid))
            {
                if (waited.Elapsed > grace)
                {
                    process.Kill();
                    return false;
                }

                await Task.Delay(20, cancellationToken);
            }

            return true;
        }
    }

    /// <summary>Whether the process runs; a dead one that nobody has collected yet (a zombie) does not.</summary>
    public static bool IsAlive(int pid)
    {
        if (OperatingSystem.IsLinux())
        {
            return ReadProc(pid, "stat") is { } stat && stat[(stat.LastIndexOf(')') + 2)..][0] is not ('Z' or 'X');
        }

        using var process = TryFind(pid);
        return process is { HasExited: false };
    }

    /// <summary>When the process began, as a value that tells it from a later process with the same id. Null: no such process.</summary>
    public static string? StartStamp(int pid)
    {
        if (OperatingSystem.IsLinux())
        {
            // field 22 of proc(5)'s stat: clock ticks since boot, immune to a stepped clock
            return ReadProc(pid, "stat") is { } stat ? stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[19] : null;
        }

        using var process = TryFind(pid);
        return process?.StartTime.ToUniversalTime().Ticks.ToString();
    }

    /// <summary>The command line of a process, words separated by spaces; empty where it can't be read.</summary>
    public static string CommandLine(int pid) => ReadProc(pid, "cmdline")?.Replace('\0', ' ').Trim() ?? "";

    private static string? ReadProc(int pid, string name)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/{name}");
        }
        catch (IOException)
        {
            return null; // it ended
        }
        catch (UnauthorizedAccessException)
        {
            return null; // hidden from this user
        }
    }

    private static Process? TryFind(int pid)
    {
        try
        {
            return Process.GetProcessById(pid);
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    [DllImport("libc", EntryPoint = "setsid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SetSessionId();

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int pid, int signal);

    [DllImport("libc", EntryPoint = "geteuid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern uint EffectiveUserId();
}
