using Amazon;
using Amazon.Runtime;
using Amazon.SecurityToken;
using Docker.DotNet;
using k8s;
using Microsoft.Extensions.Logging;
using Serilog.Extensions.Logging;
using Tiketi.Pipeline.Aws;
using Tiketi.Pipeline.Configuration;
using Tiketi.Pipeline.Frontend;
using Tiketi.Pipeline.Images;
using Tiketi.Pipeline.Infrastructure;
using Tiketi.Pipeline.Registry;

/// <summary>One run's settings and clients, each made on first use, so that a target pays only for what it uses.</summary>
sealed class Session
{
    readonly Lazy<EnvironmentSettings> _settings;
    readonly Lazy<IReadOnlyList<ServiceDefinition>> _services;
    readonly Lazy<AwsClients> _aws;
    readonly Lazy<InfrastructureRequest> _infrastructure;
    readonly Lazy<EnvironmentOutputs> _outputs;
    readonly Lazy<IDockerClient> _docker;
    readonly Lazy<Task<IKubernetes>> _kubernetes;
    readonly Lazy<HttpClient> _http = new(() => new HttpClient());
    readonly Lazy<HttpClient> _registryHttp = new(() => new HttpClient(new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(10) }) { Timeout = Timeout.InfiniteTimeSpan }); // an image layer may take long
    readonly Lazy<ImagePublisher> _publisher;
    readonly Lazy<ILoggerFactory> _loggers = new(() => new SerilogLoggerFactory());
    readonly CancellationTokenSource _cancellation = new();

    /// <summary>When the run began.</summary>
    public long Begin { get; } = TimeProvider.System.GetTimestamp();

    public Session(IHazEnvironment build)
    {
        // The first Ctrl-C cancels what the targets are doing; the engine reports, and ends the process on a second one.
        Console.CancelKeyPress += (_, _) => _cancellation.Cancel();
        _settings = new(() => EnvironmentFile.Load(
            build.RootDirectory / "environments",
            build.EnvironmentName ?? throw new PipelineException("No environment is named, and a CI server must name one.", "Add --environment local, staging or production.")));
        _services = new(() => ServiceCatalog.Load(build.AppRoot, Settings.Platform));
        Source = new Source(build.AppRoot);
        LocalCloud = new LocalCloudProcess(build.RootDirectory, build.TemporaryDirectory / "local-cloud");
        _aws = new(() => new AwsClients(IsLocal
            ? new AwsSettings { Region = Settings.Region, EndpointUrl = new Uri(LocalCloud.Running.Endpoints.Aws), Credentials = new BasicAWSCredentials("test", "test") }
            : new AwsSettings { Region = Settings.Region, Credentials = WebIdentity() }));
        _infrastructure = new(() => StacksOf(StackGraph.Load(build.RootDirectory / "infra")));
        _outputs = new(() => new EnvironmentOutputs(Aws.CloudFormationIn, Infrastructure));
        _docker = new(ConnectDocker);
        _publisher = new(() => new ImagePublisher(Aws.Ecr, Docker, _registryHttp.Value, TimeProvider.System, Logger<ImagePublisher>())
        {
            SourceLogin = BaseImageLogin.FindAsync,
            Directory = build.TemporaryDirectory / "images",
        });
        _kubernetes = new(async () => build.KubeContext is { } context ? Tiketi.Pipeline.Kubernetes.KubeContext.Connect(context, Environment.GetEnvironmentVariable("KUBECONFIG")) : await EksCluster.ConnectAsync(
            Aws.Eks, await Outputs.RequireAsync("cluster", "ClusterName", Cancellation), Aws.Settings, TimeProvider.System, Cancellation));
    }

    public EnvironmentSettings Settings => _settings.Value;

    public bool IsLocal => Settings.LocalCloud is not null;

    public IReadOnlyList<ServiceDefinition> Services => _services.Value;

    public LocalCloudProcess LocalCloud { get; }

    public AwsClients Aws => _aws.Value;

    /// <summary>The environment's stacks and the values they get.</summary>
    public InfrastructureRequest Infrastructure => _infrastructure.Value;

    public EnvironmentOutputs Outputs => _outputs.Value;

    /// <summary>Tells what happens to the stacks.</summary>
    public ProgressLog Progress { get; } = new();

    public IDockerClient Docker => _docker.Value;

    /// <summary>The engine's address: the local cloud's, else the one that DOCKER_HOST names; null is Docker's own default.</summary>
    public string DockerHost => IsLocal ? LocalCloud.Running.DockerHost : Environment.GetEnvironmentVariable("DOCKER_HOST") is { Length: > 0 } host ? host : null;

    public Task<IKubernetes> Kubernetes => _kubernetes.Value;

    public HttpClient Http => _http.Value;

    /// <summary>For registries that base images come from.</summary>
    public EcrMirrorLogin BaseImageLogin => new(Aws.EcrIn, TimeProvider.System, Aws.Settings.EndpointUrl?.Authority);

    /// <summary>One for the run: what BuildImages found in the registry, PushEcr need not ask for again.</summary>
    public ImagePublisher Publisher => _publisher.Value;

    public Source Source { get; }

    /// <summary>What BuildImages saw to; PushEcr, which depends on it, sends it on.</summary>
    public IReadOnlyList<BuiltImage> Images { get; set; } = [];

    /// <summary>What PushEcr saw to; DeployK8s, which depends on it, rolls it out.</summary>
    public IReadOnlyList<PublishedImage> Published { get; set; } = [];

    /// <summary>What BuildFrontend saw to; SyncS3, which depends on it, records how large it is.</summary>
    public FrontendBuildResult Site { get; set; }

    /// <summary>Whether a new release runs because of this run.</summary>
    public bool HasRolledOut { get; set; }

    /// <summary>Whom release records name: who started the GitHub job, or the user of this machine.</summary>
    public string Author => Environment.GetEnvironmentVariable("GITHUB_ACTOR") is { Length: > 0 } actor ? actor : Environment.UserName;

    /// <summary>Where to see this run: the GitHub job's page; null on a person's machine.</summary>
    public string Run => Environment.GetEnvironmentVariable("GITHUB_RUN_ID") is { Length: > 0 } id
        ? $"{Environment.GetEnvironmentVariable("GITHUB_SERVER_URL")}/{Environment.GetEnvironmentVariable("GITHUB_REPOSITORY")}/actions/runs/{id}"
        : null;

    public CancellationToken Cancellation => _cancellation.Token;

    public ILoggerFactory Loggers => _loggers.Value;

    public ILogger<T> Logger<T>() => Loggers.CreateLogger<T>();

    InfrastructureRequest StacksOf(StackGraph graph)
    {
        // What templates need of the other settings, unless the environment gives the parameter itself.
        var parameters = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["ApiUrl"] = Settings.ApiUrl.GetLeftPart(UriPartial.Authority),
            ["Domain"] = Settings.Domain ?? "",
            ["UploadsNamespace"] = Settings.Namespace,
        };
        foreach (var (name, value) in Settings.Parameters)
        {
            parameters[name] = value;
        }

        return new InfrastructureRequest
        {
            Environment = Settings.Name,
            Graph = graph,
            Parameters = parameters,
            Tags = new Dictionary<string, string>(StringComparer.Ordinal) { ["Project"] = "tiketi", ["Environment"] = Settings.Name },
            // One setting for both: what protects the database protects the stacks that hold data.
            ProtectsData = Settings.Parameters.GetValueOrDefault("DatabaseDeletionProtection") is not "false",
        };
    }

    /// <summary>The role of the GitHub environment that the job is in; null where there is none, so that the SDK looks for credentials itself.</summary>
    GitHubWebIdentityCredentials WebIdentity()
    {
        static string Get(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;

        if (Get("ACTIONS_ID_TOKEN_REQUEST_URL") is not { } url)
        {
            return null;
        }

        var role = Get("AWS_ROLE_ARN") ?? throw new PipelineException(
            "This job may ask GitHub for its identity, but no role is named.", "Set the variable AWS_ROLE_ARN of the job's GitHub environment; see docs/github-actions.md.");
        return new GitHubWebIdentityCredentials(
            new GitHubWebIdentity(new Uri(url), Get("ACTIONS_ID_TOKEN_REQUEST_TOKEN"), role, $"github-{Get("GITHUB_RUN_ID")}-{Get("GITHUB_RUN_ATTEMPT")}"),
            Http,
            new AmazonSecurityTokenServiceClient(new AnonymousAWSCredentials(), RegionEndpoint.GetBySystemName(Settings.Region)));
    }

    IDockerClient ConnectDocker()
    {
        var builder = new DockerClientBuilder().WithTimeout(Timeout.InfiniteTimeSpan);
        return DockerHost is { } host ? builder.WithEndpoint(new Uri(host)).Build() : builder.Build();
    }
}
