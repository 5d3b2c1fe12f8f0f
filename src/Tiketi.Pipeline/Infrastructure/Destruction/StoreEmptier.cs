using Amazon.ECR;
using Amazon.ECR.Model;
using Amazon.S3;
using Amazon.S3.Model;

namespace Tiketi.Pipeline.Infrastructure.Destruction;

/// <summary>Empties buckets and repositories, which AWS deletes only when nothing is in them. What is gone already is empty.</summary>
internal sealed class StoreEmptier(IAmazonS3 s3, IAmazonECR ecr)
{
    /// <summary>Deletes every object with all its versions and delete markers, and every unfinished upload.</summary>
    /// <returns>How many.</returns>
    /// <exception cref="PipelineException">An object cannot be deleted.</exception>
    public async Task<int> EmptyBucketAsync(string bucket, CancellationToken cancellationToken)
    {
        try
        {
            return await DeleteVersionsAsync(bucket, cancellationToken).ConfigureAwait(false) + await AbortUploadsAsync(bucket, cancellationToken).ConfigureAwait(false);
        }
        catch (AmazonS3Exception gone) when (gone.ErrorCode == "NoSuchBucket")
        {
            return 0;
        }
        catch (DeleteObjectsException refused)
        {
            var first = refused.Response.DeleteErrors[0];
            throw new PipelineException(
                $"Bucket {bucket} cannot be emptied: {first.Key} {first.Code}: {first.Message}", "Remove what holds the object (a lock, a legal hold, a bucket policy), then run the same command again.", refused);
        }
    }

    /// <summary>Deletes every image.</summary>
    /// <returns>How many.</returns>
    public async Task<int> EmptyRepositoryAsync(string repository, CancellationToken cancellationToken)
    {
        var deleted = 0;
        try
        {
            while (true)
            {
                var page = await ecr.DescribeImagesAsync(new DescribeImagesRequest { RepositoryName = repository, MaxResults = 100 }, cancellationToken).ConfigureAwait(false);
                var images = (page.ImageDetails ?? []).Select(image => new ImageIdentifier { ImageDigest = image.ImageDigest }).ToList();
                if (images.Count == 0)
                {
                    return deleted;
                }

                // An image that a list refers to goes only after the list: it fails now, and is asked for again.
                var answer = await ecr.BatchDeleteImageAsync(new BatchDeleteImageRequest { RepositoryName = repository, ImageIds = images }, cancellationToken).ConfigureAwait(false);
                var gone = images.Count - (answer.Failures?.Select(failure => failure.ImageId?.ImageDigest).Distinct(StringComparer.Ordinal).Count() ?? 0);
                deleted += gone > 0 ? gone : throw new PipelineException(
                    $"Repository {repository} cannot be emptied: {answer.Failures![0].FailureReason}", "Delete its images by hand, then run the same command again.");
            }
        }
        catch (RepositoryNotFoundException)
        {
            return deleted;
        }
    }

    private async Task<int> DeleteVersionsAsync(string bucket, CancellationToken cancellationToken)
    {
        var deleted = 0;
        while (true)
        {
            // Always the first page: what was on it is gone.
            var page = await s3.ListVersionsAsync(new ListVersionsRequest { BucketName = bucket }, cancellationToken).ConfigureAwait(false);
            var versions = (page.Versions ?? []).Select(version => new KeyVersion { Key = version.Key, VersionId = version.VersionId }).ToList();
            if (versions.Count == 0)
            {
                return deleted;
            }

            await s3.DeleteObjectsAsync(new DeleteObjectsRequest { BucketName = bucket, Objects = versions, Quiet = true }, cancellationToken).ConfigureAwait(false);
            deleted += versions.Count;
        }
    }

    private async Task<int> AbortUploadsAsync(string bucket, CancellationToken cancellationToken)
    {
        var aborted = 0;
        while (true)
        {
            var page = await s3.ListMultipartUploadsAsync(new ListMultipartUploadsRequest { BucketName = bucket }, cancellationToken).ConfigureAwait(false);
            var uploads = page.MultipartUploads ?? [];
            if (uploads.Count == 0)
            {
                return aborted;
            }

            foreach (var upload in uploads)
            {
                await s3.AbortMultipartUploadAsync(new AbortMultipartUploadRequest { BucketName = bucket, Key = upload.Key, UploadId = upload.UploadId }, cancellationToken).ConfigureAwait(false);
            }

            aborted += uploads.Count;
        }
    }
}
