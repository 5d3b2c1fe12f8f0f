using System.Diagnostics;
using System.Globalization;
using Amazon.ECR.Model;
using Amazon.Runtime;
using Docker.DotNet;
using Docker.DotNet.Models;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging.Abstractions;
using Tiketi.Benchmarks.Measuring;
using Tiketi.LocalCloud.Hosting;
using Tiketi.Pipeline.Aws;
using Tiketi.Pipeline.Configuration;
using Tiketi.Pipeline.Images;
using Tiketi.Pipeline.Registry;
using Tiketi.Testing;

namespace Tiketi.Benchmarks.Figures;

/// <summary>The sample's five services and an empty registry of their own, with BuildImages and PushEcr as the build runs them.</summary>
internal sealed class ImageRun : IAsyncDisposable
{
    /// <summary>The argument by which this program becomes the measured process.</summary>
    public const string Child = "measure-image-run";

    public const string Region = "ap-northeast-2";

    private readonly string _repository;
    private readonly string _node;
    private readonly string _name;
    private readonly DirectoryInfo? _state;
    private readonly WebApplication? _cloud;
    private readonly AwsClients _aws;
    private readonly DockerClient _docker = new DockerClientBuilder().WithEndpoint(DockerConfig.Instance.GetEndpoint()).WithTimeout(Timeout.InfiniteTimeSpan).Build();
    private readonly HttpClient _http = new();

    private ImageRun(string repository, string node, string name, string host, WebApplication? cloud, DirectoryInfo? state)
    {
        (_repository, _node, _name, Host, _cloud, _state) = (repository, node, name, host, cloud, state);
        _aws = new AwsClients(new AwsSettings { Region = Region, EndpointUrl = new Uri($"http://{host}"), Credentials = new BasicAWSCredentials("test", "test") });
        var application = Path.Combine(repository, "samples", "tiketi");
        var arguments = new Dictionary<string, string>(StringComparer.Ordinal) { ["NODE_IMAGE"] = node };
        Requests = [.. ServiceCatalog.Load(application, Native).Select(service => ImageRequest.For(service, application, arguments)).Select(request => request with { Repository = $"{Prefix}/{request.Service}" })];
    }

    /// <summary>Of the registry.</summary>
    public string Host { get; }

    public IReadOnlyList<ImageRequest> Requests { get; }

    public IEnumerable<string> ChildArguments => [_repository, Child, _node, _name, Host];

    private static string Native => System.Runtime.InteropServices.RuntimeInformation.OSArchitecture == System.Runtime.InteropServices.Architecture.Arm64 ? "linux/arm64" : "linux/amd64";

    private string Prefix => $"tiketi-bench/{_name}";

    /// <exception cref="NotMeasuredException">There is none: the local cloud makes it.</exception>
    public static async Task<string> FindNodeImageAsync(string repository, CancellationToken cancellationToken)
    {
        var (_, output) = await Cpu.OfProcessAsync(repository, "docker", ["images", "--format", "{{.Repository}}:{{.Tag}}", "--filter", "reference=tiketi-local/node", "--filter", "reference=node:20-slim"], cancellationToken);
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault() ?? throw new NotMeasuredException("The engine has no base image for the sample: run './build.sh LocalUp' once, it pulls or makes it.");
    }

    public static async Task<ImageRun> StartAsync(string repository, string node, string name)
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
        var run = new ImageRun(repository, node, name, $"127.0.0.1:{ports[0]}", cloud, state);
        foreach (var request in run.Requests)
        {
            await run._aws.Ecr.CreateRepositoryAsync(new CreateRepositoryRequest { RepositoryName = request.Repository });
        }

        return run;
    }

    /// <summary>Runs once in this process, against the registry of another, and prints what was done, and in how many seconds.</summary>
    public static async Task RunHereAsync(string[] arguments)
    {
        var start = Stopwatch.GetTimestamp();
        await using var run = new ImageRun(arguments[0], arguments[2], arguments[3], arguments[4], cloud: null, state: null);
        var (built, pushed, requests) = await run.RunAsync(noCache: false);
        Console.WriteLine($"{built} {pushed} {requests}");
        Console.WriteLine(Stopwatch.GetElapsedTime(start).TotalSeconds.ToString(CultureInfo.InvariantCulture));
    }

    public async Task<(int Built, int Pushed, int Requests)> RunAsync(bool noCache)
    {
        var publisher = new ImagePublisher(_aws.Ecr, _docker, _http, TimeProvider.System, NullLogger.Instance);
        var builder = new ImageBuilder(_docker, TimeProvider.System, NullLogger.Instance)
        {
            NoCache = noCache,
            AfterBuilding = (image, token) =>
            {
                publisher.SendAhead(Request(image), token);
                return Task.CompletedTask;
            },
        };
        var images = await builder.BuildAsync(Requests, async (name, tag, token) => await publisher.FindPublishedAsync(name, tag, token) is not null);
        var report = await publisher.PublishAsync([.. images.Images.Select(Request)], ["v1.0.0", "latest"]);
        return (images.Built, report.Pushed, report.RegistryRequests);
    }

    private PublishRequest Request(BuiltImage image) => new(image, $"{Host}/{image.Repository}");

    /// <summary>The one that has the registry also takes the images away again.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_cloud is not null)
        {
            foreach (var name in (await _docker.Images.ListImagesAsync(new ImagesListParameters())).SelectMany(image => (image.RepoTags ?? []).Concat(image.RepoDigests ?? [])).Where(name => name.Contains($"{Prefix}/", StringComparison.Ordinal)).ToList())
            {
                try
                {
                    await _docker.Images.DeleteImageAsync(name, new ImageDeleteParameters { Force = true });
                }
                catch (DockerImageNotFoundException)
                {
                    // it went with its last tag
                }
            }

            await _cloud.StopAsync();
            await _cloud.DisposeAsync();
            _state!.Delete(recursive: true);
        }

        _aws.Dispose();
        _docker.Dispose();
        _http.Dispose();
    }
}
