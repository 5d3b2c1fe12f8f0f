using System.Runtime.InteropServices;

namespace Tiketi.Pipeline.LoadTesting;

/// <summary>
/// Sleeps for less than a millisecond. The runtime's own sleep counts in whole milliseconds, and spinning instead would take a
/// core away from the server under test when both share a machine.
/// </summary>
internal static class PreciseSleep
{
    /// <summary>Sleeps for about <paramref name="time"/>, at most 10 ms, so that a caller who loops notices a cancellation.</summary>
    public static void For(TimeSpan time)
    {
        var nanoseconds = Math.Min(time.Ticks, TimeSpan.TicksPerMillisecond * 10) * TimeSpan.NanosecondsPerTick;
        if (OperatingSystem.IsWindows())
        {
            Thread.Sleep(nanoseconds >= 2_000_000 ? 1 : 0);
            return;
        }

        var request = new TimeSpec { Nanoseconds = (nint)nanoseconds };
        _ = NanoSleep(ref request, nint.Zero); // cut short by a signal, it is called again
    }

    [DllImport("libc", EntryPoint = "nanosleep")]
    private static extern int NanoSleep(ref TimeSpec request, nint remaining);

    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpec
    {
        public nint Seconds;
        public nint Nanoseconds;
    }
}
