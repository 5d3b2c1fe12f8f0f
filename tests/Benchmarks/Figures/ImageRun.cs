using System.Diagnostics;
using System.Globalization;
using Docker.DotNet;
using Docker.DotNet.Models;
using Microsoft.Extensions.Logging.Abstractions;
using Tiketi.Pipeline.Aws;
using Tiketi.Pipeline.Configuration;
using Tiketi.Pipeline.Images;
using Tiketi.Pipeline.Registry;

namespace Tiketi.Benchmarks.Figures;

/// <summary>The sample's five services and an empty registry of their own, with BuildImages and PushEcr as the build runs them.</summary>
internal sealed class ImageRun : IAsyncDisposable
{
    /// <summary>The argument by which this program becomes the measured process.</summary>
    public const string Child = "measure-image-run";

    private readonly string _repository;
    private readonly string _node;
    private readonly string _name;
    private readonly string _host;
    private readonly ImageRegistry? _registry;
    private readonly AwsClients _aws;
    private readonly AwsClients _hub;
    private readonly DockerClient _docker = new DockerClientBuilder().WithEndpoint(DockerConfig.Instance.GetEndpoint()).WithTimeout(Timeout.InfiniteTimeSpan).Build();
    private readonly HttpClient _http = new();

    private ImageRun(string repository, string node, string name, string host, ImageRegistry? registry)
    {
        (_repository, _node, _name, _host, _registry) = (repository, node, name, host, registry);
        _aws = ImageRegistry.ClientsAt(host);
        _hub = ImageRegistry.ClientsAt(HubHost);
        Requests = RequestsOf(repository, node, name);
    }

    /// <summary>Of the registry.</summary>
    public string Host => _host;

    public IReadOnlyList<ImageRequest> Requests { get; }

    public IEnumerable<string> ChildArguments => [_repository, Child, _node, _name, _host];

    private static string Native => System.Runtime.InteropServices.RuntimeInformation.OSArchitecture == System.Runtime.InteropServices.Architecture.Arm64 ? "linux/arm64" : "linux/amd64";

    private string HubHost => _node.Split('/')[0];

    public static async Task<ImageRun> StartAsync(string repository, string node, string name)
    {
        var registry = await ImageRegistry.StartAsync(RequestsOf(repository, node, name).Select(request => request.Repository));
        return new ImageRun(repository, node, name, registry.Host, registry);
    }

    /// <summary>Runs once in this process, against the registry of another, and prints what was done, and in how many seconds.</summary>
    public static async Task RunHereAsync(string[] arguments)
    {
        var start = Stopwatch.GetTimestamp();
        await using var run = new ImageRun(arguments[0], arguments[2], arguments[3], arguments[4], registry: null);
        var (built, pushed, requests) = await run.RunAsync(noCache: false);
        Console.WriteLine($"{built} {pushed} {requests}");
        Console.WriteLine(Stopwatch.GetElapsedTime(start).TotalSeconds.ToString(CultureInfo.InvariantCulture));
    }

    public async Task<(int Built, int Pushed, int Requests)> RunAsync(bool noCache)
    {
        var publisher = new ImagePublisher(_aws.Ecr, _docker, _http, TimeProvider.System, NullLogger.Instance) { SourceLogin = new EcrMirrorLogin(_ => _hub.Ecr, TimeProvider.System, HubHost).FindAsync };
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
        if (_registry is not null)
        {
            foreach (var name in (await _docker.Images.ListImagesAsync(new ImagesListParameters())).SelectMany(image => (image.RepoTags ?? []).Concat(image.RepoDigests ?? [])).Where(name => name.Contains($"{Prefix(_name)}/", StringComparison.Ordinal)).ToList())
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

            await _registry.DisposeAsync();
        }

        _aws.Dispose();
        _hub.Dispose();
        _docker.Dispose();
        _http.Dispose();
    }

    private static string Prefix(string name) => $"tiketi-bench/{name}";

    private static IReadOnlyList<ImageRequest> RequestsOf(string repository, string node, string name)
    {
        var application = Path.Combine(repository, "samples", "tiketi");
        var arguments = new Dictionary<string, string>(StringComparer.Ordinal) { ["NODE_IMAGE"] = node };
        return [.. ServiceCatalog.Load(application, Native).Select(service => ImageRequest.For(service, application, arguments)).Select(request => request with { Repository = $"{Prefix(name)}/{request.Service}" })];
    }
}
