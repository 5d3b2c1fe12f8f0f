using Microsoft.Extensions.Logging;
using Tiketi.LocalCloud.Containers;

namespace Tiketi.LocalCloud.ElastiCache;

/// <summary>Brings the caches up again when the local cloud starts.</summary>
internal sealed class CacheStarter(CacheStore store, CacheServers servers, ILogger<CacheStarter> logger)
    : ServerStarter<CacheGroup>(store.Groups.Where(group => group.Status != "creating"), logger)
{
    protected override string Describe(CacheGroup server) => $"Cache {server.Identifier}";

    protected override void Put(CacheGroup server, string status) => store.Put(server with { Status = status });

    protected override Task StartServerAsync(CacheGroup server, CancellationToken cancellationToken) => servers.StartAsync(server, cancellationToken);
}
