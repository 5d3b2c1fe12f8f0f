using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Amazon.ECR;
using Amazon.ECR.Model;
using Amazon.Runtime;
using Docker.DotNet;
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
    private int _describes;

    /// <summary>Pushes at once: the layers of several small images share the way out well.</summary>
    public int Parallelism { get; init; } = 4;

    /// <summary>Tries of one image before the push fails.</summary>
    public int Attempts { get; init; } = 5;

    /// <summary>The longest pause before the second try; it doubles with each try up to 20 s, and is used with full jitter.</summary>
    public TimeSpan FirstPause { get; init; } = TimeSpan.FromSeconds(1);

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

        using var login = new RegistryLogin(ecr, time);
        var manifests = new ManifestClient(http, login);
        var push = new EnginePush(docker, login);
        var vanguard = new Vanguard();
        var retry = new RegistryRetry(time, logger, Attempts, FirstPause, Random);
        var images = new PublishedImage[requests.Count];
        await Parallel.ForEachAsync(
            Enumerable.Range(0, requests.Count),
            new ParallelOptions { MaxDegreeOfParallelism = Parallelism, CancellationToken = cancellationToken },
            async (index, token) => images[index] = await TryAsync(retry, requests[index], attempt => PublishAsync(requests[index], tags, push, vanguard, manifests, attempt), token));
        return new PublishReport(images, Interlocked.Exchange(ref _describes, 0) + login.Requests + manifests.Requests);
    }

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
            if (await DescribeAsync(repositoryName, new ImageIdentifier { ImageTag = tag }, cancellationToken) is not { } image)
            {
                return null;
            }

            _found[(repositoryName, tag)] = (image, time.GetTimestamp());
            return image.ImageDigest;
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

    private async Task<PublishedImage> PublishAsync(PublishRequest request, IReadOnlyList<string> tags, EnginePush push, Vanguard vanguard, ManifestClient manifests, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        var found = _found.TryRemove((request.RepositoryName, request.Image.Tag), out var known) && time.GetElapsedTime(known.At) < Fresh
            ? known.Image
            : await DescribeOrExplainAsync(request, new ImageIdentifier { ImageTag = request.Image.Tag }, cancellationToken);
        var digest = found?.ImageDigest ?? await vanguard.RunAsync(() => push.PushAsync(request, cancellationToken), cancellationToken);
        var missing = tags.Except(found?.ImageTags ?? [], StringComparer.Ordinal).ToList();
        if (missing.Count > 0)
        {
            await manifests.TagAsync(request, digest, missing, cancellationToken);
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

    /// <summary>
    /// Lets the first push of a run go ahead of the others. Images of one application share their base layers: with those in
    /// the registry, the engine mounts them for the next repository instead of compressing and sending them once more.
    /// </summary>
    private sealed class Vanguard
    {
        private readonly TaskCompletionSource _through = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _taken;

        public async Task<T> RunAsync<T>(Func<Task<T>> push, CancellationToken cancellationToken)
        {
            if (Interlocked.Exchange(ref _taken, 1) != 0)
            {
                await _through.Task.WaitAsync(cancellationToken);
                return await push();
            }

            try
            {
                return await push();
            }
            finally
            {
                _through.TrySetResult();
            }
        }
    }
}
