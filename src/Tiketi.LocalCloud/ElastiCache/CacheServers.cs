using Tiketi.LocalCloud.Containers;
using Tiketi.LocalCloud.Hosting;

namespace Tiketi.LocalCloud.ElastiCache;

/// <summary>The Redis containers behind replication groups: one server each, primary and readers alike. It speaks no TLS: inside the pod network nobody listens.</summary>
internal sealed class CacheServers(ManagedContainers containers, CacheStore store, CloudIdentity identity, LocalCloudSettings settings)
{
    private const string Home = "/var/lib/tiketi-redis";

    /// <summary>The configuration comes through standard input, so it is neither in argv nor in a file.</summary>
    private const string Script = $$"""
        set -eu
        chown redis: {{Home}}
        exec setpriv --reuid=redis --regid=redis --init-groups redis-server - <<END
        $REDIS_CONFIGURATION
        END
        """;

    private static readonly TimeSpan StartTime = TimeSpan.FromSeconds(60);

    /// <summary>Starts the server and waits until it answers.</summary>
    /// <exception cref="CloudFormation.ResourceException">It does not come up.</exception>
    public async Task StartAsync(CacheGroup group, CancellationToken cancellationToken)
    {
        var name = ContainerOf(group.Identifier);
        var access = group.TokenHash is { } hash ? "#" + hash : "nopass";
        var configuration = $"""
            port {group.Port}
            bind *
            protected-mode no
            dir {Home}
            appendonly yes
            maxmemory-policy volatile-lru
            user default on {access} ~* &* +@all
            """;
        await containers.StartAsync(
            new ManagedContainer(
                name,
                settings.RedisImage,
                Script,
                new Dictionary<string, string>(StringComparer.Ordinal) { ["REDIS_CONFIGURATION"] = configuration },
                (group.Volume, Home),
                [store.AddressOf(group.Identifier, "master"), store.AddressOf(group.Identifier, "replica")],
                StopSignal: "SIGTERM"),
            cancellationToken);
        await containers.WaitUntilAsync(name, ["sh", "-c", $"redis-cli -p {group.Port} ping 2>&1 | grep -qE 'PONG|NOAUTH'"], StartTime, cancellationToken);
    }

    public Task RemoveAsync(string identifier, CancellationToken cancellationToken) => containers.RemoveAsync(ContainerOf(identifier), cancellationToken);

    public Task RemoveVolumeAsync(string volume, CancellationToken cancellationToken) => containers.RemoveVolumeAsync(volume, cancellationToken);

    public string ContainerOf(string identifier) => $"tiketi-{identity.Name}-redis-{identifier}";
}
