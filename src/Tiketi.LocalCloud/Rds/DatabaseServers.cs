using Tiketi.LocalCloud.CloudFormation;
using Tiketi.LocalCloud.Containers;
using Tiketi.LocalCloud.Hosting;

namespace Tiketi.LocalCloud.Rds;

/// <summary>The PostgreSQL containers behind database instances.</summary>
internal sealed class DatabaseServers(ManagedContainers containers, DatabaseStore store, CloudIdentity identity, LocalCloudSettings settings)
{
    private const string Home = "/var/lib/tiketi-postgres";

    /// <summary>Debian keeps the binaries out of PATH, the official image in it.</summary>
    private const string FindBinaries = """bin=$(dirname "$(command -v initdb || ls /usr/lib/postgresql/*/bin/initdb | sort -V | tail -n 1)")""";

    /// <summary>initdb fills a folder that gets its name only when it is whole: a start that was killed half-way begins afresh.</summary>
    private const string Script = $$"""
        set -eu
        {{FindBinaries}}
        as_postgres="setpriv --reuid=postgres --regid=postgres --init-groups"
        mkdir -p /run/postgresql
        chown postgres: /run/postgresql {{Home}}
        if [ ! -d {{Home}}/data ]; then
          rm -rf {{Home}}/new
          $as_postgres "$bin/initdb" --pgdata={{Home}}/new --username=postgres --encoding=UTF8 --locale=C.UTF-8 --auth-local=peer --auth-host=scram-sha-256
          echo 'host all all all scram-sha-256' >> {{Home}}/new/pg_hba.conf
          mv {{Home}}/new {{Home}}/data
        fi
        rm -f {{Home}}/data/postmaster.pid
        exec $as_postgres "$bin/postgres" -D {{Home}}/data -p "$POSTGRES_PORT" -c listen_addresses='*' -c unix_socket_directories=/run/postgresql -c password_encryption=scram-sha-256
        """;

    private static readonly TimeSpan StartTime = TimeSpan.FromSeconds(90);

    /// <summary>Starts the server and waits until it takes connections.</summary>
    /// <exception cref="ResourceException">It does not come up.</exception>
    public async Task StartAsync(DatabaseInstance instance, CancellationToken cancellationToken)
    {
        var name = ContainerOf(instance.Identifier);
        await containers.StartAsync(
            new ManagedContainer(
                name,
                settings.PostgresImage,
                Script,
                new Dictionary<string, string>(StringComparer.Ordinal) { ["POSTGRES_PORT"] = $"{instance.Port}" },
                (instance.Volume, Home),
                [store.AddressOf(instance.Identifier)],
                StopSignal: "SIGINT"), // PostgreSQL's fast shutdown
            cancellationToken);
        await containers.WaitUntilAsync(name, ["sh", "-c", $"{FindBinaries}; \"$bin/pg_isready\" -q -h 127.0.0.1 -p {instance.Port}"], StartTime, cancellationToken);
    }

    /// <summary>Sees to the master user, its password and the first database.</summary>
    public Task PrepareAsync(DatabaseInstance instance, string password, CancellationToken cancellationToken) => QueryAsync(instance, $"""
        SELECT 'CREATE ROLE "{instance.MasterUser}" LOGIN CREATEDB CREATEROLE' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{instance.MasterUser}') \gexec
        ALTER ROLE "{instance.MasterUser}" PASSWORD '{ScramVerifier.Of(password)}';
        {(instance.DatabaseName is { } database ? $"""SELECT 'CREATE DATABASE "{database}" OWNER "{instance.MasterUser}"' WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = '{database}') \gexec""" : "")}
        """, cancellationToken);

    /// <summary>Ends the server; its volume stays.</summary>
    public Task StopAsync(DatabaseInstance instance, CancellationToken cancellationToken) => containers.RemoveAsync(ContainerOf(instance.Identifier), cancellationToken);

    public Task RemoveAsync(string identifier, CancellationToken cancellationToken) => containers.RemoveAsync(ContainerOf(identifier), cancellationToken);

    public Task RemoveVolumeAsync(string volume, CancellationToken cancellationToken) => containers.RemoveVolumeAsync(volume, cancellationToken);

    public string ContainerOf(string identifier) => $"tiketi-{identity.Name}-rds-{identifier}";

    private async Task QueryAsync(DatabaseInstance instance, string sql, CancellationToken cancellationToken)
    {
        var command = $"{FindBinaries}; \"$bin/psql\" -X -q -v ON_ERROR_STOP=1 -h /run/postgresql -p {instance.Port} -U postgres -f -";
        var (exitCode, output) = await containers.ExecuteAsync(ContainerOf(instance.Identifier), ["sh", "-c", command], user: "postgres", sql + "\n", cancellationToken);
        if (exitCode != 0)
        {
            throw new ResourceException($"PostgreSQL of {instance.Identifier} refused its set-up: {output.Trim()}");
        }
    }
}
