using Amazon.ECR.Model;
using Amazon.Runtime;
using Microsoft.AspNetCore.Builder;
using Tiketi.LocalCloud.Hosting;
using Tiketi.Pipeline.Aws;
using Tiketi.Testing;

namespace Tiketi.Benchmarks.Figures;

/// <summary>A local cloud in this process, for its registry: empty when it starts, gone with what it has when it ends.</summary>
internal sealed class ImageRegistry : IAsyncDisposable
{
    public const string Region = "ap-northeast-2";

    private readonly WebApplication _cloud;
    private readonly DirectoryInfo _state;
    private readonly AwsClients _aws;

    private ImageRegistry(WebApplication cloud, DirectoryInfo state, string host) => (_cloud, _state, Host, _aws) = (cloud, state, host, ClientsAt(host));

    /// <summary>Host and port; ECR's API is there, too.</summary>
    public string Host { get; }

    public static AwsClients ClientsAt(string host) => new(new AwsSettings { Region = Region, EndpointUrl = new Uri($"http://{host}"), Credentials = new BasicAWSCredentials("test", "test") });

    public static async Task<ImageRegistry> StartAsync(IEnumerable<string> repositories)
    {
        var state = Directory.CreateTempSubdirectory("tiketi-bench-cloud-");
        var ports = FreePorts.Take(4);
        var cloud = LocalCloudHost.Build(new LocalCloudSettings
        {
            StateDirectory = state.FullName,
            AwsPort = ports[0],
            KubernetesPort = ports[1],
            IngressPort = ports[2],
            CdnPort = ports[3],
            DockerHost = Environment.GetEnvironmentVariable("DOCKER_HOST") ?? "unix:///var/run/docker.sock",
            PostgresImage = "postgres:16",
            RedisImage = "redis:7",
        });
        await cloud.StartAsync();
        var registry = new ImageRegistry(cloud, state, $"127.0.0.1:{ports[0]}");
        foreach (var repository in repositories)
        {
            await registry._aws.Ecr.CreateRepositoryAsync(new CreateRepositoryRequest { RepositoryName = repository });
        }

        return registry;
    }

    public async ValueTask DisposeAsync()
    {
        _aws.Dispose();
        await _cloud.StopAsync();
        await _cloud.DisposeAsync();
        _state.Delete(recursive: true);
    }
}
