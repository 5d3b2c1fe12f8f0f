using System.Globalization;
using Docker.DotNet;
using Docker.DotNet.Models;
using Microsoft.Extensions.Logging;

namespace Tiketi.Pipeline.Images;

/// <summary>Sees to it that every image exists, building only those whose inputs changed, side by side.</summary>
public sealed class ImageBuilder(IDockerClient docker, TimeProvider time, ILogger logger)
{
    private BaseImages? _baseImages;
    private Task<string?>? _buildxMissing;
    private Task<string>? _enginePlatform;
    private Task? _checked;
    private object? _checking;

    /// <summary>At most this many builds at once. More than there are cores: a build waits for packages and for the disk, too.</summary>
    public int Parallelism { get; init; } = 2 * Environment.ProcessorCount;

    /// <summary>Times inside the images (SOURCE_DATE_EPOCH); null keeps the files' own.</summary>
    public DateTimeOffset? SourceDate { get; init; }

    /// <summary>Build even what is there, every step afresh.</summary>
    public bool NoCache { get; init; }

    /// <summary>Where base images come from instead of public registries.</summary>
    public ImageMirrors Mirrors { get; init; } = ImageMirrors.None;

    /// <summary>User and password for a registry (its host) that base images come from; null where none is needed.</summary>
    public Func<string, CancellationToken, Task<AuthConfig?>> Login { get; init; } = (_, _) => Task.FromResult<AuthConfig?>(null);

    /// <summary>Hashes of files from former runs.</summary>
    public FileHashes Hashes { get; init; } = FileHashes.None;

    /// <summary>For Dockerfiles that need BuildKit; null when they are to be refused.</summary>
    public Buildx? Buildx { get; init; }

    /// <summary>Done once before the first build, and not at all when there is nothing to build; what it throws ends the run.</summary>
    public Func<CancellationToken, Task> BeforeBuilding { get; init; } = _ => Task.CompletedTask;

    /// <summary>Done for each image that was built, as soon as it is there: others may still be in the making.</summary>
    public Func<BuiltImage, CancellationToken, Task> AfterBuilding { get; init; } = (_, _) => Task.CompletedTask;

    /// <param name="requests">The images to have.</param>
    /// <param name="isPublished">Asks the registry for an image that the engine lacks (repository without host, tag); null: not asked.</param>
    /// <param name="progress">Told of every step of every build.</param>
    /// <param name="cancellationToken">Stops all builds.</param>
    /// <exception cref="PipelineException">A build fails, a context is wrong, a base image can't be had, or a platform is not the wanted one.</exception>
    public async Task<ImageBuildReport> BuildAsync(
        IReadOnlyList<ImageRequest> requests,
        Func<string, string, CancellationToken, Task<bool>>? isPublished = null,
        IProgress<ImageProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        var contexts = new ContextCache(Hashes);
        var images = new BuiltImage[requests.Count];
        await Parallel.ForEachAsync(
            Enumerable.Range(0, requests.Count),
            new ParallelOptions { MaxDegreeOfParallelism = Parallelism, CancellationToken = cancellationToken },
            async (index, token) =>
            {
                var plan = await PlanAsync(requests[index], contexts, token);
                images[index] = await FindAsync(plan, isPublished, token) ?? await BuildAsync(plan, progress, token);
            });
        Hashes.Save();
        return new ImageBuildReport(images);
    }

    /// <summary>The tag that a request's image has, or would have.</summary>
    public async Task<string> TagAsync(ImageRequest request, CancellationToken cancellationToken = default)
        => (await PlanAsync(request, new ContextCache(Hashes), cancellationToken)).Tag;

    private BaseImages BaseImages => LazyInitializer.EnsureInitialized(ref _baseImages, () => new BaseImages(docker, Mirrors, Login));

    /// <summary>Everything that is known of an image before it is built.</summary>
    private async Task<Plan> PlanAsync(ImageRequest wanted, ContextCache contexts, CancellationToken cancellationToken)
    {
        var context = BuildContext.Open(wanted.Context, wanted.Dockerfile, contexts, cancellationToken);
        var dockerfile = DockerfileReader.Parse(context.DockerfileText, wanted.BuildArguments, wanted.Platform);
        var request = SourceDate is { } date && dockerfile.Declares(ImageRequest.SourceDateArgument) ? wanted.At(date) : wanted;
        var resolving = Task.WhenAll(dockerfile.BaseImages.Select(image => Task.Run(() => BaseImages.ResolveAsync(image, request.Platform, cancellationToken), cancellationToken)));
        _ = context.Files; // read while the engine and the registries answer
        var bases = await resolving;
        var builder = dockerfile.NeedsBuildKit() is null ? ClassicBuild.Name : BuildxBuild.Name;
        var digest = InputDigest.Compute(context, request, bases.ToDictionary(image => image.Name, image => image.Digest, StringComparer.Ordinal), builder);
        return new Plan(request, context, dockerfile, bases, InputDigest.Tag(digest));
    }

    private async Task<BuiltImage?> FindAsync(Plan plan, Func<string, string, CancellationToken, Task<bool>>? isPublished, CancellationToken cancellationToken)
    {
        var request = plan.Request;
        if (NoCache)
        {
            return null;
        }

        if (await InspectAsync(plan.Reference, cancellationToken) is { } present)
        {
            RequirePlatform(request, present);
            return plan.Image(present, ImageOrigin.Present, TimeSpan.Zero);
        }

        return isPublished is not null && await isPublished(request.Repository, plan.Tag, cancellationToken)
            ? plan.Image(found: null, ImageOrigin.Published, TimeSpan.Zero)
            : null;
    }

