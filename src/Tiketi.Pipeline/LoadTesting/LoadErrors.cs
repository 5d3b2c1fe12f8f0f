using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Tiketi.Pipeline.LoadTesting;

/// <summary>What a failed request is counted as.</summary>
internal static class LoadErrors
{
    private static readonly string[] Statuses = [.. Enumerable.Range(0, 1000).Select(status => string.Create(CultureInfo.InvariantCulture, $"HTTP {status}"))];

    public static string KindOf(HttpStatusCode status) => Statuses[(int)status];

    public static string KindOf(SocketError error) => error switch
    {
        SocketError.ConnectionRefused => "connection refused",
        SocketError.ConnectionReset or SocketError.Shutdown => "connection reset",
        SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain => "host not found",
        SocketError.TimedOut => "timeout",
        _ => $"socket error {error}",
    };

    public static string KindOf(Exception exception)
    {
        for (var cause = exception; cause is not null; cause = cause.InnerException)
        {
            if (cause is SocketException socket)
            {
                return KindOf(socket.SocketErrorCode);
            }
        }

        return (exception as HttpRequestException)?.HttpRequestError switch
        {
            HttpRequestError.SecureConnectionError => "TLS failure",
            HttpRequestError.ResponseEnded => "connection closed",
            HttpRequestError.NameResolutionError => "host not found",
            HttpRequestError.InvalidResponse or HttpRequestError.HttpProtocolError => "not HTTP",
            { } error and not HttpRequestError.Unknown => error.ToString(),
            _ => exception is HttpIOException { HttpRequestError: HttpRequestError.ResponseEnded } ? "connection closed" : exception.GetType().Name,
        };
    }
}
