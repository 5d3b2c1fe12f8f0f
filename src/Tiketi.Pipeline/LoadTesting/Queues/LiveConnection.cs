using System.Net.WebSockets;
using System.Text.Json;
using SocketIOClient;
using SocketIOClient.Transport;
using Tiketi.Pipeline.LoadTesting.Scenarios;

namespace Tiketi.Pipeline.LoadTesting.Queues;

/// <summary>One visitor's Socket.IO connection, over WebSocket alone.</summary>
internal sealed class LiveConnection : IDisposable
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(20);

    private readonly SocketIO _socket;
    private readonly QueueFollow _follow;
    private readonly Action<JsonElement, bool> _take;
    private readonly object? _message;
    private readonly TaskCompletionSource _connected = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <param name="api">The API's address.</param>
    /// <param name="follow">How the place is followed.</param>
    /// <param name="values">For the {names} in it.</param>
    /// <param name="take">What the visitor is told; true for the event that comes once, at the admission. On any thread.</param>
    public LiveConnection(Uri api, QueueFollow follow, IReadOnlyDictionary<string, string> values, Action<JsonElement, bool> take)
    {
        (_follow, _take) = (follow, take);
        _message = ScenarioText.Fill(follow.Message, values);
        _socket = new SocketIO(new Uri(api, "/"), new SocketIOOptions
        {
            Path = follow.Path,
            Auth = ScenarioText.Fill(follow.Auth, values),
            EIO = 4,
            Transport = TransportProtocol.WebSocket,
            AutoUpgrade = false,
            Reconnection = false, // each end is counted
            ConnectionTimeout = ConnectTimeout,
        });
        _socket.OnConnected += (_, _) => _connected.TrySetResult();
        _socket.OnError += (_, reason) => _connected.TrySetException(new LiveConnectionException(reason, isRefusal: true));
        _socket.OnDisconnected += (_, reason) =>
        {
            _connected.TrySetException(new LiveConnectionException(reason, isRefusal: false));
            _ended.TrySetResult();
        };
        _socket.On(follow.Update, response => Tell(response, isAdmission: false));
        _socket.On(follow.Admitted, response => Tell(response, isAdmission: true));
    }

    /// <summary>Completes when the connection is no more.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Connects, and asks to be told about the place; the answer is the first that is told.</summary>
    /// <exception cref="LiveConnectionException">It did not come to that.</exception>
    public async Task JoinAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _socket.ConnectAsync().WaitAsync(cancellationToken);
            await _connected.Task.WaitAsync(ConnectTimeout, cancellationToken);
            var answer = new TaskCompletionSource<JsonElement>(TaskCreationOptions.RunContinuationsAsynchronously);
            Action<SocketIOResponse> acknowledge = response => answer.TrySetResult(response.GetValue(0));
            await _socket.EmitAsync(_follow.Join, cancellationToken, acknowledge, _message is null ? [] : [_message]);
            await Task.WhenAny(answer.Task, Ended).WaitAsync(ConnectTimeout, cancellationToken);
            if (!answer.Task.IsCompleted)
            {
                throw new LiveConnectionException("disconnected", isRefusal: false);
            }

            var place = await answer.Task;
            if (place.ValueKind != JsonValueKind.Object || place.TryGetProperty("error", out _))
            {
                throw new LiveConnectionException($"{_follow.Join} was answered with {place}", isRefusal: true);
            }

            _take(place, false);
        }
        catch (Exception exception) when (exception is TimeoutException or WebSocketException or HttpRequestException or IOException or InvalidOperationException
            || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw new LiveConnectionException(exception.Message, isRefusal: false, exception);
        }
    }

    public void Dispose() => _socket.Dispose();

    private void Tell(SocketIOResponse response, bool isAdmission) => _take(response.Count > 0 ? response.GetValue(0) : default, isAdmission);
}

/// <summary>No live connection.</summary>
/// <param name="message">Why.</param>
/// <param name="isRefusal">The server does not want this visitor, so trying again is in vain.</param>
/// <param name="inner">The cause.</param>
internal sealed class LiveConnectionException(string message, bool isRefusal, Exception? inner = null) : Exception(message, inner)
{
    public bool IsRefusal => isRefusal;
}
