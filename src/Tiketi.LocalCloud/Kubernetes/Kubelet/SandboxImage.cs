using System.Formats.Tar;

namespace Tiketi.LocalCloud.Kubernetes.Kubelet;

/// <summary>
/// The image of a pod's sandbox: one program that only sleeps, so that the pod keeps its address and names while its containers come
/// and go. Kubernetes pulls a pause image for that; nothing can be pulled here, so this one is made on the spot.
/// </summary>
internal static class SandboxImage
{
    public const string Repository = "tiketi-local-cloud/sandbox";
    public const string Tag = "1";
    public const string Reference = Repository + ":" + Tag;
    public const string Program = "/pause";

    private const int HeaderSize = 64 + 56; // ELF header and one program header
    private const ulong LoadAddress = 0x400000;

    /// <summary>A tar archive with the program for an engine's architecture ("x86_64", "aarch64").</summary>
    public static MemoryStream Build(string architecture)
    {
        var archive = new MemoryStream();
        using (var writer = new TarWriter(archive, TarEntryFormat.Pax, leaveOpen: true))
        {
            writer.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, Program[1..])
            {
                DataStream = new MemoryStream(Executable(architecture)),
                Mode = UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute,
            });
        }

        archive.Position = 0;
        return archive;
    }

    /// <summary>A static ELF executable: wait for a signal, again and again.</summary>
    private static byte[] Executable(string architecture)
    {
        var (machine, code) = architecture switch
        {
            // mov eax, 34 (pause) · syscall · jmp to the start
            "x86_64" or "amd64" => ((ushort)62, new byte[] { 0xB8, 0x22, 0x00, 0x00, 0x00, 0x0F, 0x05, 0xEB, 0xF7 }),

            // x0..x3 = 0 · x8 = 73 (ppoll) · svc 0 · b to the start
            "aarch64" or "arm64" => ((ushort)183, Words(0xAA1F03E0, 0xAA1F03E1, 0xAA1F03E2, 0xAA1F03E3, 0xD2800928, 0xD4000001, 0x17FFFFFA)),
            _ => throw new PlatformNotSupportedException($"The Docker engine runs on {architecture}; pods need one on x86_64 or aarch64."),
        };
        var file = new MemoryStream();
        using var writer = new BinaryWriter(file);
        var size = (ulong)(HeaderSize + code.Length);
        writer.Write([0x7F, (byte)'E', (byte)'L', (byte)'F', 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        writer.Write((ushort)2); // an executable
        writer.Write(machine);
        writer.Write(1u);
        writer.Write(LoadAddress + HeaderSize); // entry point
        writer.Write(64UL); // where the program header is
        writer.Write(0UL);
        writer.Write(0u);
        writer.Write([64, 0, 56, 0, 1, 0, 0, 0, 0, 0, 0, 0]); // header sizes and counts
        writer.Write(1u); // load ...
        writer.Write(5u); // ... readable and executable ...
        writer.Write(0UL); // ... from the file's start
        writer.Write(LoadAddress);
        writer.Write(LoadAddress);
        writer.Write(size);
        writer.Write(size);
        writer.Write(0x1000UL);
        writer.Write(code);
        return file.ToArray();
    }

    private static byte[] Words(params uint[] words) => [.. words.SelectMany(BitConverter.GetBytes)];
}
