using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Amazon.ECR;
using Amazon.ECR.Model;
using Amazon.Runtime;
using Docker.DotNet;
using Docker.DotNet.Models;
using Microsoft.Extensions.Logging;
using Tiketi.Pipeline.Aws;
using Tiketi.Pipeline.Images;
using Tiketi.Pipeline.Registry.Scanning;

namespace Tiketi.Pipeline.Registry;

/// <summary>
/// Sees to it that the registry has every image under its content tag and the tags that people read. What is there already
/// costs one request; a push that was cut off is completed by the next run.
/// </summary>
public sealed partial class ImagePublisher(IAmazonECR ecr, IDockerClient docker, HttpClient http, TimeProvider time, ILogger logger)
{
    /// <summary>How long the answer to BuildImages' question holds for PushEcr: within it, nothing is asked twice.</summary>
    private static readonly TimeSpan Fresh = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<(string Repository, string Tag), (ImageDetail Image, long At)> _found = new();
    private readonly ConcurrentDictionary<PublishRequest, Task<string?>> _ahead = new();
    private readonly RegistryLogin _login = new(ecr, time);
    private readonly Vanguard _vanguard = new();
    private Clients? _clients;
    private int _describes;
    private int _reported;

    /// <summary>Pushes at once: the layers of several small images share the way out well.</summary>
    public int Parallelism { get; init; } = 4;

    /// <summary>Tries of one image before the push fails.</summary>
    public int Attempts { get; init; } = 5;

