using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Tiketi.LocalCloud.CloudFormation;

namespace Tiketi.LocalCloud.ElastiCache;

/// <summary>Brings the caches up again when the local cloud starts.</summary>
internal sealed class CacheStarter(CacheStore store, CacheServers servers, ILogger<CacheStarter> logger) : BackgroundService
{
    // Those of the former run: what is created from now on starts itself.
    private readonly IReadOnlyList<CacheGroup> _atStart = store.Groups;

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(_atStart.Where(group => group.Status != "creating").Select(group => StartAsync(group, stoppingToken)));

    private async Task StartAsync(CacheGroup group, CancellationToken cancellationToken)
    {
        store.Put(group with { Status = "starting" });
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
