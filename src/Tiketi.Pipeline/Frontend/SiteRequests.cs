using System.Net;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;

namespace Tiketi.Pipeline.Frontend;

/// <summary>S3 requests that a sync made, by kind. An unchanged site costs one GET.</summary>
public sealed record SiteRequests(int Get, int Put, int List, int Head, int Delete, int Copy = 0)
{
    public int Total => Get + Put + List + Head + Delete + Copy;
}

internal sealed class SiteRequestCounter
{
    private int _get, _put, _list, _head, _delete, _copy;

    public void Get() => Interlocked.Increment(ref _get);

    public void Put() => Interlocked.Increment(ref _put);

    public void List() => Interlocked.Increment(ref _list);

    public void Head() => Interlocked.Increment(ref _head);

    public void Delete() => Interlocked.Increment(ref _delete);

    public void Copy() => Interlocked.Increment(ref _copy);

    public SiteRequests Snapshot() => new(_get, _put, _list, _head, _delete, _copy);
}

/// <summary>Says in plain words what S3 refused.</summary>
internal static class S3Failure
{
    /// <summary>Runs one request; what goes wrong comes out as a <see cref="PipelineException"/>, except what <paramref name="request"/> itself handles.</summary>
    public static async Task<T> Guard<T>(string bucket, string action, Func<Task<T>> request)
    {
        try
        {
            return await request();
        }
        catch (AmazonS3Exception exception) when (exception is not DeleteObjectsException)
        {
            throw Of(exception, bucket, action);
        }
        catch (Exception exception) when (exception is AmazonClientException or HttpRequestException || exception.GetType() == typeof(AmazonServiceException))
        {
            throw new PipelineException($"S3 could not be reached to {action} in bucket {bucket}: {exception.Message}", "Check the network, AWS_ENDPOINT_URL and the credentials, then run the target again; it continues where it stopped.", exception);
        }
    }

    private static PipelineException Of(AmazonS3Exception exception, string bucket, string action) => new(
        $"S3 refused to {action} in bucket {bucket}: {(string.IsNullOrEmpty(exception.ErrorCode) ? exception.StatusCode.ToString() : exception.ErrorCode)}: {exception.Message}",
        Remedy(exception, bucket), exception);

    private static string Remedy(AmazonS3Exception exception, string bucket) => exception.ErrorCode switch
    {
        "NoSuchBucket" => $"Run ./build.sh ApplyInfra, which creates {bucket}.",
        "PermanentRedirect" or "AuthorizationHeaderMalformed" or "IllegalLocationConstraintException" => $"Set the region to the one that {bucket} lies in (--region, AWS_REGION).",
        "InvalidAccessKeyId" or "SignatureDoesNotMatch" or "ExpiredToken" or "InvalidToken" or "RequestExpired" => "Renew the AWS credentials (aws sts get-caller-identity shows whose they are).",
        "RequestTimeTooSkewed" => "Set this machine's clock.",
        "SlowDown" or "ServiceUnavailable" or "InternalError" => "Run the target again in a minute; it continues where it stopped.",
        _ when exception.StatusCode == HttpStatusCode.Forbidden => $"Allow this identity s3:GetObject, s3:PutObject, s3:DeleteObject and s3:ListBucket on {bucket}.",
        _ => "Run the target again; it continues where it stopped.",
    };
}
