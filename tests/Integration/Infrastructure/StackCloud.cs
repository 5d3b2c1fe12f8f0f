using Amazon.Runtime;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Tiketi.LocalCloud.Hosting;
using Tiketi.Pipeline.Aws;
using Tiketi.Pipeline.Infrastructure;
using Tiketi.Testing;

namespace Tiketi.Integration.Infrastructure;

/// <summary>A local cloud of a test's own, in this process, and deployers that reach it.</summary>
internal sealed class StackCloud : IAsyncDisposable
{
    private readonly DirectoryInfo _state = Directory.CreateTempSubdirectory("stack-cloud-");
    private readonly WebApplication _app;
    private readonly List<AwsClients> _clients = [];

    private StackCloud(Action<IServiceCollection> configure)
    {
        var ports = FreePorts.Take(4);
        Endpoint = new Uri($"http://127.0.0.1:{ports[0]}/");
        _app = LocalCloudHost.Build(
            new LocalCloudSettings
            {
                StateDirectory = _state.FullName, AwsPort = ports[0], KubernetesPort = ports[1], IngressPort = ports[2], CdnPort = ports[3],
                DockerHost = Environment.GetEnvironmentVariable("DOCKER_HOST") ?? "unix:///var/run/docker.sock", PostgresImage = "none", RedisImage = "none",
            },
            configure);
    }

    public Uri Endpoint { get; }

    public static async Task<StackCloud> StartAsync(Action<IServiceCollection>? configure = null)
    {
        var cloud = new StackCloud(configure ?? (_ => { }));
        await cloud._app.StartAsync();
        return cloud;
    }

    /// <summary>The clients that the product uses, over the given connection.</summary>
    public AwsClients Clients(Uri? endpoint = null)
    {
        var clients = new AwsClients(new AwsSettings { Region = "ap-northeast-2", EndpointUrl = endpoint ?? Endpoint, Credentials = new BasicAWSCredentials("test", "test") });
        _clients.Add(clients);
        return clients;
    }

    public StackDeployer Deployer(Uri? endpoint = null) => new(Clients(endpoint).CloudFormationIn, NullLogger<StackDeployer>.Instance, TimeProvider.System);

    public async ValueTask DisposeAsync()
    {
        _clients.ForEach(clients => clients.Dispose());
        await _app.StopAsync();
        await _app.DisposeAsync();
        _state.Delete(recursive: true);
    }
}
