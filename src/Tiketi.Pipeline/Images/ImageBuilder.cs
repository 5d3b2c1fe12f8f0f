using System.Collections.Concurrent;
using System.IO.Pipelines;
using Docker.DotNet;
using Docker.DotNet.Models;
using Microsoft.Extensions.Logging;

namespace Tiketi.Pipeline.Images;

/// <summary>Sees to it that every image exists, building only those whose inputs changed, side by side.</summary>
public sealed class ImageBuilder(IDockerClient docker, TimeProvider time, ILogger logger)
{
    private const string Builder = "docker-classic 1";

    private readonly ConcurrentDictionary<string, Lazy<Task<string>>> _baseImages = new(StringComparer.Ordinal);

    /// <summary>At most this many builds at once.</summary>
    public int Parallelism { get; init; } = Environment.ProcessorCount;

    /// <summary>Times inside the images; null keeps the files' own.</summary>
    public DateTimeOffset? SourceDate { get; init; }

    /// <summary>Build even what is there, every step afresh.</summary>
    public bool NoCache { get; init; }

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
        var enginePlatform = await EnginePlatformAsync(cancellationToken);
        var images = new BuiltImage[requests.Count];
        await Parallel.ForEachAsync(
            Enumerable.Range(0, requests.Count),
            new ParallelOptions { MaxDegreeOfParallelism = Parallelism, CancellationToken = cancellationToken },
            async (index, token) => images[index] = await EnsureAsync(requests[index], enginePlatform, isPublished, progress, token));
        return new ImageBuildReport(images);
    }

    /// <summary>The tag that a request's image has, or would have.</summary>
    public async Task<string> TagAsync(ImageRequest request, CancellationToken cancellationToken = default)
        => await TagAsync(request, BuildContext.Scan(request.Context, request.Dockerfile, cancellationToken), cancellationToken);

    private async Task<BuiltImage> EnsureAsync(
        ImageRequest request, string enginePlatform, Func<string, string, CancellationToken, Task<bool>>? isPublished, IProgress<ImageProgress>? progress, CancellationToken cancellationToken)
    {
        var context = BuildContext.Scan(request.Context, request.Dockerfile, cancellationToken);
        var tag = await TagAsync(request, context, cancellationToken);
        var reference = $"{request.Repository}:{tag}";
        if (!NoCache)
        {
            if (await InspectAsync(reference, cancellationToken) is { } present)
            {
                RequirePlatform(request, present);
                return new BuiltImage(request.Service, request.Repository, tag, present.ID, ImageOrigin.Present, TimeSpan.Zero);
            }

            if (isPublished is not null && await isPublished(request.Repository, tag, cancellationToken))
            {
                return new BuiltImage(request.Service, request.Repository, tag, ImageId: null, ImageOrigin.Published, TimeSpan.Zero);
            }
        }

        var transcript = new BuildTranscript(request, progress, time);
        await BuildAsync(request, context, tag, enginePlatform, transcript, cancellationToken);
        var built = await InspectAsync(reference, cancellationToken)
            ?? throw new PipelineException($"The engine built {request.Service} but has no image {reference}.", "Run it again; if it stays so, restart the Docker engine.");
        RequirePlatform(request, built);
        logger.LogInformation("{Service}: built {Reference} in {Seconds:0.0} s", request.Service, reference, transcript.Elapsed.TotalSeconds);
        return new BuiltImage(request.Service, request.Repository, tag, built.ID, ImageOrigin.Built, transcript.Elapsed);
    }

    private async Task<string> TagAsync(ImageRequest request, BuildContext context, CancellationToken cancellationToken)
    {
        var dockerfile = DockerfileReader.Parse(context.DockerfileText, request.BuildArguments);
        if (dockerfile.NeedsBuildKit() is { } feature)
        {
            throw new PipelineException(
                $"{request.Dockerfile} needs BuildKit ({feature}), which this builder does not drive.",
                "Write it without that: the classic builder of every Docker engine can build it then.");
        }

        var baseImages = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var image in dockerfile.BaseImages())
        {
            baseImages[image] = await ResolveAsync(image, cancellationToken);
        }

        return InputDigest.Tag(InputDigest.Compute(context, request, baseImages, Builder, cancellationToken));
    }

    private async Task BuildAsync(ImageRequest request, BuildContext context, string tag, string enginePlatform, BuildTranscript transcript, CancellationToken cancellationToken)
    {
        var parameters = new ImageBuildParameters
        {
            Tags = [$"{request.Repository}:{tag}"],
            Dockerfile = context.DockerfileInTar,
            BuildArgs = request.BuildArguments.ToDictionary(StringComparer.Ordinal),
            Labels = request.Labels.ToDictionary(StringComparer.Ordinal),
            Target = request.Target,
            Platform = request.Platform == enginePlatform ? null : request.Platform,
            NoCache = NoCache,
            Remove = true,
            ForceRemove = true,
            Version = "1",
        };

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var pipe = new Pipe();
        var sending = SendAsync(context, pipe.Writer, stop.Token);
        try
        {
            await using var contents = pipe.Reader.AsStream();
            await docker.Images.BuildImageFromDockerfileAsync(parameters, contents, authConfigs: [], headers: new Dictionary<string, string>(StringComparer.Ordinal), transcript, cancellationToken);
        }
        catch (DockerApiException exception)
        {
            throw new PipelineException($"The Docker engine refused to build {request.Service}: {exception.ResponseBody ?? exception.Message}", $"Mend {request.Dockerfile}, or see the engine's own log.", exception);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException && !cancellationToken.IsCancellationRequested)
        {
            stop.Cancel();
            await sending; // when the context could not be read, that is the cause, and it is thrown here
            throw new PipelineException($"The Docker engine went away while it built {request.Service}: {exception.GetBaseException().Message}", "Start the engine again, and run './build.sh BuildImages'.", exception);
        }
        finally
        {
            stop.Cancel(); // an engine that has seen enough (a Dockerfile that it can't read) leaves the rest of the stream
        }

        await sending;
        transcript.ThrowIfFailed();
    }

    private async Task SendAsync(BuildContext context, PipeWriter writer, CancellationToken cancellationToken)
    {
        try
        {
            await context.WriteTarAsync(writer.AsStream(leaveOpen: true), SourceDate, cancellationToken);
            await writer.CompleteAsync();
        }
        catch (OperationCanceledException exception)
        {
            await writer.CompleteAsync(exception);
        }
        catch (Exception exception)
        {
            await writer.CompleteAsync(exception);
            throw;
        }
    }

    /// <summary>What a base image stands for now: its digest in the registry where known, else the engine's id. Asked once a run.</summary>
    private Task<string> ResolveAsync(string image, CancellationToken cancellationToken)
        => _baseImages.GetOrAdd(image, name => new Lazy<Task<string>>(() => ResolveOnceAsync(name, cancellationToken))).Value;

    private async Task<string> ResolveOnceAsync(string image, CancellationToken cancellationToken)
    {
        if (await InspectAsync(image, cancellationToken) is { } local)
        {
            return local.RepoDigests is [var pinned, ..] ? pinned[(pinned.IndexOf('@', StringComparison.Ordinal) + 1)..] : local.ID;
        }

        try
        {
            return (await docker.Distribution.InspectAsync(image, cancellationToken)).Descriptor.Digest;
        }
        catch (DockerApiException exception)
        {
            throw new PipelineException(
                $"The base image {image} is neither on the Docker engine nor to be had from its registry: {exception.ResponseBody ?? exception.Message}",
                "Correct the FROM line or the build argument in it, or make the registry reachable.",
                exception);
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
}
