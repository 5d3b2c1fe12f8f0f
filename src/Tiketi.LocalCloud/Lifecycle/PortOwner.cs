using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Tiketi.LocalCloud.Lifecycle;

/// <summary>Finds out whether a loopback port is free and, where the system tells, who has it.</summary>
internal static class PortOwner
{
    public static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port) { ExclusiveAddressUse = true };
            listener.Start();
            return true;
        }
        catch (SocketException exception) when (exception.SocketErrorCode is SocketError.AddressAlreadyInUse or SocketError.AccessDenied)
        {
            return false;
        }
    }

    /// <summary>"nginx (pid 1234)", or "another process" where that can't be seen.</summary>
    public static string Describe(int port)
    {
        if (ListeningInode(port) is not { } inode || ProcessWithSocket(inode) is not { } pid)
        {
            return "another process";
        }

        var commandLine = Posix.CommandLine(pid);
        var state = commandLine.Contains("Tiketi.LocalCloud", StringComparison.Ordinal) ? ServeCommand.StateDirectoryOf(commandLine) : null;
        var name = state is null ? File.ReadAllText($"/proc/{pid}/comm").Trim() : $"the local cloud in {state}";
        return $"{name} (pid {pid})";
    }

    /// <summary>The socket's inode number from the kernel's table (proc(5), net/tcp): local address in hex, state 0A is LISTEN.</summary>
    private static string? ListeningInode(int port)
    {
        var suffix = ":" + port.ToString("X4", CultureInfo.InvariantCulture);
        foreach (var table in new[] { "/proc/net/tcp", "/proc/net/tcp6" }.Where(File.Exists))
        {
            foreach (var line in File.ReadLines(table).Skip(1))
            {
                var fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
                if (fields[1].EndsWith(suffix, StringComparison.Ordinal) && fields[3] == "0A")
                {
                    return fields[9];
                }
            }
        }

        return null;
    }

    private static int? ProcessWithSocket(string inode)
    {
        var wanted = $"socket:[{inode}]";
        foreach (var directory in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(directory), CultureInfo.InvariantCulture, out var pid) && HasDescriptor(directory, wanted))
            {
                return pid;
            }
        }

        return null;
    }

    private static bool HasDescriptor(string process, string target)
    {
        try
        {
            return Directory.EnumerateFileSystemEntries(Path.Combine(process, "fd"))
                .Any(descriptor => new FileInfo(descriptor).LinkTarget == target);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false; // it ended meanwhile, or belongs to another user
        }
    }
}
