using System.Net;
using System.Net.Sockets;
using Docker.DotNet;
using Microsoft.Extensions.Logging;
using Tiketi.LocalCloud.Containers;
using Tiketi.LocalCloud.Hosting;

namespace Tiketi.LocalCloud.PodIdentity;

/// <summary>
/// The way from pods to AWS's APIs: they listen on loopback, which no pod reaches, so their port is open on the pod network's gateway
/// too, to containers of that network alone.
/// </summary>
internal sealed class PodGateway(LocalCloudSettings settings, ContainerNetwork network, IDockerClient docker, ILogger<PodGateway> logger) : IDisposable
{
    /// <summary>The gateway's name in pods that may use it.</summary>
    public const string HostName = "aws.local-cloud.internal";

    private readonly SemaphoreSlim _opening = new(1);
    private readonly CancellationTokenSource _end = new();
    private TcpListener? _listener;

    /// <summary>Opens the way where it is not open yet.</summary>
    /// <returns>The gateway's address, the name's in a pod.</returns>
    /// <exception cref="IOException">The gateway is not this machine's, or its port is taken.</exception>
    public async Task<string> EnsureAsync(CancellationToken cancellationToken)
    {
        await _opening.WaitAsync(cancellationToken);
        try
        {
            var config = (await docker.Networks.InspectNetworkAsync(await network.EnsureAsync(cancellationToken), cancellationToken)).IPAM.Config.First();
            var address = IPAddress.Parse(config.Gateway);
            if (_listener?.LocalEndpoint is not IPEndPoint open || !open.Address.Equals(address))
            {
                _listener?.Dispose();
                _listener = Listen(address);
                _ = ServeAsync(_listener, IPNetwork.Parse(config.Subnet));
            }

            return address.ToString();
        }
        finally
        {
            _opening.Release();
        }
    }

    public void Dispose()
    {
        _end.Cancel();
        _listener?.Dispose();
        _opening.Dispose();
        _end.Dispose();
    }

    private TcpListener Listen(IPAddress address)
    {
        var listener = new TcpListener(address, settings.AwsPort);
        try
        {
            listener.Start();
            return listener;
        }
        catch (SocketException refused)
        {
            listener.Dispose();
            throw new IOException($"pods cannot reach AWS's APIs: {address}:{settings.AwsPort}, {refused.Message}", refused);
        }
    }

    private async Task ServeAsync(TcpListener listener, IPNetwork pods)
    {
        try
        {
            while (true)
            {
                var caller = await listener.AcceptSocketAsync(_end.Token);
                if (caller.RemoteEndPoint is IPEndPoint { Address: var address } && pods.Contains(address))
                {
                    _ = RelayAsync(caller, _end.Token);
                }
                else
                {
                    caller.Dispose();
                }
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException or SocketException)
        {
            if (!_end.IsCancellationRequested)
            {
                logger.LogInformation("Pods' way to AWS's APIs at {Address} has closed: {Reason}", listener.LocalEndpoint, exception.Message);
            }
        }
    }

    private async Task RelayAsync(Socket caller, CancellationToken cancellationToken)
    {
        using var pod = new NetworkStream(caller, ownsSocket: true);
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(IPAddress.Loopback, settings.AwsPort, cancellationToken);
            using var cloud = new NetworkStream(socket);
            await Task.WhenAll(CopyAsync(pod, cloud, cancellationToken), CopyAsync(cloud, pod, cancellationToken));
        }
        catch (Exception exception) when (exception is IOException or SocketException or OperationCanceledException)
        {
            // one of the two is gone, and the other learns of it by the connection's end
        }
    }

    private static async Task CopyAsync(NetworkStream from, NetworkStream to, CancellationToken cancellationToken)
    {
        await from.CopyToAsync(to, cancellationToken);
        to.Socket.Shutdown(SocketShutdown.Send);
    }
}
