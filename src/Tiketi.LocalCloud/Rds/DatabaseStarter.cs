using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Tiketi.LocalCloud.CloudFormation;

namespace Tiketi.LocalCloud.Rds;

/// <summary>Brings the databases up again when the local cloud starts.</summary>
internal sealed class DatabaseStarter(DatabaseStore store, DatabaseServers servers, ILogger<DatabaseStarter> logger) : BackgroundService
{
    // Those of the former run: what is created from now on starts itself.
    private readonly IReadOnlyList<DatabaseInstance> _atStart = store.Instances;

    /// <summary>Before anything else is served: nobody may be told that a server is available which is not.</summary>
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var instance in AtStart)
        {
            store.Put(instance with { Status = "starting" });
        }

        return base.StartAsync(cancellationToken);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(AtStart.Select(instance => StartAsync(instance, stoppingToken)));

    private IEnumerable<DatabaseInstance> AtStart => _atStart.Where(instance => instance.Status != "creating");

    private async Task StartAsync(DatabaseInstance instance, CancellationToken cancellationToken)
    {
        try
        {
            await servers.StartAsync(instance, cancellationToken);
            store.Put(instance with { Status = "available" });
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // the local cloud is stopping
        }
        catch (Exception error) when (error is ResourceException or Docker.DotNet.DockerApiException)
        {
            logger.LogError("Database {Identifier} does not start: {Reason}", instance.Identifier, error.Message);
            store.Put(instance with { Status = "failed" });
        }
    }
}
