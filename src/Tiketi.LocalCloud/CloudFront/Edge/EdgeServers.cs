using System.Collections.Concurrent;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Tiketi.LocalCloud.CloudFormation;
using Tiketi.LocalCloud.CloudFront.Model;

namespace Tiketi.LocalCloud.CloudFront.Edge;

/// <summary>
/// Runs one small HTTP server for each distribution, on its own loopback port from the moment it is created until it is
/// deleted, and again after a restart. Servers of their own, because the local cloud's listeners are fixed when it starts.
/// </summary>
internal sealed class EdgeServers(CloudFrontStore store, EdgeFetcher fetcher, TimeProvider time, ILogger<EdgeServers> logger) : IHostedService
{
    private readonly ConcurrentDictionary<string, (WebApplication Server, EdgeCache Cache)> _servers = new(StringComparer.Ordinal);

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var distribution in store.Current.Distributions)
        {
            await ServeAsync(distribution, cancellationToken);
        }
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        foreach (var id in _servers.Keys)
        {
            await EndAsync(id);
        }
    }

    /// <exception cref="ResourceException">The port is taken.</exception>
    public async Task ServeAsync(Distribution distribution, CancellationToken cancellationToken)
    {
        var cache = new EdgeCache(time);
        var handler = new EdgeHandler(distribution.Id, store, fetcher, cache, logger);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.ListenLocalhost(distribution.Port, options => options.Protocols = HttpProtocols.Http1);
        });
        var server = builder.Build();
        server.Run(handler.HandleAsync);
        try
        {
            await server.StartAsync(cancellationToken);
        }
        catch (Exception error) when (error is IOException or SocketException)
        {
            await server.DisposeAsync();
            throw new ResourceException(
                $"Port {distribution.Port} for the CloudFront distribution '{distribution.Config.Comment}' is in use by another program. Stop that program, or choose another first port for distributions.");
        }

        _servers[distribution.Id] = (server, cache);
    }

    public async Task EndAsync(string id)
    {
        if (_servers.TryRemove(id, out var running))
        {
            await running.Server.StopAsync();
            await running.Server.DisposeAsync();
        }
    }

    /// <summary>Empties a distribution's cache as far as the patterns go; done when it returns.</summary>
    public int Invalidate(string id, IReadOnlyList<InvalidationPattern> patterns) =>
        _servers.TryGetValue(id, out var running) ? running.Cache.Invalidate(patterns) : 0;
}