    private async Task<BuiltImage> BuildAsync(Plan plan, IProgress<ImageProgress>? progress, CancellationToken cancellationToken)
    {
        var request = plan.Request;
        await LazyInitializer.EnsureInitialized(ref _checked, ref _checking, () => BeforeBuilding(cancellationToken));
        var builder = await BuilderAsync(plan, cancellationToken);
        var transcript = new BuildTranscript(request, progress, time);
        foreach (var baseImage in plan.BaseImages)
        {
            await BaseImages.PullAsync(baseImage, request.Platform, cancellationToken);
        }

        var job = new ImageBuildJob
        {
            Request = request,
            Context = plan.Context.BuiltBy(plan.Dockerfile.With(Replacements(plan))),
            Syntax = plan.Dockerfile.Syntax,
            Labels = Labels(request),
            IsNative = request.Platform == await LazyInitializer.EnsureInitialized(ref _enginePlatform, () => EnginePlatformAsync(cancellationToken)),
            NoCache = NoCache,
            SourceDate = SourceDate,
        };
        var id = await builder.BuildAsync(job, transcript, cancellationToken);
        RequireUnchanged(plan, cancellationToken);
        var built = await InspectAsync(id, cancellationToken)
            ?? throw new PipelineException($"The engine built {request.Service} but has no image {id}.", "Run it again; if it stays so, restart the Docker engine.");
        RequirePlatform(request, built);
        await docker.Images.TagImageAsync(id, new ImageTagParameters { RepositoryName = request.Repository, Tag = plan.Tag }, cancellationToken);
        logger.LogInformation("{Service}: built {Reference} in {Seconds:0.0} s", request.Service, plan.Reference, transcript.Elapsed.TotalSeconds);
        var image = plan.Image(built, ImageOrigin.Built, transcript.Elapsed);
        await AfterBuilding(image, cancellationToken);
        return image;
    }

    private async Task<IImageBuild> BuilderAsync(Plan plan, CancellationToken cancellationToken)
    {
        if (plan.Dockerfile.NeedsBuildKit() is not { } feature)
        {
            return new ClassicBuild(docker);
        }

        var missing = Buildx is null ? "it is not configured" : await LazyInitializer.EnsureInitialized(ref _buildxMissing, () => Buildx.MissingAsync(cancellationToken));
        return missing is null
            ? new BuildxBuild(Buildx!)
            : throw new PipelineException(
                $"{plan.Request.Dockerfile} needs BuildKit ({feature}), and 'docker buildx' is not there: {missing}",
                "Install Docker's buildx plugin (package docker-buildx-plugin, in Debian and Ubuntu docker-buildx), or write the Dockerfile without that.");
    }

    /// <summary>What the Dockerfile's images are called where they come from.</summary>
    private Dictionary<string, string> Replacements(Plan plan)
    {
        var replacements = plan.BaseImages.Where(image => image.Source != image.Name).ToDictionary(image => image.Name, image => image.Source, StringComparer.Ordinal);
        if (plan.Dockerfile.Syntax is { } syntax && Mirrors.Find(syntax) is { } mirror)
        {
            replacements[syntax] = mirror;
        }

        return replacements;
    }

    private Dictionary<string, string> Labels(ImageRequest request) => new(request.Labels, StringComparer.Ordinal)
    {
        ["org.opencontainers.image.created"] = (SourceDate ?? time.GetUtcNow()).UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture),
    };

    /// <summary>The tag stands for what was read before the build; what the builder has read by now must be the same.</summary>
    private void RequireUnchanged(Plan plan, CancellationToken cancellationToken)
    {
        var now = BuildContext.Scan(plan.Request.Context, plan.Request.Dockerfile, new ContextCache(Hashes), cancellationToken);
        if (now.Files.Digest != plan.Context.Files.Digest || now.DockerfileText != plan.Context.DockerfileText)
        {
            throw new PipelineException($"{plan.Request.Context} changed while the image of {plan.Request.Service} was being built.", "Run the command again when nothing writes to the build context.");
        }
    }

    private async Task<ImageInspectResponse?> InspectAsync(string reference, CancellationToken cancellationToken)
    {
        try
        {
            return await docker.Images.InspectImageAsync(reference, cancellationToken);
        }
        catch (DockerImageNotFoundException)
        {
            return null;
        }
    }

    private async Task<string> EnginePlatformAsync(CancellationToken cancellationToken)
    {
        var version = await docker.System.GetVersionAsync(cancellationToken);
        return $"{version.Os}/{version.Arch}";
    }

    private static void RequirePlatform(ImageRequest request, ImageInspectResponse image)
    {
        var platform = $"{image.Os}/{image.Architecture}";
        if (platform != request.Platform)
        {
            throw new PipelineException(
                $"The image of {request.Service} is for {platform}, but {request.Platform} is wanted: it would not start there.",
                $"Build on an engine for {request.Platform}, or set the service's 'platform' in tiketi.yaml to what the cluster's nodes are.");
        }
    }

    private sealed record Plan(ImageRequest Request, BuildContext Context, DockerfileReader Dockerfile, IReadOnlyList<BaseImage> BaseImages, string Tag)
    {
        public string Reference => $"{Request.Repository}:{Tag}";

        /// <param name="found">What the engine says of it; null when only the registry has it.</param>
        public BuiltImage Image(ImageInspectResponse? found, ImageOrigin origin, TimeSpan duration) => new(Request.Service, Request.Repository, Tag, found?.ID, origin, duration)
        {
            BaseImages = [.. BaseImages.Where(image => !image.IsMadeHere).Select(image => image.Reference)],
            Platform = Request.Platform,
            DiffIds = [.. found?.RootFS?.Layers ?? []],
        };
    }
}
