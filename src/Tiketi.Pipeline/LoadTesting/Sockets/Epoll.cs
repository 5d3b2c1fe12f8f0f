using System.ComponentModel;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Tiketi.Pipeline.LoadTesting.Sockets;

/// <summary>
/// Linux's epoll(7): which of many sockets can go on. One call tells of all, where the runtime's asynchronous sockets hand each
/// of them over to a pool of threads.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed class Epoll : IDisposable
{
    public const uint Readable = 0x001;
    public const uint Writable = 0x004;
    public const uint Broken = 0x008 | 0x010; // EPOLLERR, EPOLLHUP: always reported

    private const long TimerId = -1;
    private const int MaxEvents = 512;
    private const int Add = 1;
    private const int Modify = 3;
    private const int CloseOnExec = 0x80000;
    private const int NonBlocking = 0x800;
    private const int Monotonic = 1;
    private const int Interrupted = 4;

    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(5);

    // struct epoll_event is packed on x86 only.
    private static readonly int Stride = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 12 : 16;
    private static readonly int DataOffset = Stride - 8;

    private readonly byte[] _events = new byte[MaxEvents * 16];
    private readonly int _handle;
    private readonly int _timer;
    private bool _armed;

    public Epoll()
    {
        _handle = Check(epoll_create1(CloseOnExec));
        _timer = Check(timerfd_create(Monotonic, CloseOnExec | NonBlocking));
        Control(Add, _timer, TimerId, Readable);
    }

    public void Watch(Socket socket, long id, uint events) => Control(Add, (int)socket.Handle, id, events);

    public void Change(Socket socket, long id, uint events) => Control(Modify, (int)socket.Handle, id, events);

    /// <summary>Waits until a socket can go on, or <paramref name="limit"/> is over. A short one is a timer's, since epoll's own counts in whole milliseconds.</summary>
    /// <returns>How many events there are.</returns>
    public int Wait(TimeSpan limit)
    {
        var ends = limit > TimeSpan.Zero && limit < Short;
        if (ends || _armed)
        {
            SetTimer(ends ? limit : TimeSpan.Zero);
        }

        var timeout = ends ? -1 : (int)Math.Max(limit.TotalMilliseconds, 0);

        int count;
        do
        {
            count = epoll_wait(_handle, ref _events[0], MaxEvents, timeout);
        }
        while (count < 0 && Marshal.GetLastPInvokeError() == Interrupted);
        return Check(count);
    }

    /// <summary>One of the events of the last <see cref="Wait"/>; false for the end of the wait itself.</summary>
    public bool TryGet(int index, out long id, out uint events)
    {
        var entry = _events.AsSpan(index * Stride, Stride);
        events = MemoryMarshal.Read<uint>(entry);
        id = MemoryMarshal.Read<long>(entry[DataOffset..]);
        return id != TimerId;
    }

    public void Dispose()
    {
        _ = close(_timer);
        _ = close(_handle);
    }

    private void Control(int operation, int descriptor, long id, uint events)
    {
        Span<byte> entry = stackalloc byte[16];
        MemoryMarshal.Write(entry, events);
        MemoryMarshal.Write(entry[DataOffset..], id);
        Check(epoll_ctl(_handle, operation, descriptor, ref entry[0]));
    }

    /// <summary>Zero disarms it, and takes back an event that nobody has waited for.</summary>
    private void SetTimer(TimeSpan time)
    {
        var setting = new TimerSetting { ValueNanoseconds = (nint)(time.Ticks * TimeSpan.NanosecondsPerTick) };
        Check(timerfd_settime(_timer, 0, ref setting, nint.Zero));
        _armed = time > TimeSpan.Zero;
    }

    private static int Check(int result) => result >= 0 ? result : throw new Win32Exception(Marshal.GetLastPInvokeError());

    [DllImport("libc", SetLastError = true)]
    private static extern int epoll_create1(int flags);

    [DllImport("libc", SetLastError = true)]
    private static extern int epoll_ctl(int handle, int operation, int descriptor, ref byte entry);

    [DllImport("libc", SetLastError = true)]
    private static extern int epoll_wait(int handle, ref byte events, int maximum, int timeout);

    [DllImport("libc", SetLastError = true)]
    private static extern int timerfd_create(int clock, int flags);

    [DllImport("libc", SetLastError = true)]
    private static extern int timerfd_settime(int timer, int flags, ref TimerSetting setting, nint before);

    [DllImport("libc", SetLastError = true)]
    private static extern int close(int descriptor);

    [StructLayout(LayoutKind.Sequential)]
    private struct TimerSetting
    {
        public nint IntervalSeconds;
        public nint IntervalNanoseconds;
        public nint ValueSeconds;
        public nint ValueNanoseconds;
    }
}
