using Tiketi.Pipeline.Configuration;

namespace Tiketi.Pipeline.Tests.Configuration;

public sealed class ApplicationConfigTests
{
    private static readonly InfrastructureAddresses Addresses = new("db.internal", "5432", "tiketi", "tiketi_admin", "redis.internal", "6379", "tiketi-uploads-prod");
    private static readonly EnvironmentSettings Production = EnvironmentFile.Parse("e.yaml", "production", "domain: tiketi.example\ngoogleClientId: g-1");

    [Fact]
    public void EveryKeyOfTheGuide_IsThere()
    {
        const string file = """
            # decided by people
            NODE_ENV=production
            PORT=3001
            TZ=Asia/Seoul
            LOKI_URL=http://loki-service:3100
            QUEUE_THRESHOLD=1000
            QUEUE_PROCESSOR_INTERVAL=10000
            """;

        ApplicationConfig.Merge(file, "config.env", Production, Addresses).Should().BeEquivalentTo(new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["NODE_ENV"] = "production",
            ["DB_HOST"] = "db.internal",
            ["DB_PORT"] = "5432",
            ["DB_NAME"] = "tiketi",
            ["DB_USER"] = "tiketi_admin",
            ["DB_SSL"] = "true",
            ["POSTGRES_DB"] = "tiketi",
            ["POSTGRES_USER"] = "tiketi_admin",
            ["REDIS_HOST"] = "redis.internal",
            ["REDIS_PORT"] = "6379",
            ["REDIS_TLS"] = "true",
            ["PORT"] = "3001",
            ["SOCKET_IO_CORS_ORIGIN"] = "https://tiketi.example",
            ["TZ"] = "Asia/Seoul",
            ["REACT_APP_API_URL"] = "https://api.tiketi.example",
            ["REACT_APP_SOCKET_URL"] = "https://api.tiketi.example",
            ["AWS_REGION"] = "ap-northeast-2",
            ["AWS_S3_BUCKET"] = "tiketi-uploads-prod",
            ["LOKI_URL"] = "http://loki-service:3100",
            ["QUEUE_THRESHOLD"] = "1000",
            ["QUEUE_PROCESSOR_INTERVAL"] = "10000",
            ["GOOGLE_CLIENT_ID"] = "g-1",
            ["REACT_APP_GOOGLE_CLIENT_ID"] = "g-1",
        });
    }

    [Fact]
    public void APastedEndpoint_IsRefused()
    {
        var act = () => ApplicationConfig.Merge("DB_HOST=old.example", "config.env", Production, Addresses);

        act.Should().Throw<PipelineException>().WithMessage("config.env states DB_HOST*db.internal*");
    }

    [Fact]
    public void ALineWithoutAValue_IsNamed()
    {
        var act = () => ApplicationConfig.Merge("A=1\nnonsense", "config.env", Production, Addresses);

        act.Should().Throw<PipelineException>().WithMessage("config.env:2: 'nonsense' is not KEY=value.");
    }

    [Fact]
    public void TheFrontend_GetsReactVariablesOnly() =>
        ApplicationConfig.ForFrontend(Production).Keys.Should().OnlyContain(key => key.StartsWith("REACT_APP_", StringComparison.Ordinal)).And.HaveCount(3);
}
