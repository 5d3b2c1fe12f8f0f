using System.Net;
using System.Net.Sockets;
using Amazon.Runtime;
using Amazon.S3;
using Microsoft.AspNetCore.Builder;
using Tiketi.LocalCloud.Hosting;

namespace Tiketi.LocalCloud.Tests.S3;

/// <summary>A local cloud on free ports with a state folder of its own; <see cref="RestartAsync"/> stops it and starts it again on both.</summary>
public sealed class RunningCloud : IAsyncLifetime
{
    private readonly DirectoryInfo _state = Directory.CreateTempSubdirectory("tiketi-cloud-");
    private WebApplication? _app;

    public LocalCloudSettings Settings { get; private set; } = null!;

    public string Endpoint => $"http://127.0.0.1:{Settings.AwsPort}";

    public HttpClient Http { get; private set; } = null!;

    public IServiceProvider Services => _app!.Services;

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
            DockerHost = System.Environment.GetEnvironmentVariable("DOCKER_HOST") ?? "unix:///var/run/docker.sock",
            PostgresImage = "postgres:16",
            RedisImage = "redis:7",
        };
        Http = new HttpClient { BaseAddress = new Uri(Endpoint) };
        await StartAsync();
    }

    public async Task RestartAsync()
    {
        await StopAsync();
        await StartAsync();
    }

    /// <summary>The published S3 client.</summary>
    public AmazonS3Client S3(Action<AmazonS3Config>? configure = null)
    {
        var config = new AmazonS3Config { ServiceURL = Endpoint, ForcePathStyle = true, AuthenticationRegion = Settings.Region, MaxErrorRetry = 0 };
        configure?.Invoke(config);
        return new AmazonS3Client(new BasicAWSCredentials("test", "test"), config);
    }

    /// <summary>The AWS CLI, pointed at this cloud and at nothing else.</summary>
    public Task<Outcome> AwsAsync(params string[] arguments) => Command.RunAsync("aws", arguments, Environment());

    /// <summary>The environment that points AWS clients here.</summary>
    public Dictionary<string, string?> Environment() => new(StringComparer.Ordinal)
    {
        ["AWS_ENDPOINT_URL"] = Endpoint,
        ["AWS_ACCESS_KEY_ID"] = "test",
        ["AWS_SECRET_ACCESS_KEY"] = "test",
        ["AWS_DEFAULT_REGION"] = Settings.Region,
        ["AWS_REGION"] = Settings.Region,
        ["AWS_EC2_METADATA_DISABLED"] = "true",
        ["AWS_PAGER"] = "",
        ["AWS_CA_BUNDLE"] = null, // plain HTTP needs none, and rclone refuses to run with it
    };

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Http.Dispose();
        _state.Delete(recursive: true);
    }

    private async Task StartAsync()
    {
        _app = LocalCloudHost.Build(Settings);
        await _app.StartAsync();
    }

    /// <summary>Stops it; its pods' containers run on.</summary>
    public async Task StopAsync()
    {
        if (Interlocked.Exchange(ref _app, null) is { } app)
        {
            await app.StopAsync();
            await app.DisposeAsync();
        }
    }
}
