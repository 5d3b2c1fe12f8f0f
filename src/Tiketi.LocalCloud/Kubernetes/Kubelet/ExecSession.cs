using System.Globalization;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Docker.DotNet;
using Docker.DotNet.Models;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Tiketi.LocalCloud.Kubernetes.Api;

namespace Tiketi.LocalCloud.Kubernetes.Kubelet;

/// <summary>One command in a container over a web socket: the remote command protocol v5 (and v4, which cannot end its input).</summary>
internal sealed class ExecSession(IDockerClient docker, ApiRequest request, string containerId)
{
    private const byte Input = 0;
    private const byte Output = 1;
    private const byte Errors = 2;
    private const byte Result = 3;
    private const byte Resize = 4;
    private const byte Close = 255;
    private const int BufferSize = 32 * 1024;
    private static readonly string[] Protocols = ["v5.channel.k8s.io", "v4.channel.k8s.io"];

    private readonly SemaphoreSlim _sending = new(1, 1);

    public async Task RunAsync()
    {
        var tty = request.QueryFlag("tty");
        var input = request.QueryFlag("stdin");
        var exec = await docker.Exec.CreateContainerExecAsync(containerId, new ContainerExecCreateParameters
        {
            Cmd = [.. request.Context.Request.Query["command"].Select(word => word ?? string.Empty)],
            AttachStdin = input,
            AttachStdout = request.QueryFlag("stdout"),
            AttachStderr = request.QueryFlag("stderr") && !tty,
            TTY = tty,
        }, request.Aborted);

        using var socket = await AcceptAsync();
        using var stream = await docker.Exec.StartContainerExecAsync(exec.ID, new ContainerExecStartParameters { TTY = tty }, request.Aborted);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(request.Aborted);
        var reading = ReadAsync(socket, stream, exec.ID, input, ended.Token);
        await SendOutputAsync(socket, stream);
        var code = (await docker.Exec.InspectContainerExecAsync(exec.ID, request.Aborted)).ExitCode ?? 0;
        await SendAsync(socket, Result, Encoding.UTF8.GetBytes(Outcome(code).Compact()));
        await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, statusDescription: null, request.Aborted);
        await ended.CancelAsync();
        await reading;
    }

    private static JsonObject Outcome(long code) => code == 0
        ? new JsonObject { ["metadata"] = new JsonObject(), ["status"] = "Success" }
        : new JsonObject
        {
            ["metadata"] = new JsonObject(),
            ["status"] = "Failure",
            ["message"] = $"command terminated with non-zero exit code: exit status {code}",
            ["reason"] = "NonZeroExitCode",
            ["details"] = new JsonObject { ["causes"] = new JsonArray(new JsonObject { ["reason"] = "ExitCode", ["message"] = code.ToString(CultureInfo.InvariantCulture) }) },
        };

    private async Task<WebSocket> AcceptAsync()
    {
        var context = request.Context;
        var feature = context.Features.Get<IHttpUpgradeFeature>();
        var protocol = context.Request.Headers.SecWebSocketProtocol.SelectMany(value => (value ?? string.Empty).Split(',')).Select(value => value.Trim())
            .FirstOrDefault(value => Protocols.Contains(value, StringComparer.Ordinal));
        if (feature is not { IsUpgradableRequest: true } || !context.Request.Headers.ContainsKey("Sec-WebSocket-Key") || protocol is null)
        {
            throw StatusException.BadRequest("exec needs a web socket with subprotocol v5.channel.k8s.io or v4.channel.k8s.io (kubectl 1.30 and later ask for one)");
        }

        var accept = SHA1.HashData(Encoding.ASCII.GetBytes(context.Request.Headers.SecWebSocketKey + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"));
        context.Response.Headers.Upgrade = "websocket";
        context.Response.Headers.Connection = "Upgrade";
        context.Response.Headers.SecWebSocketAccept = Convert.ToBase64String(accept);
        context.Response.Headers.SecWebSocketProtocol = protocol;
        return WebSocket.CreateFromStream(await feature.UpgradeAsync(), new WebSocketCreationOptions { IsServer = true, SubProtocol = protocol });
    }

    private async Task SendOutputAsync(WebSocket socket, MultiplexedStream stream)
    {
        var buffer = new byte[BufferSize];
        while (true)
        {
            var read = await stream.ReadOutputAsync(buffer, 0, buffer.Length, request.Aborted);
            if (read.EOF)
            {
                return;
            }

            await SendAsync(socket, read.Target == MultiplexedStream.TargetStream.StandardError ? Errors : Output, buffer.AsMemory(0, read.Count));
        }
    }

    private async Task SendAsync(WebSocket socket, byte channel, ReadOnlyMemory<byte> content)
    {
        await _sending.WaitAsync(request.Aborted);
        try
        {
            await socket.SendAsync((byte[])[channel, .. content.Span], WebSocketMessageType.Binary, endOfMessage: true, request.Aborted);
        }
        finally
        {
            _sending.Release();
        }
    }

    private async Task ReadAsync(WebSocket socket, MultiplexedStream stream, string execId, bool input, CancellationToken cancellationToken)
    {
        var buffer = new byte[BufferSize];
        try
        {
            while (true)
            {
                using var message = new MemoryStream();
                ValueWebSocketReceiveResult part;
                do
                {
                    part = await socket.ReceiveAsync(buffer.AsMemory(), cancellationToken);
                    message.Write(buffer, 0, part.Count);
                }
                while (!part.EndOfMessage);

                if (part.MessageType == WebSocketMessageType.Close)
                {
                    return;
                }

                await HandleAsync(message.ToArray(), stream, execId, input, cancellationToken);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or WebSocketException or IOException)
        {
            // the command has ended or the client has gone: nobody types any more
        }
    }

    private async Task HandleAsync(byte[] message, MultiplexedStream stream, string execId, bool input, CancellationToken cancellationToken)
    {
        switch (message)
        {
            case [Input, ..] when input && message.Length > 1:
                await stream.WriteAsync(message, 1, message.Length - 1, cancellationToken);
                break;
            case [Close, Input] when input:
                stream.CloseWrite();
                break;
            case [Resize, ..] when JsonNode.Parse(message.AsSpan(1)) is { } size:
                await docker.Exec.ResizeExecTtyAsync(execId, new ContainerResizeParameters { Height = size.Number("Height") ?? 0, Width = size.Number("Width") ?? 0 }, cancellationToken);
                break;
        }
    }
}