    /// <summary>The longest pause before the second try; it doubles with each try up to 20 s, and is used with full jitter.</summary>
    public TimeSpan FirstPause { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>User and password for a registry (its host) that base images come from; null where none is needed.</summary>
    public Func<string, CancellationToken, Task<AuthConfig?>> SourceLogin { get; init; } = (_, _) => Task.FromResult<AuthConfig?>(null);

    /// <summary>Where it is kept from run to run what base images are made of; null: nowhere.</summary>
    public string? Directory { get; init; }

    /// <summary>Where the jitter comes from.</summary>
    public Random Random { get; init; } = Random.Shared;

    /// <param name="requests">The images to have in the registry.</param>
    /// <param name="tags">Tags beside the content tag, on every image: the version, "latest".</param>
    /// <param name="cancellationToken">Stops all pushes.</param>
    /// <exception cref="PipelineException">A tag is none, a repository is missing, the registry refuses, or it keeps failing.</exception>
    public async Task<PublishReport> PublishAsync(IReadOnlyList<PublishRequest> requests, IReadOnlyList<string> tags, CancellationToken cancellationToken = default)
    {
        if (tags.FirstOrDefault(tag => !TagSyntax().IsMatch(tag)) is { } wrong)
        {
            throw new PipelineException($"'{wrong}' is no image tag.", "Choose an --image-tag of letters, digits, '_', '.' and '-', at most 128 of them, the first no '.' or '-'.");
        }

        var retry = new RegistryRetry(time, logger, Attempts, FirstPause, Random);
        var images = new PublishedImage[requests.Count];
        await Parallel.ForEachAsync(
            Enumerable.Range(0, requests.Count),
            new ParallelOptions { MaxDegreeOfParallelism = Parallelism, CancellationToken = cancellationToken },
            async (index, token) => images[index] = await TryAsync(retry, requests[index], attempt => PublishAsync(requests[index], tags, attempt), token));
        var asked = _describes + _login.Requests + Registry.Protocol.Requests;
        return new PublishReport(images, asked - Interlocked.Exchange(ref _reported, asked));
    }

    /// <summary>
    /// Begins to send an image that the registry lacks, under its content tag alone, while others are still being built. It is
    /// a head start, no more: <see cref="PublishAsync(IReadOnlyList{PublishRequest}, IReadOnlyList{string}, CancellationToken)"/>
    /// waits for it, and does what it could not do.
    /// </summary>
    /// <param name="request">As it will be given to PublishAsync.</param>
    /// <param name="cancellationToken">Stops the push.</param>
    public void SendAhead(PublishRequest request, CancellationToken cancellationToken = default)
        => _ahead.TryAdd(request, SendAheadAsync(request, cancellationToken));

    /// <summary>
    /// The digest under which the registry has an image with this tag; null when it has none, or no such repository, or can't
    /// be asked: an image can be built without a registry, and the push will say what is wrong with it.
    /// </summary>
    /// <param name="repositoryName">Without registry host: "tiketi/backend".</param>
    /// <param name="tag">The tag made of the input digest.</param>
    /// <param name="cancellationToken">Ends the question.</param>
    public async Task<string?> FindPublishedAsync(string repositoryName, string tag, CancellationToken cancellationToken = default)
    {
        try
        {
            return (await LookUpAsync(repositoryName, tag, cancellationToken))?.ImageDigest;
        }
        catch (RepositoryNotFoundException)
        {
            return null;
        }
        catch (Exception exception) when (exception is AmazonECRException or AmazonClientException or HttpRequestException or RegistryFault)
        {
            logger.LogWarning("The registry could not be asked for {Repository}:{Tag}, so it is built: {Reason}", repositoryName, tag, exception.Message);
            return null;
        }
    }

    private Clients Registry => LazyInitializer.EnsureInitialized(ref _clients, () =>
    {
        var protocol = new RegistryClient(http, _login);
        var baseLayers = new BaseLayers(new SourceRegistry(http, SourceLogin), new BlobClient(protocol), Directory);
        return new Clients(protocol, new ManifestClient(protocol), baseLayers, new EnginePush(docker, _login));
    });

    private async Task<string?> SendAheadAsync(PublishRequest request, CancellationToken cancellationToken)
    {
        try
        {
            return await LookUpAsync(request.RepositoryName, request.Image.Tag, cancellationToken) is null ? await PushAsync(request, cancellationToken) : null;
        }
        catch (Exception exception) when (exception is PipelineException or RegistryFault or AmazonServiceException or AmazonClientException or HttpRequestException or IOException)
        {
            logger.LogInformation("{Service}: not sent ahead: {Reason}", request.Image.Service, exception.Message);
            return null;
        }
    }

    private Task<string> PushAsync(PublishRequest request, CancellationToken cancellationToken) => _vanguard.RunAsync(
        async () =>
        {
            await BringBaseLayersAsync(request, cancellationToken);
            return await Registry.Engine.PushAsync(request, cancellationToken);
        },
        cancellationToken);

    /// <summary>A head start for the engine, no more: what can't be brought it sends itself, and says what is wrong if something is.</summary>
    private async Task BringBaseLayersAsync(PublishRequest request, CancellationToken cancellationToken)
    {
        try
        {
            await Registry.BaseLayers.BringAsync(request, cancellationToken);
        }
        catch (Exception exception) when (exception is PipelineException or RegistryFault or AmazonServiceException or AmazonClientException or HttpRequestException or IOException)
        {
            logger.LogInformation("{Service}: the engine sends the base layers itself: {Reason}", request.Image.Service, exception.Message);
        }
    }

    private async Task<PublishedImage> PublishAsync(PublishRequest request, IReadOnlyList<string> tags, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        var sent = _ahead.TryRemove(request, out var ahead) ? await ahead.WaitAsync(cancellationToken) : null;
        var found = sent is not null ? null
            : _found.TryRemove((request.RepositoryName, request.Image.Tag), out var known) && time.GetElapsedTime(known.At) < Fresh ? known.Image
            : await DescribeOrExplainAsync(request, new ImageIdentifier { ImageTag = request.Image.Tag }, cancellationToken);
        var digest = found?.ImageDigest ?? sent ?? await PushAsync(request, cancellationToken);
        var missing = tags.Except(found?.ImageTags ?? [], StringComparer.Ordinal).ToList();
        if (missing.Count > 0)
        {
            await Registry.Manifests.TagAsync(request, digest, missing, cancellationToken);
        }

        var action = found is null ? PublishAction.Pushed : missing.Count > 0 ? PublishAction.Tagged : PublishAction.Unchanged;
        if (action != PublishAction.Unchanged)
        {
            found = await VerifyAsync(request, digest, tags, cancellationToken);
            logger.LogInformation("{Service}: {Action} {Repository}@{Digest}", request.Image.Service, action, request.RepositoryUri, digest);
        }

        return new PublishedImage(request.Image.Service, request.RepositoryUri, digest, action, time.GetElapsedTime(start))
        {
            Scan = ScanSummary.Of(found!),
        };
    }

    /// <summary>The registry's own word that the image is there. Its content tag must be; another run may have moved the others on by now.</summary>
    private async Task<ImageDetail> VerifyAsync(PublishRequest request, string digest, IReadOnlyList<string> tags, CancellationToken cancellationToken)
    {
        var there = await DescribeOrExplainAsync(request, new ImageIdentifier { ImageDigest = digest }, cancellationToken);
        var lacking = tags.Prepend(request.Image.Tag).Except(there?.ImageTags ?? [], StringComparer.Ordinal).ToList();
        if (there is null || lacking.Contains(request.Image.Tag, StringComparer.Ordinal))
        {
            throw new RegistryFault($"{request.RepositoryUri}@{digest} was pushed, but ECR does not show it as {request.Image.Tag}.");
        }

        if (lacking.Count > 0)
        {
            logger.LogWarning("{Service}: {Tags} names another image by now; another run must have moved it", request.Image.Service, string.Join(", ", lacking));
        }

        return there;
    }

    /// <summary>What the registry has under a tag; PublishAsync does not ask for that once more.</summary>
    private async Task<ImageDetail?> LookUpAsync(string repositoryName, string tag, CancellationToken cancellationToken)
    {
        var image = await DescribeAsync(repositoryName, new ImageIdentifier { ImageTag = tag }, cancellationToken);
        if (image is not null)
        {
            _found[(repositoryName, tag)] = (image, time.GetTimestamp());
        }

        return image;
    }

    private async Task<ImageDetail?> DescribeOrExplainAsync(PublishRequest request, ImageIdentifier image, CancellationToken cancellationToken)
    {
        try
        {
            return await DescribeAsync(request.RepositoryName, image, cancellationToken);
        }
        catch (RepositoryNotFoundException exception)
        {
            throw new PipelineException($"The registry has no repository {request.RepositoryUri}.", "Run './build.sh ApplyInfra' first: the stack 'registry' makes it.", exception);
        }
    }

    private async Task<ImageDetail?> DescribeAsync(string repositoryName, ImageIdentifier image, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _describes);
        try
        {
            var response = await ecr.DescribeImagesAsync(new DescribeImagesRequest { RepositoryName = repositoryName, ImageIds = [image] }, cancellationToken);
            return response.ImageDetails?.FirstOrDefault();
        }
        catch (ImageNotFoundException)
        {
            return null;
        }
        catch (AmazonServiceException exception) when (RegistryFault.Passes(exception))
        {
            throw new RegistryFault(exception);
        }
    }

    private async Task<PublishedImage> TryAsync(RegistryRetry retry, PublishRequest request, Func<CancellationToken, Task<PublishedImage>> publish, CancellationToken cancellationToken)
    {
        try
        {
            return await retry.RunAsync(request.Image.Service, publish, cancellationToken);
        }
        catch (Exception exception) when (exception is AmazonServiceException or AmazonClientException)
        {
            throw AwsFailure.Explain(exception) ?? new PipelineException(
                $"ECR refused for {request.RepositoryUri}: {exception.Message}",
                "The identity in use needs ecr:DescribeImages on the repository. Then run './build.sh PushEcr' again: what was sent already is kept.",
                exception);
        }
    }

    [GeneratedRegex(@"\A\w[\w.-]{0,127}\z", RegexOptions.ECMAScript, matchTimeoutMilliseconds: 1000)]
    private static partial Regex TagSyntax();

    /// <summary>What speaks to the registry, each in its way, with one login.</summary>
    private sealed record Clients(RegistryClient Protocol, ManifestClient Manifests, BaseLayers BaseLayers, EnginePush Engine);
}
