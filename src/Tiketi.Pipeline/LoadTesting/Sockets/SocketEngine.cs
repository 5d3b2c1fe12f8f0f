using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using System.Text;

namespace Tiketi.Pipeline.LoadTesting.Sockets;

/// <summary>Where the requests go, and their bytes, which are always the same.</summary>
internal sealed record SocketTarget(IPEndPoint Address, byte[] Request, bool IsHead, bool KeepAlive, TimeSpan Timeout);

/// <summary>
/// HTTP/1.1 straight on sockets. The runtime's own client needs three times as much of the processor, which it takes away from
/// the system under test when both share a machine; that client does what this one can't: TLS, HTTP/2, other platforms.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed class SocketEngine(SocketTarget target, TimeProvider time) : ILoadEngine
{
    private const int ConnectionsPerLane = 64;

    /// <summary>Whether this engine can send <paramref name="request"/>.</summary>
    [SupportedOSPlatformGuard("linux")]
    public static bool Supports(LoadTestRequest request) => OperatingSystem.IsLinux() && request.Url.Scheme == Uri.UriSchemeHttp && request.Version == HttpVersion.Version11;

    /// <summary>Finds an address of the host at which something listens.</summary>
    /// <exception cref="SocketException">There is none.</exception>
    public static async Task<SocketEngine> CreateAsync(LoadTestRequest request, TimeProvider time, CancellationToken cancellationToken)
    {
        using var probe = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await probe.ConnectAsync(request.Url.IdnHost, request.Url.Port, cancellationToken);
        var address = (IPEndPoint)probe.RemoteEndPoint!;
        if (address.Address.IsIPv4MappedToIPv6)
        {
            address = new IPEndPoint(address.Address.MapToIPv4(), address.Port);
        }

        return new SocketEngine(new SocketTarget(address, Bytes(request), request.Method == HttpMethod.Head, request.KeepAlive, request.Timeout), time);
    }

    public async Task<IReadOnlyList<LoadRecorder>> RunAsync(LoadModel model, LoadTimeline? timeline, CancellationToken cancellationToken)
    {
        var connections = model.Connections;
        var lanes = Math.Clamp(connections / ConnectionsPerLane, 1, Environment.ProcessorCount);
        var arrivals = ArrivalsFor(model, lanes);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        return await Task.WhenAll(Enumerable.Range(0, lanes).Select(lane => RunAsync(lane, (connections / lanes) + (lane < connections % lanes ? 1 : 0), arrivals(lane), timeline, stop)));
    }

    private Func<int, IArrivals> ArrivalsFor(LoadModel model, int lanes)
    {
        if (model is LoadModel.Open open)
        {
            var schedule = new ArrivalSchedule(open, time.GetTimestamp(), time.TimestampFrequency);
            return lane => new PlannedArrivals(schedule, lane, lanes);
        }

        var users = new Users(((LoadModel.Closed)model).Requests);
        return _ => users;
    }

    /// <summary>A lane has a thread of its own: it waits in the kernel, which a thread of the pool should not.</summary>
    private Task<LoadRecorder> RunAsync(int number, int connections, IArrivals arrivals, LoadTimeline? timeline, CancellationTokenSource stop)
    {
        var done = new TaskCompletionSource<LoadRecorder>(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() =>
        {
            try
            {
                var recorder = LoadRecorder.ForOneThread(time, timeline);
                using var lane = new SocketLane(target, connections, time, recorder);
                lane.Run(arrivals, stop.Token);
                done.SetResult(recorder);
            }
            catch (Exception exception)
            {
                stop.Cancel(); // the other lanes alone would measure something else
                done.SetException(exception);
            }
        })
        { IsBackground = true, Name = $"load test lane {number}" }.Start();
        return done.Task;
    }

    private static byte[] Bytes(LoadTestRequest request)
    {
        var head = new StringBuilder();
        head.Append(request.Method.Method).Append(' ').Append(request.Url.PathAndQuery).Append(" HTTP/1.1\r\n");
        if (!request.Headers.Keys.Contains("Host", StringComparer.OrdinalIgnoreCase))
        {
            head.Append("Host: ").Append(request.Url.IsDefaultPort ? request.Url.IdnHost : $"{request.Url.IdnHost}:{request.Url.Port}").Append("\r\n");
        }

        foreach (var (name, value) in request.Headers)
        {
            if (name.AsSpan().IndexOfAny("\r\n: ") >= 0 || value.AsSpan().IndexOfAny('\r', '\n') >= 0)
            {
                throw new PipelineException($"The header {name.Split('\r', '\n')[0]} cannot be sent: a name or a value breaks the line.", "Correct the header.");
            }

            head.Append(name).Append(": ").Append(value).Append("\r\n");
        }

        if (request.Body is { } sized)
        {
            head.Append("Content-Length: ").Append(sized.Length).Append("\r\n");
        }

        head.Append(request.KeepAlive ? "\r\n" : "Connection: close\r\n\r\n");
        return [.. Encoding.Latin1.GetBytes(head.ToString()), .. request.Body is { } body ? body.Span : default];
    }

    /// <summary>A fixed number of requests, due whenever a connection is free. Shared by all lanes.</summary>
    private sealed class Users(long requests) : IArrivals
    {
        private long _left = requests;

        public long NextDue => Volatile.Read(ref _left) > 0 ? 0 : long.MaxValue;

        public bool TryTake(long now, out long planned)
        {
            planned = now;
            return Interlocked.Decrement(ref _left) >= 0;
        }
    }

    /// <summary>A lane's share of the schedule: every so-manieth arrival.</summary>
    private sealed class PlannedArrivals(ArrivalSchedule schedule, int lane, int lanes) : IArrivals
    {
        private readonly long _count = schedule.Count;
        private long _number = lane;

        public long NextDue { get; private set; } = lane < schedule.Count ? schedule.MomentOf(lane) : long.MaxValue;

        public bool TryTake(long now, out long planned)
        {
            planned = NextDue;
            if (planned > now)
            {
                return false;
            }

            _number += lanes;
            NextDue = _number < _count ? schedule.MomentOf(_number) : long.MaxValue;
            return true;
        }
    }
}
