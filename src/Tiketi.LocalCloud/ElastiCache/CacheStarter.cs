using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Tiketi.LocalCloud.CloudFormation;

namespace Tiketi.LocalCloud.ElastiCache;

/// <summary>Brings the caches up again when the local cloud starts.</summary>
internal sealed class CacheStarter(CacheStore store, CacheServers servers, ILogger<CacheStarter> logger) : BackgroundService
{
    // Those of the former run: what is created from now on starts itself.
    private readonly IReadOnlyList<CacheGroup> _atStart = store.Groups;

    /// <summary>Before anything else is served: nobody may be told that a server is available which is not.</summary>
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var group in AtStart)
        {
            store.Put(group with { Status = "starting" });
        }

        return base.StartAsync(cancellationToken);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(AtStart.Select(group => StartAsync(group, stoppingToken)));

    private IEnumerable<CacheGroup> AtStart => _atStart.Where(group => group.Status != "creating");

    private async Task StartAsync(CacheGroup group, CancellationToken cancellationToken)
    {
        try
        {
            await servers.StartAsync(group, cancellationToken);
            store.Put(group with { Status = "available" });
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // the local cloud is stopping
        }
        catch (Exception error) when (error is ResourceException or Docker.DotNet.DockerApiException)
        {
            logger.LogError("Cache {Identifier} does not start: {Reason}", group.Identifier, error.Message);
            store.Put(group with { Status = "failed" });
        }
    }
}
