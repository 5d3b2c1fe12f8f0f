using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tiketi.Pipeline.Kubernetes;

namespace Tiketi.Pipeline.Verification.Checks;

/// <summary>
/// As much of Engine.IO 4 and Socket.IO 5 as tells whether a server speaks them through everything that lies between. Written
/// out, because the exact answer to each step is the evidence that a person needs.
/// </summary>
internal sealed class EngineIoClient : IAsyncDisposable
{
    private const string Remedy = "Route /socket.io to ticket-service on the ingress, with WebSocket upgrades allowed (a missing /socket.io rule is a known outage).";

    private readonly ClientWebSocket _socket;

    private EngineIoClient(ClientWebSocket socket, string sessionId) => (_socket, SessionId) = (socket, sessionId);

    public string SessionId { get; }

    public static Uri AddressOf(Uri api) => new UriBuilder(new Uri(api, "/socket.io/?EIO=4&transport=websocket")) { Scheme = api.Scheme == Uri.UriSchemeHttps ? "wss" : "ws" }.Uri;

    /// <exception cref="PipelineException">No WebSocket, or somebody other than Socket.IO answers.</exception>
    public static async Task<EngineIoClient> ConnectAsync(Uri api, CancellationToken cancellationToken)
    {
        var socket = new ClientWebSocket();
        try
        {
            await socket.ConnectAsync(AddressOf(api), cancellationToken);
            var open = await ReceiveAsync(socket, cancellationToken);
            var session = open.StartsWith("0{", StringComparison.Ordinal) ? JsonNode.Parse(open[1..]).Text("sid") : null;
            return new EngineIoClient(socket, session ?? throw new PipelineException($"{AddressOf(api)} answers {open}, which is not how Socket.IO begins.", Remedy));
        }
        catch (Exception exception) when (exception is WebSocketException or JsonException)
        {
            socket.Dispose();
            throw new PipelineException($"No WebSocket at {AddressOf(api)}: {(exception.InnerException ?? exception).Message}", Remedy, exception);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Enters the default namespace as the user of <paramref name="token"/>.</summary>
    /// <exception cref="PipelineException">Socket.IO does not admit it.</exception>
    public async Task JoinAsync(string token, CancellationToken cancellationToken)
    {
        await _socket.SendAsync(Encoding.UTF8.GetBytes("40" + JsonSerializer.Serialize(new { token })), WebSocketMessageType.Text, endOfMessage: true, cancellationToken);
        string answer;
        do
        {
            answer = await ReceiveAsync(_socket, cancellationToken);
        }
        while (await AnswerAsync(answer, cancellationToken));

        if (!answer.StartsWith("40", StringComparison.Ordinal))
        {
            throw new PipelineException($"Socket.IO does not admit a user who just logged in: {answer}", "Give all services the same JWT_SECRET (secret tiketi-jwt-secret), then restart them.");
        }
    }

    /// <summary>Answers the server's pings for so long, then asks whether it still listens.</summary>
    /// <returns>How many pings were answered.</returns>
    /// <exception cref="PipelineException">The server closed the connection.</exception>
    /// <exception cref="WebSocketException">The connection broke.</exception>
    public async Task<int> HoldAsync(TimeSpan duration, TimeProvider time, CancellationToken cancellationToken)
    {
        var pings = 0;
        var message = ReceiveAsync(_socket, cancellationToken);
        var end = Task.Delay(duration, time, cancellationToken);
        while (await Task.WhenAny(message, end) == message)
        {
            pings += await AnswerAsync(await message, cancellationToken) ? 1 : 0;
            message = ReceiveAsync(_socket, cancellationToken);
        }

        await end; // the caller may have cancelled it
        await _socket.SendAsync("40"u8.ToArray(), WebSocketMessageType.Text, endOfMessage: true, cancellationToken);
        while (!(await message).StartsWith('4')) // admitted or refused: either is an answer
        {
            pings += await AnswerAsync(await message, cancellationToken) ? 1 : 0;
            message = ReceiveAsync(_socket, cancellationToken);
        }

        return pings;
    }

    private async Task<bool> AnswerAsync(string message, CancellationToken cancellationToken)
    {
        if (message != "2")
        {
            return false;
        }

        await _socket.SendAsync("3"u8.ToArray(), WebSocketMessageType.Text, endOfMessage: true, cancellationToken);
        return true;
    }

    public async ValueTask DisposeAsync()
    {
        if (_socket.State == WebSocketState.Open)
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(1));
            try
            {
                await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, statusDescription: null, limit.Token);
            }
            catch (Exception exception) when (exception is WebSocketException or OperationCanceledException)
            {
                // The server closed first: that is as good.
            }
        }

        _socket.Dispose();
    }

    private static async Task<string> ReceiveAsync(ClientWebSocket socket, CancellationToken cancellationToken)
    {
        var (buffer, text) = (new byte[4096], new MemoryStream());
        while (true)
        {
            var part = await socket.ReceiveAsync(buffer.AsMemory(), cancellationToken);
            if (part.MessageType == WebSocketMessageType.Close)
            {
                throw new PipelineException($"The server closed the WebSocket: {socket.CloseStatus} {socket.CloseStatusDescription}", Remedy);
            }

            await text.WriteAsync(buffer.AsMemory(0, part.Count), cancellationToken);
            if (part.EndOfMessage)
            {
                return Encoding.UTF8.GetString(text.ToArray());
            }
        }
    }
}
