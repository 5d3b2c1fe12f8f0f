using Amazon.ECR.Model;
using Amazon.Runtime;
using Microsoft.AspNetCore.Builder;
using Tiketi.LocalCloud.Hosting;
using Tiketi.Pipeline.Aws;

namespace Tiketi.Integration.Registry;

/// <summary>A local cloud in this process, on ports of its own, reached over the wire as every client reaches it.</summary>
public sealed class Cloud : IAsyncLifetime
{
    private readonly DirectoryInfo _state = Directory.CreateTempSubdirectory("tiketi-cloud-");
    private WebApplication? _app;

    public LocalCloudSettings Settings { get; private set; } = null!;

    /// <summary>Host and port of the registry, and of all AWS APIs.</summary>
    public string Host => $"127.0.0.1:{Settings.AwsPort}";

    public HttpClient Http { get; private set; } = null!;

    public AwsClients Aws { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        var ports = FreePorts.Take(4);
        Settings = new LocalCloudSettings
        {
            StateDirectory = _state.FullName,
            AwsPort = ports[0],
            KubernetesPort = ports[1],
            IngressPort = ports[2],
            CdnPort = ports[3],
            DockerHost = Environment.GetEnvironmentVariable("DOCKER_HOST") ?? "unix:///var/run/docker.sock",
            PostgresImage = "postgres:16",
            RedisImage = "redis:7",
        };
        _app = LocalCloudHost.Build(Settings);
        await _app.StartAsync();
        Http = new HttpClient { BaseAddress = new Uri($"http://{Host}") };
        Aws = ClientsAt(Host);
    }

    /// <summary>The pipeline's clients, through whatever stands at this host.</summary>
    public AwsClients ClientsAt(string host) => ClientsAt(host, Settings.Region);

    public static AwsClients ClientsAt(string host, string region) =>
        new(new AwsSettings { Region = region, EndpointUrl = new Uri($"http://{host}"), Credentials = new BasicAWSCredentials("test", "test") });

    public async Task CreateRepositoryAsync(string name) => await Aws.Ecr.CreateRepositoryAsync(new CreateRepositoryRequest { RepositoryName = name });

    /// <summary>The value of a Basic header that the registry takes.</summary>
    public async Task<string> BasicAsync() => (await Aws.Ecr.GetAuthorizationTokenAsync(new GetAuthorizationTokenRequest())).AuthorizationData[0].AuthorizationToken;

    public async ValueTask DisposeAsync()
    {
        Aws.Dispose();
        Http.Dispose();
        await _app!.StopAsync();
        await _app.DisposeAsync();
        _state.Delete(recursive: true);
    }
}
