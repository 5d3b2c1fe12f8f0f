using System.Security.Cryptography;
using System.Text;
using Amazon.CloudFront;
using Amazon.CloudFront.Model;
using Amazon.Runtime;
using Amazon.S3;
using Microsoft.Extensions.Logging;
using Tiketi.Pipeline.Frontend;

namespace Tiketi.Pipeline.Cdn;

/// <summary>
/// Makes the CDN forget what changed and waits until it has. What changed stands in the site bucket's manifest until an
/// invalidation of it is complete, so an interrupted run is made good by the next one.
/// </summary>
public sealed class CdnInvalidator(IAmazonCloudFront cloudFront, IAmazonS3 s3, TimeProvider time, ILogger<CdnInvalidator> logger)
{
    private static readonly TimeSpan LongestPoll = TimeSpan.FromSeconds(5);

    /// <exception cref="PipelineException">Unknown distribution, no permission, a malformed path, or not complete in time.</exception>
    public async Task<CdnInvalidationResult> RunAsync(CdnInvalidationRequest request, CancellationToken cancellationToken = default)
    {
        var start = time.GetTimestamp();
        var store = request.Bucket is null ? null : new SiteManifestStore(s3, request.Bucket, new SiteRequestCounter());
        var stored = store is null ? null : await store.LoadAsync(cancellationToken);
        if (stored is not null && !request.DryRun)
        {
            stored = await SiteLease.WaitAsync(store!, stored, request.Timeout, time, logger, cancellationToken);
        }

        var awaiting = stored?.Manifest?.AwaitingInvalidation;
        var (paths, count, reason) = Choose(request, stored?.Manifest);
        if (paths.Count == 0 || request.DryRun)
        {
            var status = paths.Count == 0 ? CdnInvalidationStatus.NothingChanged : CdnInvalidationStatus.Planned;
            return new CdnInvalidationResult(status, paths, count, InvalidationId: null, reason, time.GetElapsedTime(start));
        }

        logger.LogInformation("Invalidating {Paths} on {Distribution}: {Reason}", string.Join(' ', paths), request.DistributionId, reason);
        using var limit = new CancellationTokenSource(request.Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        string? id = null;
        try
        {
            var invalidation = await CreateAsync(request, paths, CallerReference(request, paths, awaiting), either.Token);
            id = invalidation.Id;
            await WaitAsync(request.DistributionId, invalidation, start, either.Token);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new PipelineException(
                $"Invalidation {id ?? "(none could be made yet)"} of distribution {request.DistributionId} is not complete after {request.Timeout.TotalMinutes:0.#} min.",
                "It goes on by itself; ./build.sh InvalidateCdn waits for it again.");
        }

        if (awaiting is { Count: > 0 } && Covers(request, paths, awaiting.Keys))
        {
            await ForgetAsync(store!, stored!, awaiting, request.Timeout, cancellationToken);
        }

        return new CdnInvalidationResult(CdnInvalidationStatus.Completed, paths, count, id, reason, time.GetElapsedTime(start));
    }

    private static (IReadOnlyList<string> Paths, int Count, string Reason) Choose(CdnInvalidationRequest request, SiteManifest? manifest)
    {
        if (request.Paths.Count > 0)
        {
            var asked = request.Paths.Select(Checked).Distinct().Order(StringComparer.Ordinal).ToList();
            return (asked, asked.Count, "these paths were asked for");
        }

        if (request.Everything || manifest is null)
        {
            return ([InvalidationCover.Everything], 1, request.Everything ? "everything was asked for" : "no manifest tells what changed");
        }

        var changed = manifest.AwaitingInvalidation.Keys.ToList();
        var others = manifest.Objects.SelectMany(entry => SitePaths.Of(entry.Key).Select(path => KeyValuePair.Create(path, Cost(entry.Value))));
        return (InvalidationCover.Of(changed, others, request.Budget), changed.Count, changed.Count == 0 ? "nothing changed since the last invalidation" : $"{changed.Count} paths changed");
    }

    // What the CDN asks the origin for each time anyway, it loses nothing by forgetting.
    private static long Cost(SiteObject known) => known.CacheControl == SiteCacheRules.NoCache ? 0 : Math.Max(1, known.Size);

    private static string Checked(string path) =>
        path.StartsWith('/') && path.IndexOf('*', StringComparison.Ordinal) is var star && (star < 0 || star == path.Length - 1) ? path
            : throw new PipelineException($"{path} is no invalidation path.", "Begin it with /, and put * nowhere but at the end: --paths /about.html /docs/*");

    private static bool Covers(CdnInvalidationRequest request, IReadOnlyList<string> paths, IEnumerable<string> awaiting) =>
        (request.Paths.Count == 0 && !request.Everything)
        || awaiting.All(changed => paths.Any(path => path == changed || (path.EndsWith('*') && changed.StartsWith(path[..^1], StringComparison.Ordinal))));

    /// <summary>
    /// The same for the same changes, so that repeating an interrupted run finds its invalidation instead of making a second
    /// one; what a person asks for is new each time.
    /// </summary>
    private string CallerReference(CdnInvalidationRequest request, IReadOnlyList<string> paths, IReadOnlyDictionary<string, string>? awaiting)
    {
        IEnumerable<string> changes = request.Paths.Count > 0 || request.Everything || awaiting is not { Count: > 0 }
            ? [$"{time.GetUtcNow():O}"]
            : awaiting.Select(entry => $"{entry.Key} {entry.Value}").Order(StringComparer.Ordinal);
        var text = string.Join('\n', [request.DistributionId, .. paths, .. changes]);
        return "tiketi-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..40];
    }

    private async Task<Invalidation> CreateAsync(CdnInvalidationRequest request, IReadOnlyList<string> paths, string reference, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                var batch = new InvalidationBatch(new Paths { Items = [.. paths], Quantity = paths.Count }, reference);
                return (await cloudFront.CreateInvalidationAsync(new CreateInvalidationRequest(request.DistributionId, batch), cancellationToken)).Invalidation;
            }
            catch (TooManyInvalidationsInProgressException)
            {
                logger.LogInformation("CloudFront has too many invalidations in progress; waiting for one to end");
                await Task.Delay(LongestPoll, time, cancellationToken);
            }
            catch (Exception exception) when (exception is AmazonCloudFrontException or AmazonClientException or HttpRequestException)
            {
                throw Failure(exception, request.DistributionId);
            }
        }
    }

    private async Task WaitAsync(string distribution, Invalidation invalidation, long start, CancellationToken cancellationToken)
    {
        for (var pause = TimeSpan.FromSeconds(0.25); !string.Equals(invalidation.Status, "Completed", StringComparison.OrdinalIgnoreCase); pause = pause * 2 < LongestPoll ? pause * 2 : LongestPoll)
        {
            await Task.Delay(pause, time, cancellationToken);
            try
            {
                invalidation = (await cloudFront.GetInvalidationAsync(new GetInvalidationRequest(distribution, invalidation.Id), cancellationToken)).Invalidation;
            }
            catch (Exception exception) when (exception is AmazonCloudFrontException or AmazonClientException or HttpRequestException)
            {
                throw Failure(exception, distribution);
            }

            logger.LogInformation("Invalidation {Id}: {Status} after {Seconds:0} s", invalidation.Id, invalidation.Status, time.GetElapsedTime(start).TotalSeconds);
        }
    }

    /// <summary>Takes the changes that are done out of the manifest, leaving those that a later sync added.</summary>
    private async Task ForgetAsync(SiteManifestStore store, StoredManifest stored, IReadOnlyDictionary<string, string> done, TimeSpan timeout, CancellationToken cancellationToken)
    {
        while (stored.Manifest is { } manifest)
        {
            var rest = manifest.AwaitingInvalidation.Where(entry => !done.TryGetValue(entry.Key, out var id) || id != entry.Value).ToDictionary();
            if (rest.Count == manifest.AwaitingInvalidation.Count
                || await store.TrySaveAsync(manifest with { AwaitingInvalidation = rest, Lock = null }, stored.ETag, cancellationToken) is not null)
            {
                return;
            }

            stored = await SiteLease.WaitAsync(store, await store.LoadAsync(cancellationToken), timeout, time, logger, cancellationToken);
        }
    }

    private static PipelineException Failure(Exception exception, string distribution) => exception switch
    {
        NoSuchDistributionException => new($"There is no distribution {distribution}.", "Run ./build.sh ApplyInfra, or name the right one with --distribution-id.", exception),
        AmazonCloudFrontException { StatusCode: System.Net.HttpStatusCode.Forbidden } refused =>
            new($"CloudFront refused to invalidate distribution {distribution}: {refused.Message}", "Allow this identity cloudfront:CreateInvalidation and cloudfront:GetInvalidation.", exception),
        AmazonCloudFrontException refused => new($"CloudFront refused to invalidate distribution {distribution}: {refused.ErrorCode}: {refused.Message}", "Run ./build.sh InvalidateCdn again.", exception),
        _ => new($"CloudFront could not be reached: {exception.Message}", "Check the network and AWS_ENDPOINT_URL, then run ./build.sh InvalidateCdn again.", exception),
    };
}
