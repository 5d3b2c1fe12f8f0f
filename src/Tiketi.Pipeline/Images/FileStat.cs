using System.Runtime.InteropServices;

namespace Tiketi.Pipeline.Images;

/// <summary>
/// What a file system says of a file without reading it. The change time is the one that no program can set: whatever
/// writes to the file, or sets its modification time back, moves it.
/// </summary>
/// <param name="Device">The file system.</param>
/// <param name="Inode">The file on it.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Modified">Nanoseconds since 1970.</param>
/// <param name="Changed">Nanoseconds since 1970.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct FileStat(ulong Device, ulong Inode, long Size, long Modified, long Changed)
{
    // struct statx of the Linux kernel, the same on every architecture
    private const int BufferSize = 256;
    private const int CurrentDirectory = -100;
    private const int NoFollow = 0x100;
    private const uint BasicStats = 0x7ff;
    private const int InodeAt = 32;
    private const int SizeAt = 40;
    private const int ChangedAt = 96;
    private const int ModifiedAt = 112;
    private const int DeviceAt = 136;

    /// <summary>Null where it can't be had: not on Linux, a C library without statx, or no such file.</summary>
    public static FileStat? Of(string path)
    {
        if (!OperatingSystem.IsLinux())
        {
            return null;
        }

        var buffer = new byte[BufferSize];
        try
        {
            return Statx(CurrentDirectory, path, NoFollow, BasicStats, buffer) == 0
                ? new FileStat(
                    ((ulong)BitConverter.ToUInt32(buffer, DeviceAt) << 32) | BitConverter.ToUInt32(buffer, DeviceAt + sizeof(uint)),
                    BitConverter.ToUInt64(buffer, InodeAt),
                    BitConverter.ToInt64(buffer, SizeAt),
                    Nanoseconds(buffer, ModifiedAt),
                    Nanoseconds(buffer, ChangedAt))
                : null;
        }
        catch (EntryPointNotFoundException)
        {
            return null;
        }
    }

    private static long Nanoseconds(byte[] buffer, int at) => (BitConverter.ToInt64(buffer, at) * 1_000_000_000) + BitConverter.ToUInt32(buffer, at + 8);

    [DllImport("libc", EntryPoint = "statx", CharSet = CharSet.Ansi)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Statx(int directory, [MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags, uint mask, [Out] byte[] buffer);
}
