using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;

namespace Tiketi.Pipeline.LoadTesting.Sockets;

/// <summary>What a lane shall send, and when.</summary>
internal interface IArrivals
{
    /// <summary>The next request, if one is due.</summary>
    bool TryTake(long now, out long planned);

    /// <summary>When the next one is due: a moment that has passed while some are, <see cref="long.MaxValue"/> when no more come.</summary>
    long NextDue { get; }
}

/// <summary>One thread with its share of the connections: it sends, receives and records without allocating anything per request.</summary>
[SupportedOSPlatform("linux")]
internal sealed class SocketLane : IDisposable
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(100);

    private readonly Epoll _epoll = new();
    private readonly byte[] _buffer = new byte[64 * 1024];
    private readonly Connection[] _connections;
    private readonly Stack<Connection> _idle;
    private readonly SocketTarget _target;
    private readonly TimeProvider _time;
    private readonly LoadRecorder _recorder;
    private readonly long _timeout;
    private readonly TimeSpan _patience;

    public SocketLane(SocketTarget target, int connections, TimeProvider time, LoadRecorder recorder)
    {
        (_target, _time, _recorder) = (target, time, recorder);
        _timeout = (long)(target.Timeout.TotalSeconds * time.TimestampFrequency);
        _patience = TimeSpan.FromTicks(Math.Clamp(target.Timeout.Ticks / 20, TimeSpan.TicksPerMillisecond, LongestWait.Ticks));
        _connections = [.. Enumerable.Range(0, connections).Select(index => new Connection(index))];
        _idle = new Stack<Connection>(_connections.Reverse());
    }

    /// <summary>Runs until all requests are answered or have failed, or until it is cancelled.</summary>
    public void Run(IArrivals arrivals, CancellationToken cancellationToken)
    {
        var looked = _time.GetTimestamp();
        while (!cancellationToken.IsCancellationRequested && (arrivals.NextDue != long.MaxValue || _idle.Count < _connections.Length))
        {
            var now = _time.GetTimestamp();
            while (_idle.Count > 0 && arrivals.TryTake(now, out var planned))
            {
                _recorder.Sent(planned, now);
                Begin(_idle.Pop(), planned, now);
            }

            if (_time.GetElapsedTime(looked, now) >= _patience)
            {
                looked = now;
                EndThoseThatTakeTooLong(now);
            }

            var count = _epoll.Wait(Limit(arrivals.NextDue));
            for (var i = 0; i < count; i++)
            {
                if (_epoll.TryGet(i, out var id, out var events) && _connections[(int)id] is var connection && connection.Id == id)
                {
                    Continue(connection, events);
                }
            }
        }
    }

    public void Dispose()
    {
        foreach (var connection in _connections)
        {
            connection.Close();
        }

        _epoll.Dispose();
    }

    /// <summary>How long nothing needs to be looked at unless a socket can go on.</summary>
    private TimeSpan Limit(long nextDue)
    {
        if (_idle.Count == 0 || nextDue == long.MaxValue)
        {
            return _patience;
        }

        var left = _time.GetElapsedTime(_time.GetTimestamp(), nextDue);
        return left < TimeSpan.Zero ? TimeSpan.Zero : left < _patience ? left : _patience;
    }

    private void Begin(Connection connection, long planned, long now)
    {
        connection.Begin(planned, now + _timeout);
        if (connection.Socket is null)
        {
            Connect(connection);
        }
        else
        {
            Send(connection);
        }
    }

    private void Connect(Connection connection)
    {
        var socket = new Socket(_target.Address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { Blocking = false, NoDelay = true };
        connection.Open(socket);
        try
        {
            socket.Connect(_target.Address);
        }
        catch (SocketException error) when (error.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress)
        {
            // goes on when epoll says so
        }
        catch (SocketException error)
        {
            Fail(connection, LoadErrors.KindOf(error.SocketErrorCode));
            return;
        }

        _epoll.Watch(socket, connection.Id, Epoll.Readable | Epoll.Writable);
    }

    private void Continue(Connection connection, uint events)
    {
        switch (connection.State)
        {
            case ConnectionState.Connecting when (events & (Epoll.Writable | Epoll.Broken)) != 0:
                var error = (SocketError)(int)connection.Socket!.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error)!;
                if (error != SocketError.Success)
                {
                    Fail(connection, LoadErrors.KindOf(error));
                    break;
                }

                Send(connection);
                break;
            case ConnectionState.Sending when (events & Epoll.Writable) != 0:
                Send(connection);
                break;
            case ConnectionState.Sending or ConnectionState.Receiving or ConnectionState.Idle:
                Receive(connection);
                break;
        }
    }

    private void Send(Connection connection)
    {
        var request = _target.Request;
        while (connection.Sent < request.Length)
        {
            var sent = connection.Socket!.Send(request.AsSpan(connection.Sent), SocketFlags.None, out var error);
            if (error == SocketError.WouldBlock)
            {
                Watch(connection, ConnectionState.Sending, Epoll.Readable | Epoll.Writable);
                return;
            }

            if (error != SocketError.Success)
            {
                Fail(connection, LoadErrors.KindOf(error));
                return;
            }

            connection.Sent += sent;
        }

        Watch(connection, ConnectionState.Receiving, Epoll.Readable);
    }

    /// <summary>epoll is told only when the events of interest change: never, on a connection that stays.</summary>
    private void Watch(Connection connection, ConnectionState state, uint events)
    {
        connection.State = state;
        if (connection.Events != events)
        {
            connection.Events = events;
            _epoll.Change(connection.Socket!, connection.Id, events);
        }
    }

    private void Receive(Connection connection)
    {
        while (true)
        {
            var received = connection.Socket!.Receive(_buffer, SocketFlags.None, out var error);
            if (error == SocketError.WouldBlock)
            {
                return;
            }

            if (connection.State == ConnectionState.Idle)
            {
                connection.Close(); // the server has ended it, between two requests
                return;
            }

            if (error != SocketError.Success || received == 0)
            {
                if (error == SocketError.Success && connection.Response.EndsWithConnection)
                {
                    Answered(connection);
                }
                else if (error == SocketError.Success && connection.WasUsed && !connection.HasAnswered)
                {
                    Repeat(connection);
                }
                else
                {
                    Fail(connection, error == SocketError.Success ? "connection closed" : LoadErrors.KindOf(error));
                }

                return;
            }

            connection.HasAnswered = true;
            if (!TryRead(connection, received, out var complete))
            {
                return;
            }

            if (complete)
            {
                Answered(connection);
                return;
            }

            if (received < _buffer.Length)
            {
                return; // all that there was
            }
        }
    }

    private bool TryRead(Connection connection, int received, out bool complete)
    {
        try
        {
            complete = connection.Response.Read(_buffer.AsSpan(0, received), _target.IsHead);
            return true;
        }
        catch (FormatException)
        {
            Fail(connection, "not HTTP");
            return complete = false;
        }
    }

    private void Answered(Connection connection)
    {
        var response = connection.Response;
        if (response.Status is >= 200 and < 300)
        {
            _recorder.Answered(connection.Planned, response.BodyLength);
        }
        else
        {
            _recorder.Failed(connection.Planned, LoadErrors.KindOf((HttpStatusCode)response.Status), timed: true);
        }

        if (response.Closes || !_target.KeepAlive || connection.Sent < _target.Request.Length)
        {
            connection.Close();
        }

        Rest(connection);
    }

    /// <summary>The server ended the connection, in order, before it saw the request: that says nothing about the request, which goes out on a new one.</summary>
    private void Repeat(Connection connection)
    {
        connection.Close();
        connection.Begin(connection.Planned, connection.Deadline);
        Connect(connection);
    }

    private void Fail(Connection connection, string kind, bool timed = false)
    {
        _recorder.Failed(connection.Planned, kind, timed);
        connection.Close();
        Rest(connection);
    }

    private void Rest(Connection connection)
    {
        connection.Rest();
        _idle.Push(connection);
    }

    private void EndThoseThatTakeTooLong(long now)
    {
        foreach (var connection in _connections)
        {
            if (connection.State != ConnectionState.Idle && connection.Deadline <= now)
            {
                Fail(connection, "timeout", timed: true);
            }
        }
    }
}
