using System.Text.Json.Nodes;
using Amazon.ECR;
using Amazon.ECR.Model;
using Amazon.Runtime;
using Microsoft.Extensions.Logging;
using Tiketi.Pipeline.Aws;

namespace Tiketi.Pipeline.Registry.Pruning;

/// <summary>
/// Deletes images that nothing needs. What is needed is computed from what runs and from the last releases, never from how
/// many newer images there are: a service that has not changed for a year runs its oldest one.
/// </summary>
public sealed class ImagePruner(IAmazonECR ecr, TimeProvider time, ILogger logger)
{
    /// <summary>BatchDeleteImage and BatchGetImage take no more (ECR API reference).</summary>
    private const int BatchSize = 100;

    private static readonly string[] Indexes = ["application/vnd.oci.image.index.v1+json", "application/vnd.docker.distribution.manifest.list.v2+json"];

    /// <exception cref="PipelineException">ECR can't be asked.</exception>
    public Task<PrunePlan> PlanAsync(PruneRequest request, CancellationToken cancellationToken = default) => ExplainAsync(async () =>
    {
        var decisions = new List<PruneDecision>();
        foreach (var repository in request.Repositories)
        {
            decisions.AddRange(await PlanAsync(request, repository, cancellationToken));
        }

        return new PrunePlan(decisions, [.. request.Environments.Where(environment => environment.Unknown is not null)]);
    });

    /// <summary>Deletes what the plan lets go, indexes before their images.</summary>
    /// <returns>How many images are gone.</returns>
    /// <exception cref="PipelineException">An environment could not be asked, or ECR refuses.</exception>
    public Task<int> DeleteAsync(PrunePlan plan, CancellationToken cancellationToken = default) => ExplainAsync(async () =>
    {
        if (plan.BlindSpots is [var blind, ..])
        {
            throw new PipelineException($"Nothing is deleted: what {blind.Environment} runs is not known. {blind.Unknown}", "Make it reachable for this identity, or take its file out of environments/ if it is no more.");
        }

        var deleted = 0;
        foreach (var repository in plan.Going.GroupBy(decision => decision.RepositoryName, StringComparer.Ordinal))
        {
            foreach (var batch in repository.Chunk(BatchSize))
            {
                deleted += await DeleteAsync(repository.Key, batch, cancellationToken);
            }
        }

        return deleted;
    });

    private async Task<int> DeleteAsync(string repository, IReadOnlyList<PruneDecision> images, CancellationToken cancellationToken)
    {
        var answer = await ecr.BatchDeleteImageAsync(
            new BatchDeleteImageRequest { RepositoryName = repository, ImageIds = [.. images.Select(image => new ImageIdentifier { ImageDigest = image.Digest })] }, cancellationToken); // by digest: with all its tags
        var failures = (answer.Failures ?? []).Where(failure => failure.FailureCode != ImageFailureCode.ImageNotFound).ToList();
        if (failures.Count > 0)
        {
            throw new PipelineException(
                $"ECR kept {failures.Count} images of {repository}: {string.Join("; ", failures.Select(failure => $"{failure.ImageId?.ImageDigest} {failure.FailureCode} {failure.FailureReason}"))}",
                "Run './build.sh PruneImages' again: it looks at what is there then.");
        }

        var gone = (answer.ImageIds ?? []).Select(id => id.ImageDigest).Distinct(StringComparer.Ordinal).Count();
        logger.LogInformation("{Repository}: {Count} images deleted", repository, gone);
        return gone;
    }

    private async Task<IReadOnlyList<PruneDecision>> PlanAsync(PruneRequest request, string repository, CancellationToken cancellationToken)
    {
        var images = await ListAsync(repository, cancellationToken);
        var children = await ChildrenAsync(repository, images, cancellationToken);
        var stays = images.Select(image => (image.ImageDigest, Reason: ReasonOf(request, repository, image)))
            .Where(pair => pair.Reason is not null).ToDictionary(pair => pair.ImageDigest, pair => pair.Reason!, StringComparer.Ordinal);
        while (Follow(images, children, stays))
        {
            // what a kept image keeps may keep others
        }

        return
        [
            .. images
                .OrderByDescending(image => children.ContainsKey(image.ImageDigest)) // ECR refuses to delete what an index names
                .ThenBy(image => image.ImagePushedAt)
                .Select(image => new PruneDecision(
                    repository, image.ImageDigest, image.ImageTags ?? [], image.ImageSizeInBytes ?? 0, !stays.ContainsKey(image.ImageDigest), stays.GetValueOrDefault(image.ImageDigest, "nothing runs it, and no kept release names it"))),
        ];
    }

