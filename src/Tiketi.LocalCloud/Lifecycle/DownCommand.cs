using Docker.DotNet;
using Docker.DotNet.Models;
using Tiketi.LocalCloud.Engine;

namespace Tiketi.LocalCloud.Lifecycle;

/// <summary>`down`: ends the server, stops its containers and the engine that was started for it. All data stays.</summary>
internal sealed class DownCommand(string stateDirectory, Action<string> say)
{
    /// <summary>How long the server may take to end by itself.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(20);

    /// <summary>PostgreSQL's own fast shutdown ends well within this.</summary>
    private const uint ContainerGraceSeconds = 10;

    public async Task<DownReport> RunAsync(CancellationToken cancellationToken)
    {
        if (!Directory.Exists(stateDirectory))
        {
            return new DownReport(ServerStopped: false, ContainersStopped: 0, EngineStopped: false);
        }

        using var held = await StateLock.AcquireAsync(stateDirectory, say, cancellationToken);
        var record = ServeRecord.Load(stateDirectory);
        var stopped = false;
        if (record is { IsRunning: true })
        {
            if (!await Posix.StopAsync(record.Pid, Grace, cancellationToken))
            {
                say($"The local cloud (pid {record.Pid}) did not end within {Grace.TotalSeconds:0} s and was killed.");
            }

            stopped = true;
        }

        var containers = record is null ? 0 : await StopContainersAsync(record.DockerHost, cancellationToken);
        var engineStopped = await new PrivateEngine(stateDirectory, say).StopAsync(cancellationToken);
        return new DownReport(stopped, containers, engineStopped);
    }

    private async Task<int> StopContainersAsync(string dockerHost, CancellationToken cancellationToken)
    {
        using var client = await DockerEngine.TryConnectAsync(dockerHost, cancellationToken);
        if (client is null)
        {
            return 0; // the engine is down, and its containers with it
        }

        var containers = await OwnContainers.ListAsync(client, stateDirectory, all: false, cancellationToken);
        await Task.WhenAll(containers.Select(container => StopAsync(client, container.ID, cancellationToken)));
        await OwnContainers.RemoveUnusedNetworkAsync(client, stateDirectory, say, cancellationToken);
        return containers.Count;
    }

    private static async Task StopAsync(IDockerClient client, string id, CancellationToken cancellationToken)
    {
        try
        {
            await client.Containers.StopContainerAsync(id, new ContainerStopParameters { WaitBeforeKillSeconds = ContainerGraceSeconds }, cancellationToken);
        }
        catch (DockerContainerNotFoundException)
        {
            // it removed itself between the listing and now
        }
    }
}

/// <summary>What `down --json` prints.</summary>
internal sealed record DownReport(bool ServerStopped, int ContainersStopped, bool EngineStopped);
