using Tiketi.Benchmarks.Measuring;

namespace Tiketi.Benchmarks.Figures;

/// <summary>A registry that the sample's base image comes from: the engine knows it from there as it knows node:20-slim from Docker Hub.</summary>
internal sealed class BaseImageHub : IAsyncDisposable
{
    private readonly ImageRegistry _registry;

    private BaseImageHub(ImageRegistry registry) => _registry = registry;

    /// <summary>The base image's name.</summary>
    public string Node => $"{_registry.Host}/node:20";

    /// <exception cref="NotMeasuredException">The engine has no such image: the local cloud makes it.</exception>
    public static async Task<BaseImageHub> StartAsync(CancellationToken cancellationToken)
    {
        var output = await DockerAsync("docker images --format '{{.Repository}}:{{.Tag}}' --filter reference=tiketi-local/node --filter reference=node:20-slim", cancellationToken);
        var local = output.Split('\n', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault() ?? throw new NotMeasuredException("The engine has no base image for the sample: run './build.sh LocalUp' once, it pulls or makes it.");
        var hub = new BaseImageHub(await ImageRegistry.StartAsync(["node"]));
        var login = Directory.CreateTempSubdirectory("tiketi-bench-");
        await DockerAsync(
            $"""
            export AWS_ENDPOINT_URL=http://{hub._registry.Host} AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test AWS_DEFAULT_REGION={ImageRegistry.Region} DOCKER_CONFIG='{login.FullName}'
            aws ecr get-login-password | docker login --username AWS --password-stdin {hub._registry.Host}
            docker tag {local} {hub.Node}
            docker push -q {hub.Node}
            docker pull -q {hub.Node}
            """,
            cancellationToken);
        login.Delete(recursive: true);
        return hub;
    }

    public async ValueTask DisposeAsync()
    {
        await DockerAsync($"docker rmi {Node}", CancellationToken.None);
        await _registry.DisposeAsync();
    }

    private static async Task<string> DockerAsync(string script, CancellationToken cancellationToken)
        => (await Cpu.OfProcessAsync(Path.GetTempPath(), "sh", ["-ec", script], cancellationToken)).Output;
}
