using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Tiketi.Benchmarks.Measuring;

/// <summary>CPU seconds: unlike the wall clock's they hardly depend on what else the machine is doing.</summary>
internal static partial class Cpu
{
    private const int Children = -1;

    /// <summary>Runs a program to its end.</summary>
    /// <returns>The CPU seconds of it and of all that it waited for, and what it wrote to its standard output.</returns>
    public static async Task<(double Seconds, string Output)> OfProcessAsync(string directory, string program, IEnumerable<string> arguments, CancellationToken cancellationToken, IReadOnlyDictionary<string, string?>? environment = null)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = directory, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        // What is measured is a run on somebody's machine; it must not write into the job summary of a CI run either.
        foreach (var name in start.Environment.Keys.Where(name => name == "CI" || name.StartsWith("GITHUB_", StringComparison.Ordinal) || name.StartsWith("NUKE_", StringComparison.Ordinal)).ToList())
        {
            start.Environment.Remove(name);
        }

        foreach (var (name, value) in environment ?? new Dictionary<string, string?>(StringComparer.Ordinal))
        {
            start.Environment[name] = value;
        }

        var before = OfEndedChildren();
        using var process = Start(start);
        try
        {
            var error = process.StandardError.ReadToEndAsync(cancellationToken);
            var output = await process.StandardOutput.ReadToEndAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            return process.ExitCode == 0
                ? (OfEndedChildren() - before, output)
                : throw new NotMeasuredException($"{program} {string.Join(' ', start.ArgumentList)} ended with {process.ExitCode}: {(await error).Trim()} {output.Trim()}");
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }

    /// <summary>CPU seconds of this process, all threads, while the action runs.</summary>
    public static async Task<double> OfSelfAsync(Func<Task> action)
    {
        var before = Environment.CpuUsage.TotalTime;
        await action();
        return (Environment.CpuUsage.TotalTime - before).TotalSeconds;
    }

    /// <exception cref="NotMeasuredException">The program is not installed.</exception>
    public static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception exception)
        {
            throw new NotMeasuredException($"{start.FileName} can't be started ({exception.Message}): install it, .ci/run lists the packages.", exception);
        }
    }

    private static double OfEndedChildren()
    {
        // struct rusage begins with the two timevals of user and system time, 16 bytes each on 64-bit Linux and macOS.
        Span<long> usage = stackalloc long[18];
        if (GetResourceUsage(Children, usage) != 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError());
        }

        return usage[0] + usage[2] + (((int)usage[1] + (int)usage[3]) / 1e6);
    }

    [LibraryImport("libc", EntryPoint = "getrusage", SetLastError = true)]
    private static partial int GetResourceUsage(int who, Span<long> usage);
}
