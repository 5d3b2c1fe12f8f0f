using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Docker.DotNet;
using Docker.DotNet.Models;

namespace Tiketi.LocalCloud.Kubernetes.Kubelet;

/// <summary>What probes and lifecycle hooks do: a request, a connection, a command, a pause.</summary>
internal sealed class Handlers(IDockerClient docker, TimeProvider time) : IDisposable
{
    private const int OutputLimit = 10 * 1024;

    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        PooledConnectionLifetime = TimeSpan.Zero, // each probe is a connection of its own, as the kubelet's are
        UseProxy = false,
        SslOptions = { RemoteCertificateValidationCallback = (_, _, _, _) => true }, // a probe asks whether it answers, not who it is
    }) { Timeout = Timeout.InfiniteTimeSpan };

    /// <returns>Null: it succeeded; else why not.</returns>
    public async Task<string?> RunAsync(JsonObject handler, JsonObject container, string containerId, string podIp, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            return handler.Object("httpGet") is { } get ? await GetAsync(get, container, podIp, either.Token)
                : handler.Object("tcpSocket") is { } socket ? await ConnectAsync(socket, container, podIp, either.Token)
                : handler.Object("exec") is { } exec ? await ExecAsync(containerId, exec.Texts("command"), either.Token)
                : handler.Object("sleep") is { } sleep ? await SleepAsync(sleep, either.Token)
                : "the local cluster has no handler of this kind";
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return handler.Object("httpGet") is { } get ? $"Get \"{AddressOf(get, container, podIp)}\": context deadline exceeded (Client.Timeout exceeded while awaiting headers)"
                : handler.Object("tcpSocket") is { } socket ? $"dial tcp {podIp}:{PortOf(socket, container)}: i/o timeout"
                : $"command timed out after {timeout.TotalSeconds}s";
        }
    }

    /// <summary>A port by number, or by the name that the container gives it.</summary>
    public static int PortOf(JsonObject handler, JsonObject container) =>
        handler["port"].AsLong() is { } number ? (int)number
        : int.TryParse(handler.Text("port"), NumberStyles.None, CultureInfo.InvariantCulture, out var parsed) ? parsed
        : (int)(container.Items("ports").FirstOrDefault(port => port.Text("name") == handler.Text("port")).Number("containerPort") ?? 0);

    public void Dispose() => _http.Dispose();

    private static string AddressOf(JsonObject get, JsonObject container, string podIp)
    {
        var path = get.Text("path") ?? "/";
        return $"{(get.Text("scheme") ?? "HTTP").ToLowerInvariant()}://{get.Text("host") ?? podIp}:{PortOf(get, container)}{(path.StartsWith('/') ? path : "/" + path)}";
    }

    private async Task<string?> GetAsync(JsonObject get, JsonObject container, string podIp, CancellationToken cancellationToken)
    {
        var address = AddressOf(get, container, podIp);
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.TryAddWithoutValidation("User-Agent", "kube-probe/1.33");
        request.Headers.TryAddWithoutValidation("Accept", "*/*");
        request.Headers.ConnectionClose = true;
        foreach (var header in get.Items("httpHeaders"))
        {
            request.Headers.Remove(header.Text("name")!);
            request.Headers.TryAddWithoutValidation(header.Text("name")!, header.Text("value"));
        }

        try
        {
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            return (int)response.StatusCode is >= 200 and < 400 ? null : $"HTTP probe failed with statuscode: {(int)response.StatusCode}";
        }
        catch (HttpRequestException e)
        {
            return $"Get \"{address}\": {Reason(e, $"{podIp}:{PortOf(get, container)}")}";
        }
    }

    private static async Task<string?> ConnectAsync(JsonObject handler, JsonObject container, string podIp, CancellationToken cancellationToken)
    {
        var (host, port) = (handler.Text("host") ?? podIp, PortOf(handler, container));
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(host, port, cancellationToken);
            return null;
        }
        catch (SocketException e)
        {
            return Reason(e, $"{host}:{port}");
        }
    }

    private async Task<string?> ExecAsync(string containerId, IEnumerable<string> command, CancellationToken cancellationToken)
    {
        try
        {
            var exec = await docker.Exec.CreateContainerExecAsync(containerId, new ContainerExecCreateParameters { Cmd = [.. command], AttachStdout = true, AttachStderr = true }, cancellationToken);
            using var stream = await docker.Exec.StartContainerExecAsync(exec.ID, new ContainerExecStartParameters(), cancellationToken);
            var (output, errors) = await stream.ReadOutputToEndAsync(cancellationToken);
            var result = await docker.Exec.InspectContainerExecAsync(exec.ID, cancellationToken);
            var said = new StringBuilder(output).Append(errors).ToString();
            return result.ExitCode is 0 ? null : said.Length > 0 ? said[..Math.Min(said.Length, OutputLimit)] : $"command terminated with exit code {result.ExitCode}";
        }
        catch (DockerApiException e)
        {
            return e.ResponseBody is { Length: > 0 } body ? body : e.Message;
        }
    }

    private async Task<string?> SleepAsync(JsonObject sleep, CancellationToken cancellationToken)
    {
        await Task.Delay(TimeSpan.FromSeconds(sleep.Number("seconds") ?? 0), time, cancellationToken);
        return null;
    }

    private static string Reason(Exception e, string address) => e.GetBaseException() switch
    {
        SocketException { SocketErrorCode: SocketError.ConnectionRefused } => $"dial tcp {address}: connect: connection refused",
        SocketException { SocketErrorCode: SocketError.HostUnreachable } => $"dial tcp {address}: connect: no route to host",
        SocketException { SocketErrorCode: SocketError.ConnectionReset } => $"read tcp {address}: connection reset by peer",
        var cause => cause.Message,
    };
}
