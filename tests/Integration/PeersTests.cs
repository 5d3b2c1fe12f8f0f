using Npgsql;
using StackExchange.Redis;

namespace Tiketi.Integration;

/// <summary>The peers themselves: a test against a server that is not the real one would prove nothing.</summary>
[Collection(PeersCollection.Name)]
public sealed class PeersTests(Peers peers)
{
    [Fact]
    public async Task Postgres_Answers()
    {
        await using var source = NpgsqlDataSource.Create(peers.Postgres);
        await using var command = source.CreateCommand("select version()");

        (await command.ExecuteScalarAsync()).Should().BeOfType<string>().Which.Should().StartWith("PostgreSQL");
    }

    [Fact]
    public async Task Redis_AnswersWithThePasswordOnly()
    {
        await using var redis = await ConnectionMultiplexer.ConnectAsync(peers.Redis);
        (await redis.GetDatabase().PingAsync()).Should().BePositive();

        var act = () => ConnectionMultiplexer.ConnectAsync(peers.Redis.Split(',')[0]);
        await act.Should().ThrowAsync<RedisConnectionException>();
    }
}
