namespace Tiketi.LocalCloud.CloudFront;

/// <summary>An error as the CloudFront API answers it.</summary>
internal sealed class CloudFrontException(int status, string code, string message) : Exception(message)
{
    public int Status { get; } = status;

    public string Code { get; } = code;

    public static CloudFrontException NoSuchDistribution() => new(404, "NoSuchDistribution", "The specified distribution does not exist.");

    public static CloudFrontException NoSuchInvalidation() => new(404, "NoSuchInvalidation", "The specified invalidation does not exist.");

    public static CloudFrontException InvalidArgument(string message) => new(400, "InvalidArgument", message);

    public static CloudFrontException MalformedInput() => new(400, "MalformedInput", "The request body is not the XML document that this operation takes.");
}
