using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Tiketi.LocalCloud.CloudFormation;

namespace Tiketi.LocalCloud.Containers;

/// <summary>Brings a service's servers up again when the local cloud starts.</summary>
/// <typeparam name="T">What the service keeps of a server.</typeparam>
/// <param name="servers">Those of the former run: what is created from now on starts itself.</param>
/// <param name="logger">Told of a server that does not start.</param>
internal abstract class ServerStarter<T>(IEnumerable<T> servers, ILogger logger) : BackgroundService
{
    private readonly IReadOnlyList<T> _servers = [.. servers];

    /// <summary>Before anything else is served: nobody may be told that a server is available which is not.</summary>
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var server in _servers)
        {
            Put(server, "starting");
        }

        return base.StartAsync(cancellationToken);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(_servers.Select(server => BringUpAsync(server, stoppingToken)));

    /// <summary>"Database tiketi-db", for the log.</summary>
    protected abstract string Describe(T server);

    /// <summary>Stores the server with its new status.</summary>
    protected abstract void Put(T server, string status);

    /// <summary>Starts the container and waits until it serves.</summary>
    /// <exception cref="ResourceException">It does not come up.</exception>
    protected abstract Task StartServerAsync(T server, CancellationToken cancellationToken);

    private async Task BringUpAsync(T server, CancellationToken cancellationToken)
    {
        try
        {
            await StartServerAsync(server, cancellationToken);
            Put(server, "available");
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // the local cloud is stopping
        }
        catch (Exception error) when (error is ResourceException or Docker.DotNet.DockerApiException)
        {
            logger.LogError("{Server} does not start: {Reason}", Describe(server), error.Message);
            Put(server, "failed");
        }
    }
}
