using Microsoft.Extensions.Logging;
using Tiketi.LocalCloud.Containers;

namespace Tiketi.LocalCloud.Rds;

/// <summary>Brings the databases up again when the local cloud starts.</summary>
internal sealed class DatabaseStarter(DatabaseStore store, DatabaseServers servers, ILogger<DatabaseStarter> logger)
    : ServerStarter<DatabaseInstance>(store.Instances.Where(instance => instance.Status is not ("creating" or "stopped")), logger)
{
    protected override string Describe(DatabaseInstance server) => $"Database {server.Identifier}";

    protected override void Put(DatabaseInstance server, string status) => store.Put(server with { Status = status });

    protected override Task StartServerAsync(DatabaseInstance server, CancellationToken cancellationToken) => servers.StartAsync(server, cancellationToken);
}
