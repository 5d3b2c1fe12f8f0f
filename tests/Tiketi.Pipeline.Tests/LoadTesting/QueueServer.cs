using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Tiketi.Pipeline.Tests.LoadTesting;

/// <summary>
/// A waiting queue with accounts, over HTTP and as much of Socket.IO as a client needs, that does wrong what it is told to. Nobody is
/// admitted before the test says so.
/// </summary>
internal sealed class QueueServer : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly HashSet<string> _accounts = new(StringComparer.Ordinal);
    private readonly List<string> _waiting = [];
    private readonly HashSet<string> _admitted = new(StringComparer.Ordinal);
    private readonly Dictionary<string, WebSocket> _sockets = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _sending = new(1);
    private WebServer? _server;
    private int _pongs, _joins;

    public Uri Address => _server!.Address;

    /// <summary>Whether the first live connection ends when its visitor wants to join.</summary>
    public bool DropsFirst { get; init; }

    /// <summary>Whose registration is carried out, but answered by an end of the connection.</summary>
    public Func<string, bool> LosesAnswerTo { get; init; } = _ => false;

    public bool RefusesSockets { get; init; }

    /// <summary>Accounts that exist.</summary>
    public int Accounts => Read(() => _accounts.Count);

    /// <summary>Who has a place and follows it, in the order of entering.</summary>
    public IReadOnlyList<string> Following => Read(() => _waiting.Where(_sockets.ContainsKey).ToList());

    public static async Task<QueueServer> StartAsync(QueueServer server)
    {
        server._server = await WebServer.StartAsync(application =>
        {
            application.UseWebSockets();
            application.Run(server.AnswerAsync);
        });
        return server;
    }

    /// <summary>Tells a visitor that it is its turn, and returns when the client has taken that in.</summary>
    /// <param name="visitor">The account's name.</param>
    /// <param name="times">How often it is told.</param>
    public async Task AdmitAsync(string visitor, int times = 1)
    {
        var socket = Read(() =>
        {
            _waiting.Remove(visitor);
            _admitted.Add(visitor);
            return _sockets[visitor];
        });
        for (var time = 0; time < times; time++)
        {
            await SendAsync(socket, """42["queue:admitted",{"admitted":true,"position":0}]""");
        }

        var before = Volatile.Read(ref _pongs);
        await SendAsync(socket, "2"); // messages are taken in order, so its pong comes after them
        await Eventually(() => Volatile.Read(ref _pongs) > before);
    }

    public static async Task Eventually(Func<bool> condition)
    {
        for (var attempt = 0; !condition(); attempt++)
        {
            attempt.Should().BeLessThan(6000, "it must come true within a minute");
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }
    }

    public ValueTask DisposeAsync() => _server!.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        var visitor = context.Request.Headers.Authorization.ToString();
        switch (context.Request.Method, context.Request.Path.Value)
        {
            case ("GET", "/"):
                return;
            case ("GET", "/socket.io/"):
                await ServeSocketAsync(context);
                return;
            case ("POST", "/register"):
                visitor = await NameAsync(context);
                Read(() => _accounts.Add(visitor));
                if (LosesAnswerTo(visitor))
                {
                    context.Abort();
                    return;
                }

                break;
            case ("POST", "/login"):
                visitor = await NameAsync(context);
                context.Response.StatusCode = Read(() => _accounts.Contains(visitor)) ? 200 : 401;
                break;
            case ("POST", "/queue"):
                await context.Response.WriteAsync(Place(visitor, enter: true));
                return;
            case ("DELETE", "/queue"):
                Read(() => _waiting.Remove(visitor));
                return;
            case ("DELETE", "/me"):
                context.Response.StatusCode = Read(() => _accounts.Remove(visitor)) ? 204 : 404;
                return;
            default:
                context.Response.StatusCode = 404;
                return;
        }

        await context.Response.WriteAsync(new JsonObject { ["token"] = visitor }.ToJsonString());
    }

    private static async Task<string> NameAsync(HttpContext context) => (string)(await JsonNode.ParseAsync(context.Request.Body))!["name"]!;

    private string Place(string visitor, bool enter = false) => Read(() =>
    {
        if (enter)
        {
            _waiting.Add(visitor);
        }

        return new JsonObject { ["admitted"] = _admitted.Contains(visitor), ["position"] = _waiting.IndexOf(visitor) + 1 }.ToJsonString();
    });

    private async Task ServeSocketAsync(HttpContext context)
    {
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        await SendAsync(socket, """0{"sid":"s","upgrades":[],"pingInterval":600000,"pingTimeout":600000,"maxPayload":100000}""");
        var visitor = "";
        try
        {
            while (await ReceiveAsync(socket) is { } message)
            {
                if (message.StartsWith("40", StringComparison.Ordinal))
                {
                    visitor = (string)JsonNode.Parse(message[2..])!["token"]!;
                    await SendAsync(socket, RefusesSockets ? """44{"message":"Log in first"}""" : """40{"sid":"n"}""");
                }
                else if (message.StartsWith("42", StringComparison.Ordinal))
                {
                    var id = message[2..message.IndexOf('[', StringComparison.Ordinal)];
                    if (DropsFirst && Interlocked.Increment(ref _joins) == 1)
                    {
                        return;
                    }

                    await SendAsync(socket, $"43{id}[{Place(visitor)}]");
                    Read(() => _sockets[visitor] = socket);
                }
                else if (message == "3")
                {
                    Interlocked.Increment(ref _pongs);
                }
            }
        }
        catch (WebSocketException)
        {
            // the client is gone, which is its right
        }
    }

    private static async Task<string?> ReceiveAsync(WebSocket socket)
    {
        var buffer = new byte[4096];
        var received = await socket.ReceiveAsync(buffer, CancellationToken.None);
        return received.MessageType == WebSocketMessageType.Close ? null : Encoding.UTF8.GetString(buffer, 0, received.Count);
    }

    private async Task SendAsync(WebSocket socket, string message)
    {
        await _sending.WaitAsync();
        try
        {
            await socket.SendAsync(Encoding.UTF8.GetBytes(message), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
        }
        finally
        {
            _sending.Release();
        }
    }

    private T Read<T>(Func<T> read)
    {
        lock (_lock)
        {
            return read();
        }
    }
}