    /// <summary>Images of a kept index stay, indexes of a kept image, and what is attached to a kept image (signatures, SBOMs).</summary>
    private static bool Follow(IReadOnlyList<ImageDetail> images, IReadOnlyDictionary<string, IReadOnlyList<string>> children, Dictionary<string, string> stays)
    {
        var before = stays.Count;
        foreach (var (index, members) in children)
        {
            if (stays.ContainsKey(index))
            {
                foreach (var member in members)
                {
                    stays.TryAdd(member, $"belongs to {index}, which stays");
                }
            }
            else if (members.FirstOrDefault(stays.ContainsKey) is { } kept)
            {
                stays[index] = $"holds {kept}, which stays";
            }
        }

        foreach (var image in images.Where(image => image.SubjectManifestDigest is { } subject && stays.ContainsKey(subject)))
        {
            stays.TryAdd(image.ImageDigest, $"is attached to {image.SubjectManifestDigest}, which stays");
        }

        return stays.Count > before;
    }

    /// <summary>Null when nothing needs it.</summary>
    private string? ReasonOf(PruneRequest request, string repository, ImageDetail image)
    {
        var uri = $"{request.Registry}/{repository}";
        foreach (var environment in request.Environments)
        {
            // the same digest in another repository is the same image: better kept than sorry
            var use = environment.Uses.FirstOrDefault(use => use.Digest == image.ImageDigest)
                ?? environment.Uses.FirstOrDefault(use => use.Tag is { } tag && use.RepositoryUri == uri && (image.ImageTags ?? []).Contains(tag, StringComparer.Ordinal));
            if (use is not null)
            {
                return $"{environment.Environment}: {use.User}";
            }
        }

        var age = image.ImagePushedAt is { } pushed ? time.GetUtcNow() - new DateTimeOffset(pushed.ToUniversalTime()) : TimeSpan.Zero;
        return age < request.MinimumAge ? $"pushed {age.TotalHours:0.0} h ago: a run may be about to deploy it" : null;
    }

    private async Task<IReadOnlyList<ImageDetail>> ListAsync(string repository, CancellationToken cancellationToken)
    {
        var images = new List<ImageDetail>();
        string? next = null;
        do
        {
            try
            {
                var page = await ecr.DescribeImagesAsync(new DescribeImagesRequest { RepositoryName = repository, MaxResults = 1000, NextToken = next }, cancellationToken);
                images.AddRange(page.ImageDetails ?? []);
                next = page.NextToken;
            }
            catch (RepositoryNotFoundException exception)
            {
                throw new PipelineException($"The registry has no repository {repository}.", "Run './build.sh ApplyInfra' first: the stack 'registry' makes it.", exception);
            }
        }
        while (!string.IsNullOrEmpty(next));

        return images;
    }

    /// <summary>The images of each index (one for several platforms).</summary>
    private async Task<IReadOnlyDictionary<string, IReadOnlyList<string>>> ChildrenAsync(string repository, IReadOnlyList<ImageDetail> images, CancellationToken cancellationToken)
    {
        var children = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        foreach (var batch in images.Where(image => Indexes.Contains(image.ImageManifestMediaType, StringComparer.Ordinal)).Chunk(BatchSize))
        {
            var answer = await ecr.BatchGetImageAsync(
                new BatchGetImageRequest { RepositoryName = repository, ImageIds = [.. batch.Select(image => new ImageIdentifier { ImageDigest = image.ImageDigest })], AcceptedMediaTypes = [.. Indexes] }, cancellationToken);
            foreach (var image in answer.Images ?? [])
            {
                children[image.ImageId.ImageDigest] = [.. (JsonNode.Parse(image.ImageManifest)?["manifests"]?.AsArray() ?? []).Select(member => member!["digest"]!.GetValue<string>())];
            }
        }

        return children;
    }

    private static async Task<T> ExplainAsync<T>(Func<Task<T>> action)
    {
        try
        {
            return await action();
        }
        catch (Exception exception) when (exception is AmazonServiceException or AmazonClientException or HttpRequestException)
        {
            throw AwsFailure.Explain(exception) ?? new PipelineException($"ECR refused: {exception.Message}", "The identity in use needs ecr:DescribeImages, BatchGetImage and BatchDeleteImage on the repositories.", exception);
        }
    }
}
