using DotNet.Testcontainers.Builders;
using DotNet.Testcontainers.Containers;

namespace Tiketi.Integration;

/// <summary>
/// Servers that we did not write, each a container on the test's engine: moto for AWS, Debian's docker-registry, PostgreSQL and Redis.
/// They share one image of Debian packages, because no image can be pulled everywhere these tests run.
/// </summary>
public sealed class Peers : IAsyncLifetime
{
    public const string PostgresPassword = "integration-only";
    public const string RedisPassword = "integration-only";

    /// <summary>user "tiketi", password "integration-only", hashed by htpasswd -B.</summary>
    private const string Htpasswd = "tiketi:$2y$05$FsUup58.NjJvOXoKeCozieV60ey632j./BJWRJ134qkdYgqiMzjv2";

    private readonly List<IContainer> _containers = [];

    public Uri Moto { get; private set; } = null!;

    public string Registry { get; private set; } = null!;

    public string Postgres { get; private set; } = null!;

    public string Redis { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        var image = await ServerImage.EnsureAsync();
        await Task.WhenAll(StartMotoAsync(image), StartRegistryAsync(image), StartPostgresAsync(image), StartRedisAsync(image));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var container in _containers)
        {
            await container.DisposeAsync();
        }
    }

    private async Task StartMotoAsync(string image) =>
        Moto = new Uri($"http://{await StartAsync(image, 5000, "exec moto_server -H 0.0.0.0 -p 5000")}");

    private async Task StartRegistryAsync(string image) =>
        Registry = await StartAsync(image, 5000, $$"""
            printf '%s\n' '{{Htpasswd}}' > /etc/htpasswd
            export REGISTRY_AUTH=htpasswd REGISTRY_AUTH_HTPASSWD_REALM=test REGISTRY_AUTH_HTPASSWD_PATH=/etc/htpasswd
            export REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY=/var/lib/docker-registry
            exec docker-registry serve /etc/docker/registry/config.yml
            """);

    private async Task StartPostgresAsync(string image)
    {
        var address = await StartAsync(image, 5432, $$"""
            printf '%s' {{PostgresPassword}} > /tmp/password && chmod 644 /tmp/password
            bin=$(ls -d /usr/lib/postgresql/*/bin)
            su postgres -c "$bin/initdb -D /tmp/data -U tiketi_admin --pwfile=/tmp/password --auth=scram-sha-256" >/dev/null
            echo "host all all all scram-sha-256" >> /tmp/data/pg_hba.conf
            exec su postgres -c "exec $bin/postgres -D /tmp/data -k /tmp -c listen_addresses='*'"
            """);
        Postgres = $"Host={address.Split(':')[0]};Port={address.Split(':')[1]};Username=tiketi_admin;Password={PostgresPassword};Database=postgres";
    }

    private async Task StartRedisAsync(string image) =>
        Redis = $"{await StartAsync(image, 6379, $"printf 'bind 0.0.0.0\\nrequirepass {RedisPassword}\\n' > /tmp/redis.conf && exec redis-server /tmp/redis.conf")},password={RedisPassword}";

    private async Task<string> StartAsync(string image, int port, string script)
    {
        var container = new ContainerBuilder(image)
            .WithPortBinding(port, assignRandomHostPort: true)
            .WithEntrypoint("sh", "-c")
            .WithCommand(script)
            .WithWaitStrategy(Wait.ForUnixContainer().UntilExternalTcpPortIsAvailable(port))
            .Build();
        lock (_containers)
        {
            _containers.Add(container);
        }

        await container.StartAsync();
        return $"{container.Hostname}:{container.GetMappedPublicPort(port)}";
    }
}

[CollectionDefinition(Name)]
public sealed class PeersCollection : ICollectionFixture<Peers>
{
    public const string Name = "peers";
}
