using System.Net;
using System.Net.Sockets;

namespace Tiketi.Testing;

/// <summary>Loopback ports for servers that come up later or come back: below the range from which the system takes ports for outgoing connections.</summary>
internal static class FreePorts
{
    private const int First = 15_000;
    private const int End = 32_000;

    public static int[] Take(int count)
    {
        var ports = new HashSet<int>();
        while (ports.Count < count)
        {
            var port = Random.Shared.Next(First, End);
            if (!ports.Contains(port) && IsFree(port))
            {
                ports.Add(port);
            }
        }

        return [.. ports];
    }

    /// <summary>The first of so many consecutive ones.</summary>
    public static int TakeRange(int count)
    {
        int first;
        do
        {
            first = Random.Shared.Next(First, End - count);
        }
        while (!Enumerable.Range(first, count).All(IsFree));

        return first;
    }

    private static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
