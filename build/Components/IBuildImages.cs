using System.Globalization;
using Amazon.Runtime;
using Tiketi.Pipeline.Aws;
using Tiketi.Pipeline.Images;
using Tiketi.Pipeline.Registry;

/// <summary>One image a service, built only when what goes into it has changed.</summary>
interface IBuildImages : IHazEnvironment
{
    [Parameter("Build every image afresh, whatever is there", Name = "no-cache")]
    bool NoCache => TryGetValue<bool?>(() => NoCache) ?? false;

    /// <summary>Whether PushEcr is still to come in this run.</summary>
    bool PushesImages { get; }

    ImageBuilder ImageBuilder => new(Session.Docker, TimeProvider.System, Session.Logger<ImageBuilder>())
    {
        NoCache = NoCache,
        BeforeBuilding = cancellationToken => PlatformGate.CheckAsync(ClusterName, ImageRequests, cancellationToken),
        AfterBuilding = PushesImages ? SendAheadAsync : (_, _) => Task.CompletedTask,
        SourceDate = SourceDate,
        Mirrors = new ImageMirrors(Session.Settings.ImageMirrors),
        Login = Session.BaseImageLogin.FindAsync,
        Hashes = FileHashes.Load(TemporaryDirectory / "images" / "file-hashes"),
        Buildx = new Buildx(Session.DockerHost ?? (OperatingSystem.IsWindows() ? "npipe:////./pipe/docker_engine" : "unix:///var/run/docker.sock")),
    };

    /// <summary>Times inside the images: the SOURCE_DATE_EPOCH of reproducible-builds.org, seconds since 1970.</summary>
    static DateTimeOffset? SourceDate => Environment.GetEnvironmentVariable("SOURCE_DATE_EPOCH") is not { Length: > 0 } text ? null
        : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? DateTimeOffset.FromUnixTimeSeconds(seconds)
        : throw new PipelineException($"SOURCE_DATE_EPOCH is '{text}'.", "Set it to seconds since 1970, such as $(git log -1 --format=%ct), or unset it.");

    IReadOnlyList<ImageRequest> ImageRequests
    {
        get
        {
            var arguments = new Dictionary<string, string>(StringComparer.Ordinal);
            if (Session.IsLocal)
            {
                arguments["NODE_IMAGE"] = Session.LocalCloud.Running.Images.Node; // pulled, or made here where no registry can be reached
            }

            return [.. Session.Services.Select(service => ImageRequest.For(service, AppRoot, arguments, Session.Source.Labels))];
        }
    }

    /// <summary>As the environment names it, whether or not it exists yet.</summary>
    string ClusterName => Session.Infrastructure.Parameters.GetValueOrDefault("ClusterName")
        ?? Session.Infrastructure.Graph.Stacks.First(stack => stack.Parameters.ContainsKey("ClusterName")).Parameters["ClusterName"].Default;

    PlatformGate PlatformGate => new(
        Session.Aws.Eks,
        cancellationToken => EksCluster.ConnectAsync(Session.Aws.Eks, ClusterName, Session.Aws.Settings, TimeProvider.System, cancellationToken),
        Session.Logger<PlatformGate>());

    /// <summary>Sending waits for the network while building waits for the processor: PushEcr need not wait until all are built.</summary>
    async Task SendAheadAsync(BuiltImage image, CancellationToken cancellationToken)
    {
        try
        {
            var registry = await Session.Outputs.RequireAsync("registry", "RegistryUri", cancellationToken);
            Session.Publisher.SendAhead(new PublishRequest(image, $"{registry}/{image.Repository}"), Session.Cancellation);
        }
        catch (Exception exception) when (exception is PipelineException or AmazonServiceException or AmazonClientException or HttpRequestException)
        {
            Log.Debug("{Service}: not sent ahead: {Reason:l}", image.Service, exception.Message); // ApplyInfra may be about to make the registry; PushEcr asks again
        }
    }

    async Task BuildImagesAsync()
    {
        var progress = new Progress<ImageProgress>(step => Log.Information("{Service}: step {Step}/{Steps} {Instruction:l} {Elapsed:0} s", step.Service, step.Step, step.Steps, step.Instruction, step.Elapsed.TotalSeconds));
        var report = await ImageBuilder.BuildAsync(
            ImageRequests,
            async (repository, tag, cancellationToken) => await Session.Publisher.FindPublishedAsync(repository, tag, cancellationToken) is not null,
            progress,
            Session.Cancellation);
        foreach (var image in report.Images)
        {
            Log.Information("{Service}: {Origin} {Reference} {Duration:0.0} s", image.Service, image.Origin, image.LocalReference, image.Duration.TotalSeconds);
        }

        Session.Images = report.Images;
        this.Report(("Built", report.Built), ("Unchanged", report.Unchanged));
    }
}
