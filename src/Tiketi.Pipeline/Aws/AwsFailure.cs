using Amazon.Runtime;

namespace Tiketi.Pipeline.Aws;

/// <summary>What an AWS error means for the person who ran the build, where that is not the capability's own knowledge.</summary>
public static class AwsFailure
{
    /// <summary>
    /// A message and a remedy for failures of access and connection (no credentials, expired, not allowed, endpoint unreachable);
    /// null for every other error.
    /// </summary>
    public static PipelineException? Explain(Exception error)
    {
        switch (error)
        {
            case AmazonServiceException { ErrorCode: "ExpiredToken" or "ExpiredTokenException" or "RequestExpired" } expired:
                return new PipelineException("The AWS credentials have expired.",
                    "Sign in again (aws sso login, or renew the session), then run the same command: it goes on where it stopped.", expired);
            case AmazonServiceException
            {
                ErrorCode: "InvalidClientTokenId" or "UnrecognizedClientException" or "SignatureDoesNotMatch" or "InvalidAccessKeyId" or "AuthFailure",
            } unknown:
                return new PipelineException($"AWS does not accept the credentials ({unknown.ErrorCode}).",
                    "Check with: aws sts get-caller-identity. Then correct AWS_PROFILE or the AWS_* variables.", unknown);
            case AmazonServiceException { ErrorCode: "AccessDenied" or "AccessDeniedException" or "UnauthorizedOperation" } denied:
                return new PipelineException($"AWS refused the call: {denied.Message}",
                    "Give the role in use the permission named above.", denied) { IsAccessRefused = true };
            case AmazonServiceException { InnerException: HttpRequestException connection }:
                return Unreachable(connection);
            // Without credentials the SDK tries the next way to sign, and complains that it lacks that one.
            case AmazonClientException when error.Message.Contains("credentials", StringComparison.OrdinalIgnoreCase) || error.Message.Contains("Signature V4a", StringComparison.Ordinal):
                return new PipelineException("No AWS credentials were found.",
                    "Set AWS_PROFILE, run aws sso login or aws configure, or use --environment local.", error);
            default:
                return null;
        }
    }

    private static PipelineException Unreachable(HttpRequestException connection) => new(
        $"AWS cannot be reached: {connection.Message}",
        "Check the network and AWS_ENDPOINT_URL; the local cloud is started with LocalUp.", connection);
}
