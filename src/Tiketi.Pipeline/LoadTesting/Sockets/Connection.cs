using System.Net.Sockets;
using System.Runtime.Versioning;

namespace Tiketi.Pipeline.LoadTesting.Sockets;

internal enum ConnectionState
{
    /// <summary>Without a request; connected or not.</summary>
    Idle,
    Connecting,
    Sending,
    Receiving,
}

/// <summary>One connection's place in a lane, through as many sockets as the server makes necessary.</summary>
[SupportedOSPlatform("linux")]
internal sealed class Connection(int index)
{
    private int _generation;

    /// <summary>Another one for each socket, so that an event of a closed socket is not taken for one of the next.</summary>
    public long Id => ((long)_generation << 32) | (uint)index;

    public Socket? Socket { get; private set; }

    public ConnectionState State { get; set; }

    /// <summary>What epoll watches for.</summary>
    public uint Events { get; set; }

    /// <summary>When the request should have gone out.</summary>
    public long Planned { get; private set; }

    public long Deadline { get; private set; }

    /// <summary>Bytes of the request that are on their way.</summary>
    public int Sent { get; set; }

    public ResponseReader Response { get; } = new();

    /// <summary>Whether an earlier request was answered on the same socket.</summary>
    public bool WasUsed { get; private set; }

    /// <summary>Whether anything has come since the request was sent.</summary>
    public bool HasAnswered { get; set; }

    public void Begin(long planned, long deadline)
    {
        (Planned, Deadline, Sent, HasAnswered) = (planned, deadline, 0, false);
        Response.Reset();
    }

    public void Open(Socket socket)
    {
        _generation++;
        (Socket, State, Events, WasUsed) = (socket, ConnectionState.Connecting, Epoll.Readable | Epoll.Writable, false);
    }

    public void Rest()
    {
        State = ConnectionState.Idle;
        WasUsed = Socket is not null;
    }

    public void Close()
    {
        Socket?.Dispose();
        Socket = null;
    }
}
